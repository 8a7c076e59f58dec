import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { LiveLogs, LiveSeries, LiveStatus } from '@traceml/contracts'
import { expect, test } from 'vitest'
import {
  addressOf,
  fixture,
  startTraceml,
  temporaryFolder,
  traceml,
} from './fixtures/cli/support.ts'

const OPEN = ['--dashboard-port', '0', '--no-dashboard-auto-open']
const LOOP = fixture('traced-loop.mjs')

async function get<Answer>(address: string, path: string): Promise<Answer> {
  return (await (await fetch(new URL(path, address))).json()) as Answer
}

test('a finished session is shown from its history, which stays as it is', async () => {
  using folder = temporaryFolder()
  const args = ['--run-name', 'done', '--nproc-per-node', '2', LOOP, '--steps', '150']
  await traceml(['run', '--mode', 'cli', ...args], { cwd: folder.path })
  const session = join(folder.path, 'logs', 'done')
  const before = readdirSync(join(session, 'aggregator'))
  const command = startTraceml(['open', 'done', ...OPEN], { cwd: folder.path })
  const address = await addressOf(command)

  const { run, progress } = await get<LiveStatus>(address, 'api/status.json')
  expect(run).toMatchObject({ session_id: 'done', status: 'ended', ranks_seen: 2 })
  expect(run.freshness.state).toBe('ended')
  expect(run.end).toMatchObject({ outcome: 'completed', exit_code: 0 })
  expect(run.end?.reports.map(({ kind }) => kind)).toEqual(['text', 'json'])
  expect(progress.steps_completed).toBe(150)
  const series = await get<LiveSeries>(address, 'api/series.json?rank=1&points=1000')
  expect(series.steps).toHaveLength(150)
  expect(series.step_time_ms.mean.every((ms) => ms !== null && ms > 0)).toBe(true)
  const { lines } = await get<LiveLogs>(address, 'api/logs.json')
  expect(lines.map(({ text }) => text)).toContain('training done')
  expect((await fetch(address)).headers.get('content-type')).toContain('text/html')

  command.child.kill('SIGINT')
  expect((await command.end).code).toBe(0)
  expect(readdirSync(join(session, 'aggregator'))).toEqual(before)
})

test('a session that goes on is followed through its files', async () => {
  using folder = temporaryFolder()
  const args = ['run', '--run-name', 'going', LOOP, '--steps', '100000', '--step-ms', '10']
  const run = startTraceml(args, { cwd: folder.path })
  await run.printed('first step done')
  const command = startTraceml(['open', join('logs', 'going'), ...OPEN], { cwd: folder.path })
  const address = await addressOf(command)
  const stepsNow = async (): Promise<number> =>
    (await get<LiveStatus>(address, 'api/status.json')).progress.steps_completed ?? 0
  await expect.poll(stepsNow, { timeout: 60_000 }).toBeGreaterThan(0)
  const first = await stepsNow()
  await expect.poll(stepsNow, { timeout: 60_000 }).toBeGreaterThan(first)
  const { run: shown } = await get<LiveStatus>(address, 'api/status.json')
  expect(shown.status).toBe('running')
  run.child.kill('SIGINT')
  await run.end
  const stateNow = async (): Promise<string> =>
    (await get<LiveStatus>(address, 'api/status.json')).run.status
  await expect.poll(stateNow, { timeout: 60_000 }).toBe('ended')
  command.child.kill('SIGTERM')
  expect((await command.end).code).toBe(0)
})

test.each([
  [['open', 'nothing'], /There is no session "nothing"; name its folder, or see traceml ls\./],
  [['open', '.'], /has no history at aggregator\/telemetry/],
])('%j is a mistake, told in one sentence', async (args, sentence) => {
  using folder = temporaryFolder()
  const end = await traceml(args, { cwd: folder.path })
  expect(end.code).toBe(2)
  expect(end.stderr).toMatch(sentence)
  expect(end.stderr.trimEnd().split('\n')).toHaveLength(1)
})
