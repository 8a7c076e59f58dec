import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startNode } from './fixtures/cli/support.ts'

test('the demo finds the slow input of an unmodified training, and what is left without it', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const end = await startNode(['examples/demo/run-demo.mjs'], { cwd: root }).end
  expect(end).toMatchObject({ code: 0, stderr: '' })
  expect(end.stdout).toMatch(/Verdict: INPUT-BOUND[\s\S]*Input wait takes \d+\.\d% of/)
  expect(end.stdout).toMatch(/\[traceml\] .*step/)
  expect(end.stdout).toContain('Written: logs/demo-slow/final_summary.json')
  expect(end.stdout).toMatch(/B is FASTER than A/)
  expect(end.stdout).toMatch(/Before: INPUT-BOUND\. {2}After: (?!INPUT-BOUND)/)
})
