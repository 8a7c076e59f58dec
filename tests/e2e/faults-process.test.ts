import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  aggregatorOf,
  childrenOf,
  fixture,
  isAlive,
  queryHistory,
  readManifest,
  readSummary,
  startNode,
  startTraceml,
  temporaryFolder,
  traceml,
  waitFor,
} from './fixtures/cli/support.ts'

const loop = fixture('traced-loop.mjs')
/**
 * From the end of the training to the end of the command, report included, on any machine. Waiting
 * for a rank that never ends would take 300 s.
 */
const REPORT_DEADLINE_MS = 60_000

function linesWith(text: string, part: string): readonly string[] {
  return text.split('\n').filter((line) => line.includes(part))
}

test('the aggregator is killed in the middle of a run: the training does not notice', async () => {
  using folder = temporaryFolder()
  const session = join(folder.path, 'logs', 'x')
  const run = startTraceml(['run', '--run-name', 'x', loop, '--steps', '200', '--step-ms', '10'], {
    cwd: folder.path,
  })
  const { pid } = await aggregatorOf(session)
  await waitFor('rows are stored', () => {
    if (!existsSync(join(session, 'aggregator', 'telemetry'))) return false
    try {
      return queryHistory(session, 'SELECT 1 FROM step_time_samples LIMIT 1').length > 0
    } catch {
      return false
    }
  })
  process.kill(pid, 'SIGKILL')
  const end = await run.end
  expect(end.code).toBe(0)
  expect(end.stdout).toBe('first step done\ntraining done\n')
  expect(linesWith(end.stderr, 'traceml:')).toEqual([
    'traceml: The aggregator ended early (SIGKILL); the training goes on, what it measures from now on is lost.',
  ])
  expect(readManifest(session)).toMatchObject({
    status: 'completed',
    telemetry_status: 'degraded',
    aggregator_exited_early: true,
    aggregator_exit_code: -9,
    training_exit_code: 0,
  })
  // What had been stored by then is reported all the same.
  expect(readSummary(session).text).toContain('aggregator ended before')
})

test('the requested port is taken: the training runs untraced', async () => {
  using folder = temporaryFolder()
  const server = createServer().listen(0, '127.0.0.1')
  await waitFor('the port is taken', () => server.listening)
  const { port } = server.address() as { port: number }
  const end = await traceml(
    ['run', '--run-name', 'x', '--aggregator-port', String(port), loop, '--steps', '5'],
    { cwd: folder.path },
  )
  server.close()
  expect(end).toMatchObject({ code: 0, stdout: 'first step done\ntraining done\n' })
  const lines = end.stderr.trimEnd().split('\n')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^traceml: The run is not traced.*:\d+.*\.$/)
  expect(lines[0]).toContain(String(port))
  expect(readManifest(join(folder.path, 'logs', 'x'))).toMatchObject({
    status: 'completed',
    telemetry_status: 'degraded',
  })
})

test.each([
  ['is a file', 'taken'],
  ['is below a file', 'taken/below'],
  ['is where nobody may write', '/proc/traceml'],
])('a logs folder that %s: the training runs untraced', async (_name, logs) => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'taken'), 'a file')
  const args = ['run', '--logs-dir', logs, loop, '--steps', '5', '--fail', 'exit']
  const end = await traceml(args, { cwd: folder.path })
  expect(end).toMatchObject({ code: 7, stdout: 'first step done\n' })
  expect(end.stderr).toMatch(
    /^traceml: The run is not traced, because the folder ".*" cannot be written: E[A-Z]+.*--logs-dir\.\n$/,
  )
  expect(readdirSync(folder.path)).toEqual(['taken'])
})

test('the training is killed: 137, and a report within ten seconds', async () => {
  using folder = temporaryFolder()
  const session = join(folder.path, 'logs', 'x')
  const script = join(folder.path, 'killed.mjs')
  writeFileSync(
    script,
    `import { phase, traceStep } from ${JSON.stringify(import.meta.resolve('traceml'))}
for (let step = 0; step < 30; step += 1) {
  await traceStep(() => new Promise((next) => setTimeout(next, 5)))
}
console.log('pid', process.pid)
setInterval(() => {}, 1000)
`,
  )
  const run = startTraceml(['run', '--run-name', 'x', script], { cwd: folder.path })
  let stdout = ''
  run.child.stdout?.on('data', (text: string) => {
    stdout += text
  })
  await run.printed('pid ')
  await waitFor('rows are stored', () => {
    try {
      return queryHistory(session, 'SELECT 1 FROM step_time_samples LIMIT 1').length > 0
    } catch {
      return false
    }
  })
  process.kill(Number(/pid (\d+)/.exec(stdout)![1]), 'SIGKILL')
  const killed = performance.now()
  const end = await run.end
  expect(performance.now() - killed).toBeLessThan(REPORT_DEADLINE_MS)
  expect(end.code).toBe(137)
  expect(end.stderr).toContain(readSummary(session).text.trimEnd())
  expect(end.stderr).toContain('Ended:   killed by SIGKILL')
  expect(readManifest(session)).toMatchObject({ status: 'failed', training_exit_code: 137 })
})

