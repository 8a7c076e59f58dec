import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { chromium } from 'playwright-core'
import { expect, test } from 'vitest'
import { fixture, queryHistory, temporaryFolder, traceml } from './fixtures/cli/support.ts'

interface TraceEvent {
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly name: string
  readonly ts: number
  readonly dur: number
  readonly args: Readonly<Record<string, unknown>>
}

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
if (!existsSync(CHROMIUM)) {
  process.stderr.write(`The trace is not opened in a viewer: no Chromium at ${CHROMIUM}.\n`)
}

async function trainedRun(cwd: string): Promise<string> {
  const args = ['run', '--run-name', 'timeline', '--nproc-per-node', '2']
  // The first sample of a node waits for its GPUs to be looked for, which may take some 100 ms.
  const end = await traceml(
    [...args, fixture('traced-loop.mjs'), '--steps', '30', '--step-ms', '40'],
    { cwd },
  )
  expect(end.code).toBe(0)
  return join(cwd, 'logs', 'timeline')
}

function readTrace(path: string): readonly TraceEvent[] {
  return JSON.parse(readFileSync(path, 'utf8')).traceEvents
}

test('a run of two ranks as a trace, CSV and JSON lines', async () => {
  using folder = temporaryFolder()
  const session = await trainedRun(folder.path)
  const inFolder = { cwd: folder.path }
  const written = await traceml(['export', 'logs/timeline'], inFolder)
  expect(written.code).toBe(0)
  expect(written.stdout).toBe('')
  expect(written.stderr).toMatch(
    /^Written: .*timeline\.json \(60 steps, \d+ values, .*kB\); open it/,
  )

  const events = readTrace(join(session, 'timeline.json'))
  const slices = events.filter(({ ph }) => ph === 'X')
  for (const rank of [0, 1]) {
    const steps = slices.filter(({ pid, name }) => pid === rank && name.startsWith('step '))
    expect(steps.map(({ args }) => args['step'])).toEqual(
      Array.from({ length: 30 }, (_, index) => index + 1),
    )
    steps.reduce((before, step) => {
      expect(step.ts).toBeGreaterThanOrEqual(before.ts + before.dur)
      return step
    })
    const phases = slices.filter(({ pid, name }) => pid === rank && name === 'forward')
    expect(phases).toHaveLength(30)
    phases.forEach((phase, index) => {
      const step = steps[index]!
      expect(phase.ts).toBeGreaterThanOrEqual(step.ts)
      expect(phase.ts + phase.dur).toBeLessThanOrEqual(step.ts + step.dur)
    })
  }
  // The processor's first figures need half a second, which this run may not have.
  const counters = new Set(events.filter(({ ph }) => ph === 'C').map(({ name }) => name))
  expect([...counters]).toEqual(expect.arrayContaining(['process_memory', 'machine_memory']))

  const csv = await traceml(
    ['export', 'logs/timeline', '--format', 'csv', '--ranks', '1', '--output', '-'],
    inFolder,
  )
  const [header, ...lines] = csv.stdout.trimEnd().split('\r\n')
  expect(header).toBe('record,rank,node,step,name,clock,time_s,duration_ms,value,unit')
  const cells = lines.map((line) => line.split(','))
  expect(cells.filter(([record]) => record === 'step')).toHaveLength(30)
  expect(cells.filter(([, rank]) => rank === '0')).toEqual([])

  const jsonl = await traceml(
    [
      'export',
      join(session, 'aggregator', 'telemetry'),
      '--format',
      'jsonl',
      '--output',
      'x.jsonl',
    ],
    inFolder,
  )
  expect(jsonl.code).toBe(0)
  const objects = readFileSync(join(folder.path, 'x.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const [{ rows }] = queryHistory<{ rows: number }>(
    session,
    'SELECT count(*) AS rows FROM step_time_samples',
  ) as [{ rows: number }]
  expect(objects.filter(({ record }) => record === 'step')).toHaveLength(rows)
})

test('what cannot be exported is one sentence and exit code 2, and leaves no file', async () => {
  using folder = temporaryFolder()
  const session = await trainedRun(folder.path)
  const inFolder = { cwd: folder.path }
  const missing = await traceml(['export', 'logs/nowhere'], inFolder)
  expect(missing.code).toBe(2)
  expect(missing.stderr).toMatch(/^traceml: There is no history at .*nowhere.*telemetry;.*\n$/)
  const noRank = await traceml(['export', 'logs/timeline', '--ranks', '7'], inFolder)
  expect(noRank.code).toBe(2)
  expect(noRank.stderr).toBe(
    'traceml: The history of "logs/timeline" has nothing of the ranks 7; leave out --ranks to see all.\n',
  )
  expect(existsSync(join(session, 'timeline.json'))).toBe(false)
  const noList = await traceml(['export', 'logs/timeline', '--ranks', 'a'], inFolder)
  expect(noList.code).toBe(2)
  expect(noList.stderr).toContain('"a" is no list of ranks')
})

test.skipIf(!existsSync(CHROMIUM))('a public viewer opens the trace', async () => {
  using folder = temporaryFolder()
  const session = await trainedRun(folder.path)
  await traceml(['export', 'logs/timeline'], { cwd: folder.path })
  const viewer = join(import.meta.dirname, '../../node_modules/speedscope/dist/release')
  const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' }
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const path = pathname === '/run.json' ? join(session, 'timeline.json') : join(viewer, pathname)
    response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream')
    response.end(existsSync(path) ? readFileSync(path) : '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-background-networking', '--enable-unsafe-swiftshader'],
  })
  try {
    const page = await browser.newPage()
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    await page.goto(`${address}/index.html#profileURL=${address}/run.json`)
    await page
      .getByText(/rank 0 .*steps, host clock/)
      .first()
      .waitFor({ timeout: 60_000 })
    expect(said).toContain('Importing as Trace Event Format profile')
    expect(await page.title()).toBe('run.json - speedscope')
  } finally {
    await browser.close()
    server.close()
  }
})
