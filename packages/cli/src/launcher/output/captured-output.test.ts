import { mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOutputLines } from '@traceml/display-terminal'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CapturedOutput, captureOutput } from './captured-output.js'

let folder = ''
let printed = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'traceml-output-'))
  printed = ''
})
afterEach(() => rmSync(folder, { recursive: true }))

function capture(ranks: readonly (number | null)[] = [0], stdout = true): CapturedOutput {
  return captureOutput({
    targets: ranks.map((rank) => ({ rank, path: join(folder, `rank_${rank}`, 'output.log') })),
    captures: { stdout, stderr: true },
    createLines: (onChange, maxLines) => createOutputLines({ onChange, maxLines }),
    write: (bytes) => {
      printed += typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')
    },
    shortPath: (path) => path.slice(folder.length + 1),
  })
}

function print(output: CapturedOutput, text: string, position = 0): void {
  const { stderr } = output.stdio(position)
  writeSync(stderr as number, text)
}

const texts = (output: CapturedOutput, rank: number | null = null) =>
  output.lines(rank)?.map(({ text }) => text)

test('both streams of a process share a file; a redirected one is left alone', () => {
  const both = capture()
  const { stdout, stderr } = both.stdio(0)
  expect(stdout).toBe(stderr)
  both.finish()
  const one = capture([1], false)
  expect(one.stdio(0).stdout).toBe('inherit')
  expect(one.stdio(0).stderr).toEqual(expect.any(Number))
  one.finish()
})

test('what is printed can be seen, and every change is counted', () => {
  const output = capture()
  const before = output.poll()
  print(output, 'step 1\nstep')
  const after = output.poll()
  expect(after).toBeGreaterThan(before)
  expect(output.poll()).toBe(after)
  expect(texts(output)).toEqual(['step 1', 'step'])
  expect(printed).toBe('')
  output.finish()
  expect(printed).toBe('step 1\nstep\n')
})

test('several ranks: each by itself, and all with their names, the newest last', () => {
  const output = capture([4, 5])
  print(output, 'loading 1%', 0)
  output.poll()
  print(output, 'ready\n', 1)
  output.poll()
  print(output, '\rloading 9%', 0)
  output.poll()
  expect(texts(output, 4)).toEqual(['loading 9%'])
  expect(texts(output, 5)).toEqual(['ready'])
  expect(output.lines(6)).toBeNull()
  expect(texts(output)).toEqual(['r5 │ ready', 'r4 │ loading 9%'])
  output.finish()
})

test('after the view is left, the newest lines and then everything goes to the terminal', () => {
  const output = capture()
  print(output, `${Array.from({ length: 50 }, (_, line) => `line ${line}`).join('\n')}\nbar 1`)
  output.passOn()
  expect(printed.split('\n').slice(0, 3)).toEqual([
    '… the output before this is in rank_0/output.log',
    'line 31',
    'line 32',
  ])
  expect(printed.endsWith('line 49\nbar 1')).toBe(true)
  printed = ''
  print(output, '\rbar 2\u001B[K\n')
  output.finish()
  // Untouched from now on: a terminal obeys it.
  expect(printed).toBe('\rbar 2\u001B[K\n')
})

test('at the end the last lines are printed, and where the others are', () => {
  const output = capture()
  for (let line = 0; line < 150; line += 1) print(output, `line ${line}\n`)
  output.finish()
  const lines = printed.split('\n')
  expect(lines[0]).toBe('… the output before this is in rank_0/output.log')
  expect(lines.slice(1, 3)).toEqual(['line 50', 'line 51'])
  expect(lines.slice(-2)).toEqual(['line 149', ''])
  expect(readFileSync(join(folder, 'rank_0', 'output.log'), 'utf8').split('\n')).toHaveLength(151)
})

test('a flood costs the view nothing but its oldest lines', () => {
  const output = capture()
  for (let line = 0; line < 30_000; line += 1) print(output, `line ${line} ${'x'.repeat(40)}\n`)
  output.poll()
  expect(texts(output)?.at(-1)).toMatch(/^line 29999 /)
  expect(texts(output)?.length).toBeLessThanOrEqual(2_000)
  output.finish()
})

test('a folder that cannot be made', () => {
  const output = capture()
  expect(() =>
    captureOutput({
      targets: [{ rank: 0, path: join(folder, 'rank_0', 'output.log', 'x', 'output.log') }],
      captures: { stdout: true, stderr: true },
      createLines: (onChange) => createOutputLines({ onChange }),
      write: () => {},
      shortPath: (path) => path,
    }),
  ).toThrow(/ENOTDIR|EEXIST/)
  output.finish()
})
