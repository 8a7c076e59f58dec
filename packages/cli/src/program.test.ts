import { afterEach, expect, test, vi } from 'vitest'
import type { RunRequest } from './commands/run.js'
import { type CommandHandlers, runProgram } from './program.js'

function recorder(): { readonly handlers: CommandHandlers; readonly requests: unknown[] } {
  const requests: unknown[] = []
  const record = async (request: unknown): Promise<number> => {
    requests.push(request)
    return 42
  }
  return {
    handlers: {
      run: record,
      serve: record,
      compare: record,
      view: record,
      ls: record,
      inspect: record,
      open: record,
      exportRun: record,
    },
    requests,
  }
}

afterEach(() => {
  vi.restoreAllMocks()
})

function captureStderr(): string[] {
  const lines: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation(((text: string, done?: () => void) => {
    lines.push(text)
    done?.()
    return true
  }) as typeof process.stderr.write)
  return lines
}

test.each([
  {
    name: 'options before the script are ours, everything after it is the script’s',
    args: ['run', '--mode', 'cli', 'train.js', '--mode', 'x', '--lr=0.1', '--', '-v'],
    expected: {
      script: 'train.js',
      args: ['--mode', 'x', '--lr=0.1', '--', '-v'],
      flags: { mode: 'cli' },
    },
  },
  {
    name: 'the script’s --help is not ours',
    args: ['run', 'train.js', '--help'],
    expected: { script: 'train.js', args: ['--help'], flags: {} },
  },
  {
    name: 'a -- before the script ends our options',
    args: ['run', '--', 'train.js', '-v'],
    expected: { script: 'train.js', args: ['-v'], flags: {} },
  },
  {
    name: 'a script that is named like a command',
    args: ['run', 'run', 'watch'],
    expected: { script: 'run', args: ['watch'], flags: {} },
  },
  {
    name: '--sampler may be repeated',
    args: ['run', '--sampler', './a.js', '--sampler', 'b', 'train.js', '--sampler', 'c'],
    expected: { script: 'train.js', args: ['--sampler', 'c'], flags: { sampler: ['./a.js', 'b'] } },
  },
  {
    name: 'options of torchrun, in both of its spellings, and those of the script as they are',
    args: ['run', '--nproc_per_node', '2', '--torchrun', '--max-restarts=3', 'a.py', '--log_dir=x'],
    expected: {
      script: 'a.py',
      args: ['--log_dir=x'],
      flags: { nprocPerNode: '2', torchrun: ['--max-restarts=3'] },
    },
  },
  {
    name: 'a Python module',
    args: ['run', '--python', '.venv', '-m', 'jobs.train', '-m', 'x'],
    expected: { script: 'jobs.train', args: ['-m', 'x'], flags: { module: true, python: '.venv' } },
  },
])('$name', async ({ args, expected }) => {
  const { handlers, requests } = recorder()
  expect(await runProgram(args, handlers)).toBe(42)
  const [request] = requests as RunRequest[]
  expect(request).toMatchObject({ profile: 'run', ...expected })
})

test('watch is a run of another profile', async () => {
  const { handlers, requests } = recorder()
  await runProgram(['watch', '--no-history', 'train.js'], handlers)
  await runProgram(['deep', '--layer-budget', '2%', 'train.js'], handlers)
  expect(requests).toMatchObject([
    { profile: 'watch', flags: { history: false } },
    { profile: 'deep', flags: { layerBudget: '2%' } },
  ])
})

test('compare and view hand over what was typed', async () => {
  const { handlers, requests } = recorder()
  await runProgram(['compare', 'a', 'b', '--output', 'out'], handlers)
  await runProgram(['view', 'a'], handlers)
  expect(requests).toMatchObject([
    { runs: ['a', 'b'], output: 'out', format: 'text', failOn: null },
    { path: 'a', html: null, json: false },
  ])
})

test('view, ls and inspect know their options', async () => {
  const { handlers, requests } = recorder()
  await runProgram(['view', 'a', '--html'], handlers)
  await runProgram(['view', 'a', '--html', 'out.html'], handlers)
  await runProgram(['view', 'a', '--json'], handlers)
  await runProgram(['ls', '--json'], handlers)
  await runProgram(['ls', 'runs'], handlers)
  await runProgram(['inspect', 's'], handlers)
  const rows = ['inspect', 's', '--table', 'process', '--rank', '3', '--limit', 'all', '--json']
  await runProgram(rows, handlers)
  expect(requests).toMatchObject([
    { html: true },
    { html: 'out.html' },
    { html: null, json: true },
    { folder: null, json: true },
    { folder: 'runs', json: false },
    { path: 's', table: null, rank: null, limit: undefined, json: false },
    { table: 'process', rank: 3, limit: null, json: true },
  ])
})

test.each([
  { args: ['run', '--bogus', 'train.js'], sentence: /^traceml: Unknown option '--bogus'.*\.\n$/ },
  { args: ['run'], sentence: /^traceml: Missing required argument 'script'.*\.\n$/ },
  { args: ['run', '--mode'], sentence: /^traceml: Option '--mode <mode>' argument missing.*\.\n$/ },
  { args: ['walk', 'train.js'], sentence: /^traceml: Unknown command 'walk'.*\.\n$/ },
  {
    args: ['view', 'a', '--html', '--json'],
    sentence: /^traceml: Option '--html \[out\]' cannot be used with option '--json'.*\.\n$/,
  },
  {
    args: ['inspect', 's', '--rank', 'x'],
    sentence: /^traceml: --rank is "x", which cannot be used.*\.\n$/,
  },
  { args: ['inspect', 's', '--limit', '0'], sentence: /^traceml: --limit is "0".*\.\n$/ },
  { args: ['compare', 'a'], sentence: /^traceml: Missing required argument 'B'.*\.\n$/ },
])('a mistake in $args is one sentence and exit code 2', async ({ args, sentence }) => {
  const lines = captureStderr()
  const { handlers, requests } = recorder()
  expect(await runProgram(args, handlers)).toBe(2)
  expect(requests).toEqual([])
  expect(lines).toEqual([expect.stringMatching(sentence)])
  expect(lines[0]!.trimEnd()).not.toContain('\n')
})
