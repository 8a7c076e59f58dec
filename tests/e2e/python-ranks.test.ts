import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import {
  isAlive,
  readManifest,
  readSummary,
  startTraceml,
  temporaryFolder,
  traceml,
  waitFor,
} from './fixtures/cli/support.ts'
import { pythonWith, skipWithoutPython, stepsByRank } from './python-support/environments.ts'
import { pythonBelow } from './python-support/processes.ts'

// Plain DDP trainings of several ranks over gloo, not one line of ours in them.
const ddp = fileURLToPath(new URL('fixtures/python/ddp.py', import.meta.url))
const python = pythonWith('newest')

// PyTorch takes its time to load on a busy machine.
vi.setConfig({ testTimeout: 300_000 })
skipWithoutPython()

function args(ranks: number, script: readonly string[]): readonly string[] {
  const flags = ['--python', python, '--run-name', 'x', '--interval', '0.5']
  return ['run', ...flags, '--nproc-per-node', String(ranks), ddp, ...script]
}

interface Unfinished {
  readonly rank: number
  readonly last_step: number | null
}

function unfinished(session: string): readonly Unfinished[] {
  return (readSummary(session).telemetry['unfinished'] ?? []) as readonly Unfinished[]
}

test('one slow loader of four ranks is an input straggler with its rank', async () => {
  using folder = temporaryFolder()
  const end = await traceml(args(4, ['60', '--slow-loader', '2']), { cwd: folder.path })
  expect(end.code).toBe(0)
  const session = join(folder.path, 'logs', 'x')
  expect(stepsByRank(session)).toEqual({ 0: 60, 1: 60, 2: 60, 3: 60 })
  const { primary_diagnosis: primary, text } = readSummary(session)
  expect(primary).toMatchObject({ status: 'INPUT STRAGGLER', section: 'step_time' })
  expect(primary).toHaveProperty('summary', expect.stringMatching(/\br(ank )?2\b/))
  expect(text).toContain('60 steps of 4 ranks')
})

test('one slow forward of four ranks is a compute straggler with its rank', async () => {
  using folder = temporaryFolder()
  const end = await traceml(args(4, ['60', '--slow-forward', '1']), { cwd: folder.path })
  expect(end.code).toBe(0)
  const { primary_diagnosis: primary } = readSummary(join(folder.path, 'logs', 'x'))
  expect(primary).toMatchObject({ status: 'COMPUTE STRAGGLER', section: 'step_time' })
  expect(primary).toHaveProperty('summary', expect.stringMatching(/\br(ank )?1\b/))
})

test('a rank that the kernel kills: torchrun’s code, the rank and its last step', async () => {
  using folder = temporaryFolder()
  const end = await traceml(args(3, ['40', '--kill', '1']), { cwd: folder.path })
  expect(end.code).toBe(1)
  // The training's own words, untouched.
  expect(end.stderr).toMatch(/exitcode: -9 \(local_rank: 1\)|exitcode {2}: -9/)
  const session = join(folder.path, 'logs', 'x')
  expect(readManifest(session)).toMatchObject({ status: 'failed', training_exit_code: 1 })
  expect(unfinished(session)).toContainEqual(expect.objectContaining({ rank: 1, last_step: 20 }))
  expect(readSummary(session).text.replaceAll(/[|\s]+/g, ' ')).toMatch(
    /Rank 1 ended without finishing at \d\d:\d\d:\d\d UTC, after step 20\./,
  )
})

test('a rank with an error: its traceback is shown as it is', async () => {
  using folder = temporaryFolder()
  const end = await traceml(args(2, ['40', '--raise', '1']), { cwd: folder.path })
  expect(end.code).toBe(1)
  expect(end.stderr).toContain('ValueError: the weights of rank 1 are gone')
  expect(end.stderr).toMatch(/File ".*ddp\.py", line \d+, in <module>/)
  expect(end.stderr).toMatch(/failed with exit code 1/)
  expect(stepsByRank(join(folder.path, 'logs', 'x'))).toMatchObject({ 1: 20 })
})

test('a rank that hangs: ended by the user, the report says since when and after which step', async () => {
  using folder = temporaryFolder()
  const running = startTraceml(args(2, ['40', '--hang', '1']), {
    cwd: folder.path,
    ownGroup: true,
  })
  const session = join(folder.path, 'logs', 'x')
  await waitFor('both ranks stand still', () => standsStill(session), 120_000)
  const pids = pythonBelow(running.child.pid ?? 0)
  process.kill(running.child.pid ?? 0, 'SIGTERM')
  const end = await running.end
  expect(end.code).not.toBe(0)
  expect(end.stderr).toContain('interrupted by SIGTERM')
  await waitFor('no rank is left', () => pids.every((pid) => !isAlive(pid)))
  const text = readSummary(session).text.replaceAll(/[|\s]+/g, ' ')
  expect(text).toMatch(/completed no step in its last \d+\.\d s, after step 20 at/)
})

/** Four seconds after the step at which one rank hangs. */
function standsStill(session: string): boolean {
  try {
    const steps = stepsByRank(session)
    if (steps[0] !== 20 || steps[1] !== 20) return false
  } catch {
    return false
  }
  still ??= performance.now()
  return performance.now() - still > 4_000
}
let still: number | null = null