test('the training exits with a code of its own', async () => {
  using folder = temporaryFolder()
  const end = await traceml(['run', '--run-name', 'x', loop, '--steps', '20', '--fail', 'exit'], {
    cwd: folder.path,
  })
  expect(end).toMatchObject({ code: 7, stdout: 'first step done\n' })
  expect(end.ms).toBeLessThan(REPORT_DEADLINE_MS)
  const session = join(folder.path, 'logs', 'x')
  expect(queryHistory(session, 'SELECT count(*) AS n FROM step_time_samples')).toEqual([{ n: 20 }])
  expect(readManifest(session)).toMatchObject({ status: 'failed', training_exit_code: 7 })
  expect(end.stderr).toContain(readSummary(session).text.trimEnd())
})

test.each([
  ['throws', "throw new Error('the loss is not a number')"],
  ['rejects without a handler', "void Promise.reject(new TypeError('late'))"],
  ['has a syntax error', 'const = 3'],
])('a training that %s: what Node says about it is untouched', async (_name, ending) => {
  using folder = temporaryFolder()
  const script = join(folder.path, 'broken.mjs')
  const steps = 'for (let step = 0; step < 20; step += 1) traceStep(() => {})'
  const source = `import { traceStep } from ${JSON.stringify(import.meta.resolve('traceml'))}`
  writeFileSync(script, `${source}\n${steps}\n${ending}\n`)
  const plain = await startNode([script], { cwd: folder.path }).end
  const end = await traceml(['run', '--run-name', 'x', script], { cwd: folder.path })
  expect(plain.code).toBe(1)
  expect(end.code).toBe(1)
  expect(end.ms).toBeLessThan(REPORT_DEADLINE_MS)
  expect(end.stderr.slice(0, plain.stderr.length)).toBe(plain.stderr)
  const session = join(folder.path, 'logs', 'x')
  const { text } = readSummary(session)
  expect(readManifest(session)).toMatchObject({ status: 'failed', training_exit_code: 1 })
  if (ending.startsWith('const')) {
    // Nothing was measured: the error stays in sight.
    expect(end.stderr).toContain('Ended:   failed with exit code 1, before a step was recorded')
    expect(end.stderr).not.toContain(text.trimEnd())
  } else {
    expect(end.stderr).toContain(text.trimEnd())
    expect(end.stderr).toContain('Ended:   failed with exit code 1; the report covers')
  }
})

test('process.exit in the middle of a step: the code is kept and no complete step is lost', async () => {
  using folder = temporaryFolder()
  const script = join(folder.path, 'leaves.mjs')
  writeFileSync(
    script,
    `import { traceStep } from ${JSON.stringify(import.meta.resolve('traceml'))}
for (let step = 1; step <= 1000; step += 1) traceStep(() => { if (step === 501) process.exit(12) })`,
  )
  const end = await traceml(['run', '--run-name', 'x', script], { cwd: folder.path })
  expect(end.code).toBe(12)
  const session = join(folder.path, 'logs', 'x')
  expect(
    queryHistory(session, 'SELECT count(*) AS n, max(step) AS last FROM step_time_samples'),
  ).toEqual([{ n: 500, last: 500 }])
})

test('processes and threads that the training starts are untraced and unharmed', async () => {
  using folder = temporaryFolder()
  const args = ['run', '--run-name', 'x', fixture('children.mjs')]
  const end = await traceml(args, { cwd: folder.path })
  expect(end.code).toBe(0)
  expect(end.stdout).toBe(
    'fork traced nothing\nspawn traced nothing\nthread traced nothing\nplain 2\ntraining done\n',
  )
  const session = join(folder.path, 'logs', 'x')
  expect(
    queryHistory(session, 'SELECT global_rank, count(*) AS n FROM step_time_samples GROUP BY 1'),
  ).toEqual([{ global_rank: 0, n: 20 }])
  expect(readSummary(session).telemetry).toMatchObject({ finished_ranks: [0], missing_ranks: [] })
})

