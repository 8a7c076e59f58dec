import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  aggregatorOf,
  fixture,
  isAlive,
  queryHistory,
  readManifest,
  readSummary,
  startTraceml,
  temporaryFolder,
  traceml,
  waitFor,
} from './fixtures/cli/support.ts'

const loop = fixture('traced-loop.mjs')
/** From the end of the training to the end of the command, report included. */
const REPORT_DEADLINE_MS = 10_000

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

test('the logs folder cannot be made: the training runs untraced', async () => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'logs'), 'a file')
  const end = await traceml(['run', loop, '--steps', '5', '--fail', 'exit'], { cwd: folder.path })
  expect(end).toMatchObject({ code: 7, stdout: 'first step done\n' })
  expect(end.stderr).toMatch(
    /^traceml: The run is not traced.*logs" cannot be written.*--logs-dir\.\n$/,
  )
  expect(readdirSync(folder.path)).toEqual(['logs'])
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

test('the training throws: its error reaches the terminal untouched', async () => {
  using folder = temporaryFolder()
  const end = await traceml(['run', '--run-name', 'x', loop, '--steps', '20', '--fail', 'throw'], {
    cwd: folder.path,
  })
  expect(end.code).toBe(1)
  expect(end.ms).toBeLessThan(REPORT_DEADLINE_MS)
  expect(end.stderr).toMatch(
    /traced-loop\.mjs:\d+\n.*throw new Error\('the loss is not a number'\)/,
  )
  expect(end.stderr).toContain(`Error: the loss is not a number\n    at file://${loop}`)
  expect(end.stderr).toContain(readSummary(join(folder.path, 'logs', 'x')).text.trimEnd())
})

test('Ctrl-C in the middle of a run: 130, and a report of what was measured', async () => {
  using folder = temporaryFolder()
  const session = join(folder.path, 'logs', 'x')
  const run = startTraceml(
    ['run', '--run-name', 'x', loop, '--steps', '100000', '--step-ms', '5'],
    { cwd: folder.path, ownGroup: true },
  )
  const { pid } = await aggregatorOf(session)
  await run.printed('first step done')
  const stored = () =>
    queryHistory(session, 'SELECT count(*) AS n FROM step_time_samples')[0] as { n: number }
  const database = join(session, 'aggregator', 'telemetry')
  await waitFor('steps are stored', () => existsSync(database) && stored().n > 0)
  process.kill(-run.child.pid!, 'SIGINT')
  const interrupted = performance.now()
  const end = await run.end
  expect(performance.now() - interrupted).toBeLessThan(REPORT_DEADLINE_MS)
  expect(end.code).toBe(130)
  expect(readManifest(session)).toMatchObject({ status: 'interrupted', training_exit_code: 130 })
  expect(end.stderr).toContain(readSummary(session).text.trimEnd())
  expect(isAlive(pid)).toBe(false)
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
  expect(readSummary(session).text).not.toBe('')
})
