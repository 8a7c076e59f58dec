import { writeFileSync } from 'node:fs'

/**
 * Prints `tests: N passed, N failed, N skipped` as the last line of a vitest run, and writes the
 * same with the files that failed to the file that `TRACEML_TEST_RESULT` names.
 */
export default class CountReporter {
  onTestRunEnd(modules) {
    const result = { passed: 0, failed: 0, skipped: 0, files: [] }
    for (const module of modules) {
      const before = result.failed
      for (const test of module.children.allTests()) {
        const state = test.result().state
        if (state in result) result[state] += 1
      }
      // A file that broke outside of its tests.
      if (!module.ok() && result.failed === before) result.failed += 1
      if (!module.ok()) result.files.push(module.moduleId)
    }
    process.stdout.write(
      `tests: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped\n`,
    )
    const file = process.env.TRACEML_TEST_RESULT
    if (file) writeFileSync(file, JSON.stringify(result))
  }
}
