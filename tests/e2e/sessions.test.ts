import { spawn } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  fixture,
  readManifest,
  startTraceml,
  TRACEML,
  temporaryFolder,
  traceml,
  waitFor,
} from './fixtures/cli/support.ts'

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())
const cwd = { cwd: folder.path }
const session = join(folder.path, 'logs', 'first')

beforeAll(async () => {
  const args = ['run', '--run-name', 'first', '--html-report', fixture('traced-loop.mjs')]
  const end = await traceml([...args, '--steps', '60', '--step-ms', '4'], cwd)
  expect(end.code).toBe(0)
  expect(end.stderr).toContain('logs/first/final_summary.html')
})

function lines(text: string): readonly Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('a page', () => {
  test('--html-report writes it beside the other files, and the manifest knows', () => {
    const page = readFileSync(join(session, 'final_summary.html'), 'utf8')
    expect(page).toContain('<h1>first</h1>')
    expect(readManifest(session)).toMatchObject({
      artifacts: { final_summary_html: join(session, 'final_summary.html') },
    })
  })

  test('view --html writes it beside the summary or where it is told, and prints the path', async () => {
    const summary = join(folder.path, 'copy.json')
    copyFileSync(join(session, 'final_summary.json'), summary)
    const beside = await traceml(['view', 'copy.json', '--html'], cwd)
    expect(beside).toMatchObject({ code: 0, stdout: `${join(folder.path, 'copy.html')}\n` })
    const told = await traceml(['view', 'logs/first', '--html', 'pages/a.html'], cwd)
    expect(told).toMatchObject({ code: 0, stdout: `${join(folder.path, 'pages', 'a.html')}\n` })
    expect(readFileSync(join(folder.path, 'pages', 'a.html'), 'utf8')).toContain('<h1>first</h1>')
  })

  test('a page that cannot be written costs nothing but itself', async () => {
    const name = 'no-page'
    const run = startTraceml(
      ['run', '--run-name', name, '--html-report', fixture('traced-loop.mjs'), '--steps', '40'],
      cwd,
    )
    const path = join(folder.path, 'logs', name)
    await waitFor('the session folder', () => existsSync(join(path, 'manifest.json')))
    mkdirSync(join(path, 'final_summary.html'))
    const end = await run.end
    expect(end.code).toBe(0)
    expect(end.stderr).toContain('The HTML report could not be written')
    expect(end.stderr).toContain('TraceML Verdict')
    expect(existsSync(join(path, 'final_summary.json'))).toBe(true)
    expect(readManifest(path)).toMatchObject({ status: 'completed' })
  })

  test('it is refused without the history that it is made from', async () => {
    const end = await traceml(['run', '--html-report', '--no-history', fixture('echo.mjs')], cwd)
    expect(end).toMatchObject({ code: 2, stdout: '' })
    expect(end.stderr).toContain('The HTML report needs the history that --no-history switches off')
  })
})

test('view --json prints the document', async () => {
  const end = await traceml(['view', 'logs/first', '--json'], cwd)
  expect(JSON.parse(end.stdout)).toEqual(
    JSON.parse(readFileSync(join(session, 'final_summary.json'), 'utf8')),
  )
})

describe('ls', () => {
  test('sessions with verdict, time and state, newest first', async () => {
    const end = await traceml(['ls', '--json'], cwd)
    const sessions = JSON.parse(end.stdout) as { session: string }[]
    expect(sessions.at(-1)).toMatchObject({ session: 'first', status: 'completed', problem: null })
    const table = await traceml(['ls'], cwd)
    expect(table.stdout).toMatch(/^SESSION +VERDICT +DURATION +STARTED +STATUS\n/)
    expect(table.stdout).toMatch(/\nfirst +[A-Z-]+( [A-Z]+)* +\d+\.\ds +now +completed\n/)
  })

  test('a folder without sessions says so, one that is missing is a mistake', async () => {
    mkdirSync(join(folder.path, 'empty'))
    const empty = await traceml(['ls', 'empty'], cwd)
    expect(empty).toMatchObject({ code: 0, stdout: '' })
    expect(empty.stderr).toBe('traceml: There are no sessions in "empty".\n')
    const missing = await traceml(['ls', 'nowhere'], cwd)
    expect(missing).toMatchObject({ code: 2, stdout: '' })
    expect(missing.stderr).toMatch(/^traceml: The folder ".*nowhere" does not exist; .*\.\n$/)
    expect((await traceml(['ls', 'empty', '--json'], cwd)).stdout).toBe('[]\n')
  })
})

