/** Prints `tests: N passed, N failed, N skipped` as the last line of a vitest run. */
export default class CountReporter {
  onTestRunEnd(modules) {
    const count = { passed: 0, failed: 0, skipped: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const state = test.result().state
        if (state in count) count[state] += 1
      }
      if (!module.ok() && module.children.size === 0) count.failed += 1
    }
    const line = `tests: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`
    process.stdout.write(`${line}\n`)
  }
}