test.each<[string, readonly string[], number]>([
  // A loop that yields is told of the signal and sends everything.
  ['asynchronous', [], 1],
  // One that never yields ends at once: what was complete a few ticks of 100 ms before must be
  // there, on a machine that has other things to do as well.
  ['synchronous', ['--sync'], 60],
])('Ctrl-C in an %s loop: 130, and a report of what was measured', async (_name, flags, lost) => {
  using folder = temporaryFolder()
  const session = join(folder.path, 'logs', 'x')
  const count = join(folder.path, 'count')
  const steps = (): number => (existsSync(count) ? Number(readFileSync(count, 'utf8')) : 0)
  const run = startTraceml(
    [
      'run',
      '--run-name',
      'x',
      fixture('prints.mjs'),
      ...flags,
      '--steps',
      '99999',
      '--count',
      count,
    ],
    { cwd: folder.path, ownGroup: true },
  )
  const { pid } = await aggregatorOf(session)
  await waitFor('a hundred steps are done', () => steps() >= 100)
  process.kill(-run.child.pid!, 'SIGINT')
  const interrupted = performance.now()
  const end = await run.end
  expect(performance.now() - interrupted).toBeLessThan(REPORT_DEADLINE_MS)
  expect(end.code).toBe(130)
  expect(readManifest(session)).toMatchObject({ status: 'interrupted', training_exit_code: 130 })
  expect(end.stderr).toContain(readSummary(session).text.trimEnd())
  expect(end.stderr).toContain('Ended:   interrupted by SIGINT; the report covers')
  expect(isAlive(pid)).toBe(false)
  const [stored] = queryHistory<{ n: number; last: number }>(
    session,
    'SELECT count(*) AS n, max(step) AS last FROM step_time_samples',
  )
  expect(stored!.n).toBe(stored!.last)
  expect(stored!.n).toBeGreaterThanOrEqual(steps() - lost)
})

test('Ctrl-C twice: the second does not wait for the report, which is written all the same', async () => {
  using folder = temporaryFolder()
  const session = join(folder.path, 'logs', 'x')
  const run = startTraceml(
    ['run', '--run-name', 'x', loop, '--steps', '100000', '--step-ms', '5'],
    { cwd: folder.path, ownGroup: true },
  )
  const { pid } = await aggregatorOf(session)
  await run.printed('first step done')
  const children = childrenOf(run.child.pid!).filter((child) => child !== pid)
  expect(children).toHaveLength(1)
  // An aggregator that takes its time.
  process.kill(pid, 'SIGSTOP')
  try {
    process.kill(-run.child.pid!, 'SIGINT')
    await waitFor('the training has ended', () => !isAlive(children[0]!))
    // A launcher that was not scheduled meanwhile has got both as one.
    const again = setInterval(() => {
      if (isAlive(run.child.pid!)) process.kill(-run.child.pid!, 'SIGINT')
    }, 1_000)
    process.kill(-run.child.pid!, 'SIGINT')
    const end = await run.end.finally(() => clearInterval(again))
    expect(end.code).toBe(130)
    expect(linesWith(end.stderr, 'traceml:').at(-1)).toBe(
      `traceml: Not waiting for the report; it goes to "${session}".`,
    )
    expect(readManifest(session)).toMatchObject({ status: 'interrupted', training_exit_code: 130 })
    expect(existsSync(join(session, 'final_summary.json'))).toBe(false)
  } finally {
    process.kill(pid, 'SIGCONT')
  }
  await waitFor('the aggregator has ended', () => !isAlive(pid))
  expect(readSummary(session).text).toContain('TraceML Run Summary')
  expect(readdirSync(session)).not.toContain('aggregator_error.log')
})

test('a training that handles SIGINT itself gets it once, and ends as it likes', async () => {
  using folder = temporaryFolder()
  const script = join(folder.path, 'saves.mjs')
  writeFileSync(
    script,
    `import { traceStep } from ${JSON.stringify(import.meta.resolve('traceml'))}
let signals = 0
process.on('SIGINT', () => { signals += 1 })
for (let step = 0; signals === 0; step += 1) {
  await traceStep(() => new Promise((next) => setTimeout(next, 5)))
  if (step === 50) console.log('training')
}
console.log('saved after', signals, 'signal')
process.exit(6)`,
  )
  const run = startTraceml(['run', '--run-name', 'x', script], { cwd: folder.path, ownGroup: true })
  await run.printed('training')
  process.kill(-run.child.pid!, 'SIGINT')
  const end = await run.end
  expect(end).toMatchObject({ code: 6, stdout: 'training\nsaved after 1 signal\n' })
  const session = join(folder.path, 'logs', 'x')
  expect(readManifest(session)).toMatchObject({ status: 'interrupted', training_exit_code: 6 })
  expect(end.stderr).toContain(readSummary(session).text.trimEnd())
})

test('the launcher is killed: the aggregator writes its report and does not outlive the training', async () => {
  using folder = temporaryFolder()
  const session = join(folder.path, 'logs', 'x')
  const run = startTraceml(['run', '--run-name', 'x', loop, '--steps', '100', '--step-ms', '10'], {
    cwd: folder.path,
  })
  const { pid } = await aggregatorOf(session)
  await run.printed('first step done')
  run.child.kill('SIGKILL')
  await waitFor('the aggregator has ended', () => !isAlive(pid))
  expect(queryHistory(session, 'SELECT count(*) AS n FROM step_time_samples')).toEqual([{ n: 100 }])
  expect(readSummary(session).text).toContain('TraceML Run Summary')
  expect(readManifest(session)['status']).toBe('interrupted')
  expect(readdirSync(session)).not.toContain('aggregator_error.log')
})