describe('inspect', () => {
  test('an overview, rows as a table, rows as JSON lines', async () => {
    const overview = await traceml(['inspect', 'logs/first'], cwd)
    expect(overview.stdout).toMatch(/\nstep_time +60 +r0\n/)
    const table = await traceml(['inspect', 'logs/first', '--table', 'step_time'], cwd)
    expect(table.stdout.trimEnd().split('\n')).toHaveLength(21)
    expect(table.stdout).toMatch(/^STEP +RANK .*TRACED/)
    const all = await traceml(['inspect', 'logs/first', '--table', 'step_time', '--json'], cwd)
    const rows = lines(all.stdout)
    expect(rows).toHaveLength(60)
    expect(rows[0]).toMatchObject({ id: 1, step: 1, global_rank: 0 })
    expect(rows[0]!['events']).toHaveProperty('_traceml_internal:step_time')
    const some = ['--table', 'step_time_samples', '--rank', '1', '--json']
    expect((await traceml(['inspect', 'logs/first', ...some], cwd)).stdout).toBe('')
  })

  test('a run that goes on is read, not held up, and nothing is left beside its history', async () => {
    const run = startTraceml(
      [
        'run',
        '--run-name',
        'going',
        fixture('traced-loop.mjs'),
        '--steps',
        '400',
        '--step-ms',
        '5',
      ],
      cwd,
    )
    const args = ['inspect', 'logs/going', '--table', 'step_time', '--json']
    const deadline = performance.now() + 20_000
    let rows = 0
    // Until it has rows: a folder without a history, and a history without steps, come first.
    while (rows === 0) {
      expect(performance.now()).toBeLessThan(deadline)
      const end = await traceml(args, cwd)
      rows = end.stdout === '' ? 0 : lines(end.stdout).length
    }
    expect(await run.end).toMatchObject({ code: 0 })
    expect(rows).toBeLessThanOrEqual(400)
    const files = readdirSync(join(folder.path, 'logs', 'going', 'aggregator'))
    expect(files.filter((name) => name.startsWith('telemetry-'))).toEqual([])
  })

  test('who reads the first lines only ends it', async () => {
    const child = spawn('sh', [
      '-c',
      '"$0" "$@" | head -n 1',
      process.execPath,
      TRACEML,
      'inspect',
      session,
      '--table',
      'step_time',
      '--json',
    ])
    let first = ''
    child.stdout.on('data', (text) => {
      first += String(text)
    })
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
    expect(lines(first)).toHaveLength(1)
  })
})

const HOSTILE = '\u001B[2J\u001B]0;owned\u0007<script>alert(1)</script>\u202E\u009B31m../../x'
const STEERING = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u

describe('bad input is one sentence and exit code 2', () => {
  const files: Readonly<Record<string, string>> = {
    'text.json': 'not JSON',
    'list.json': '[1]',
    'other.json': '{"name": "package"}',
    'cut.json': '{"schema_version": 1.7, "text": "abc',
    'database.json': 'SQLite format 3\u0000',
    [`${HOSTILE.replaceAll('/', '_').replaceAll('\u0000', '')}.json`]: '[]',
  }

  test.each([
    ...Object.keys(files).map((name) => ['view', name] as const),
    ...Object.keys(files).map((name) => ['inspect', name] as const),
    ['view', 'nowhere'],
    ['view', `no${HOSTILE}`],
    ['view', 'other.json', '--html'],
    ['view', 'text.json', '--html', 'out.html'],
    ['inspect', 'nowhere'],
    ['inspect', 'logs'],
    ['inspect', 'logs/first', '--table', HOSTILE],
    ['inspect', 'logs/first', '--limit', 'many'],
    ['ls', 'text.json'],
  ])('case %# of %s', async (...args) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, name), text)
    const before = readdirSync(folder.path)
    const end = await traceml(args, cwd)
    expect(end).toMatchObject({ code: 2, stdout: '' })
    expect(end.stderr).toMatch(/^traceml: .+\.\n$/)
    expect(end.stderr.trimEnd()).not.toMatch(STEERING)
    expect(readdirSync(folder.path)).toEqual(before)
  })
})

test('names and texts of others steer no terminal, page or path', async () => {
  const logs = join(folder.path, 'foreign')
  const path = join(logs, HOSTILE.replaceAll('/', '_'))
  mkdirSync(path, { recursive: true })
  writeFileSync(
    join(path, 'final_summary.json'),
    JSON.stringify({
      schema_version: 1.7,
      meta: { run_name: HOSTILE },
      text: `${HOSTILE}\nsecond line`,
      primary_diagnosis: { kind: HOSTILE, status: HOSTILE, severity: 'crit', summary: HOSTILE },
    }),
  )
  writeFileSync(join(path, 'manifest.json'), JSON.stringify({ status: HOSTILE, host: HOSTILE }))
  for (const args of [
    ['view', path],
    ['view', path, '--json'],
    ['ls', logs],
    ['ls', logs, '--json'],
  ]) {
    const end = await traceml(args, cwd)
    expect(end.code, args.join(' ')).toBe(0)
    expect(end.stdout.replaceAll('\n', '')).not.toMatch(STEERING)
  }
  await traceml(['view', path, '--html'], cwd)
  const page = readFileSync(join(path, 'final_summary.html'), 'utf8')
  expect(page).not.toContain('<script')
  expect(page.replaceAll('\n', '')).not.toMatch(STEERING)
  expect(readdirSync(logs)).toHaveLength(1)
})
