import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startNode, temporaryFolder, traceml } from './fixtures/cli/support.js'

const SCRIPT = fileURLToPath(new URL('./fixtures/tfjs/errors.mjs', import.meta.url))

/** The first line of the error, and the frames of the script in its stack. */
function placeOf(stderr: string): { readonly error: string; readonly frames: readonly string[] } {
  const lines = stderr.split('\n')
  const error = lines.find((line) => /^\w*Error: /.test(line)) ?? ''
  const frames = lines.filter((line) => /^\s+at .*errors\.mjs:\d+/.test(line))
  return { error, frames: frames.map((line) => line.trim()) }
}

test.each([
  ['loss', 'Error: my loss is broken', /^at brokenLoss /],
  ['operation', 'Error: Error in matMul: inner shapes', /^at Object\.operation /],
  ['prediction', 'ValueError: Error when checking', /^at Object\.prediction /],
  ['source', 'Error: my row is broken', /^at decode /],
] as const)('%s: the error and its line in the script are there', async (name, message, frame) => {
  using folder = temporaryFolder()
  const plain = await startNode([SCRIPT, name], { cwd: folder.path }).end
  const traced = await traceml(['run', SCRIPT, name], { cwd: folder.path })
  expect(traced.code).toBe(plain.code)
  const expected = placeOf(plain.stderr)
  const { error, frames } = placeOf(traced.stderr)
  expect(error).toBe(expected.error)
  expect(error).toContain(message)
  expect(frames[0]).toMatch(frame)
  // Every line of the script that is seen without us is seen with us, in the same order.
  expect(frames.slice(0, expected.frames.length)).toEqual(expected.frames)
})
