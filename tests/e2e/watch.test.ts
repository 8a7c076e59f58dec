import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  fixture,
  queryHistory,
  readManifest,
  readSummary,
  startTraceml,
  temporaryFolder,
  traceml,
  waitFor,
} from './fixtures/cli/support.ts'

// `traceml watch`: any program, looked at from outside.
const shell = (script: string): readonly string[] => ['--', 'sh', '-c', script]

interface Member {
  readonly name: string
  readonly pid: number
  readonly parent_pid: number
}

function members(session: string): readonly Member[] {
  return queryHistory<{ readonly row_json: string }>(
    session,
    "SELECT row_json FROM custom_samples WHERE table_name = 'process_tree_members'",
  ).map(({ row_json: text }) => JSON.parse(text) as Member)
}

function looks(session: string): number {
  try {
    const [row] = queryHistory<{ readonly n: number }>(
      session,
      'SELECT count(*) AS n FROM process_samples',
    )
    return row?.n ?? 0
  } catch {
    // The history is not there yet.
    return 0
  }
}

test('a program of any language is seen with its children, and its exit code is kept', async () => {
  using folder = temporaryFolder()
  const script = '(while :; do :; done) & child=$!; sleep 3; kill $child; echo out; exit 7'
  const args = ['watch', '--run-name', 'w', '--interval', '0.3', ...shell(script)]
  const end = await traceml(args, { cwd: folder.path })
  expect(end).toMatchObject({ code: 7, stdout: 'out\n' })
  const session = join(folder.path, 'logs', 'w')
  const seen = members(session)
  // The loop is a shell, too: the root is the one whose parent is not of the program.
  const pids = new Set(seen.map(({ pid }) => pid))
  const root = seen.find(({ name, parent_pid: parent }) => name === 'sh' && !pids.has(parent))
  expect(seen).toContainEqual(expect.objectContaining({ name: 'sleep', parent_pid: root?.pid }))
  const [sums] = queryHistory<{ readonly cpu: number; readonly ram: number }>(
    session,
    'SELECT max(cpu_percent) AS cpu, max(ram_used_bytes) AS ram FROM process_samples',
  )
  expect(sums?.cpu).toBeGreaterThan(1)
  expect(sums?.ram).toBeGreaterThan(500_000)
  const summary = readSummary(session)
  expect(summary.text).toMatch(/Processes of the program\b[\s\S]*\bsh\b[\s\S]*\bsleep\b/)
  expect(summary.primary_diagnosis).toMatchObject({
    section: expect.stringMatching(/system|process/),
  })
  expect(summary.telemetry).toMatchObject({ finished_ranks: [0], missing_ranks: [] })
  expect(readManifest(session)).toMatchObject({
    status: 'failed',
    training_exit_code: 7,
    launch: { profile: 'watch', script_path: expect.stringMatching(/\/sh$/) },
  })
})

test.each(['SIGTERM', 'SIGHUP'] as const)('%s is passed on, and reported', async (signal) => {
  using folder = temporaryFolder()
  const script = `trap 'echo got it; exit 5' TERM HUP; while :; do sleep 0.1; done`
  const args = ['watch', '--run-name', 'w', '--interval', '0.2', ...shell(script)]
  const running = startTraceml(args, { cwd: folder.path })
  const session = join(folder.path, 'logs', 'w')
  await waitFor('the program was looked at', () => looks(session) > 0, 60_000)
  running.child.kill(signal)
  const end = await running.end
  expect(end).toMatchObject({ code: 5, stdout: 'got it\n' })
  expect(end.stderr).toContain(`interrupted by ${signal}`)
  expect(readManifest(session)['status']).toBe('interrupted')
})

test('several processes that we start are one tree, and nothing of ours is in them', async () => {
  using folder = temporaryFolder()
  const flags = ['--run-name', 'w', '--interval', '0.2', '--nproc-per-node', '2']
  const loop = [fixture('traced-loop.mjs'), '--steps', '150', '--step-ms', '10']
  const end = await traceml(['watch', ...flags, ...loop], { cwd: folder.path })
  expect(end.code).toBe(0)
  const session = join(folder.path, 'logs', 'w')
  expect(new Set(members(session).map(({ pid }) => pid)).size).toBe(2)
  expect(queryHistory(session, 'SELECT count(*) AS n FROM step_time_samples')).toEqual([{ n: 0 }])
})

test('progress lines say what the program uses', async () => {
  using folder = temporaryFolder()
  const flags = ['--mode', 'cli', '--interval', '0.3']
  const end = await traceml(['watch', ...flags, ...shell('sleep 5')], { cwd: folder.path })
  expect(end.stderr).toMatch(
    /\[traceml\] 0:\d\d, \d process(es)?, cpu [\d.na/]+%?, memory 0\.00 GB/,
  )
})

test('a program that is not there', async () => {
  using folder = temporaryFolder()
  const end = await traceml(['watch', '--', 'no-such-program', '-x'], { cwd: folder.path })
  expect(end).toMatchObject({
    code: 2,
    stderr:
      'traceml: "no-such-program" is neither a file nor a program on PATH; correct its name.\n',
  })
})
