import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { fixture, temporaryFolder, traceml } from './fixtures/cli/support.ts'

const recorded = fileURLToPath(new URL('../../examples/ci-gate/runs', import.meta.url))

interface Document {
  readonly verdict: { readonly status: string }
  readonly judgement: {
    readonly status: string
    readonly metrics: readonly { readonly method: string; readonly steps: object }[]
    readonly notes: readonly string[]
  }
}

/** A folder with recorded sessions `a` (baseline) and `b` (slower), without history files. */
function withRuns(): ReturnType<typeof temporaryFolder> {
  const folder = temporaryFolder()
  cpSync(join(recorded, 'baseline'), join(folder.path, 'a'), { recursive: true })
  cpSync(join(recorded, 'slower'), join(folder.path, 'b'), { recursive: true })
  return folder
}

function editSummary(path: string, edit: (summary: Record<string, unknown>) => void): void {
  const file = join(path, 'final_summary.json')
  const summary = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  edit(summary)
  writeFileSync(file, JSON.stringify(summary))
}

/** Like a summary of an older version: its steps are only in the history. */
function withoutSeries(summary: Record<string, unknown>): void {
  delete (summary['step_time'] as Record<string, unknown>)['details']
}

describe('exit codes of a gate', () => {
  test.each([
    [['a', 'b'], 0],
    [['a', 'b', '--fail-on', 'regression'], 1],
    [['b', 'a', '--fail-on', 'regression'], 0],
    [['a', 'b', '--fail-on', 'regression', '--threshold', 'step_time=500%'], 0],
    [['a', 'b', '--fail-on', 'inconclusive,regression'], 1],
    [['a', 'b', 'a', '--fail-on', 'regression'], 1],
    [['a', 'b', '--policy', 'compatible', '--fail-on', 'inconclusive'], 1],
  ])('compare %j exits with %i', async (args, code) => {
    using folder = withRuns()
    const end = await traceml(['compare', ...args], { cwd: folder.path })
    expect(end.code, end.stderr).toBe(code)
    if (args.includes('--fail-on')) {
      expect(end.stderr).toMatch(code === 1 ? /Gate: +failed on / : /Gate: +passed/)
    }
  })
})

describe('bad input: one sentence that names it, exit code 2, nothing written', () => {
  const truncated = readFileSync(join(recorded, 'baseline', 'final_summary.json'), 'utf8')
  test.each<[string, string | null, RegExp]>([
    ['missing', null, /bad\.json does not exist/],
    ['empty', '', /bad\.json is not valid JSON/],
    ['not JSON', 'hello', /bad\.json is not valid JSON/],
    ['truncated', truncated.slice(0, 3000), /bad\.json is not valid JSON/],
    [
      'another JSON',
      '{"name": "x", "version": "1.0.0"}',
      /bad\.json is JSON, but no report of a run/,
    ],
    ['an array', '[]', /bad\.json does not hold a JSON object/],
    ['a comparison', '{"schema_version": 2, "sections": {}, "verdict": {}}', /schema version 2/],
    ['a newer schema', '{"schema_version": 9.1}', /schema version 9\.1.*update traceml/],
    ['a section missing', '{"schema_version": 1.7, "system": {}}', /has no "process" section/],
    ['binary', '\u0000\u0001\uFFFD', /bad\.json is not valid JSON/],
  ])('%s', async (_name, content, sentence) => {
    using folder = withRuns()
    if (content !== null) writeFileSync(join(folder.path, 'bad.json'), content)
    const before = readdirSync(folder.path)
    for (const args of [
      ['a', 'bad.json'],
      ['bad.json', 'a', '--fail-on', 'regression'],
      ['a', 'b', 'bad.json', '--format', 'json', '--output', 'x'],
    ]) {
      const end = await traceml(['compare', ...args], { cwd: folder.path })
      expect(end.stderr).toMatch(sentence)
      expect(end.stderr).toMatch(/^traceml: [^\n]+\.\n$/)
      expect(end).toMatchObject({ code: 2, stdout: '' })
      expect(readdirSync(folder.path)).toEqual(before)
    }
  })

  test.each<[readonly string[], RegExp]>([
    [['--fail-on', 'slow'], /--fail-on is "slow".*regression, inconclusive/],
    [['--threshold', 'speed=3%'], /the metric must be one of step_time, /],
    [['--format', 'xml'], /--format is "xml".*text, json, markdown, github/],
    [['--policy', 'compatible', '--threshold', 'step_time=5%'], /leave out --threshold/],
    [['--output', 'a/final_summary.json'], /is no comparison, so it is not overwritten/],
  ])('%j', async (flags, sentence) => {
    using folder = withRuns()
    const before = readFileSync(join(folder.path, 'a', 'final_summary.json'), 'utf8')
    const end = await traceml(['compare', 'a', 'b', ...flags], { cwd: folder.path })
    expect(end.stderr).toMatch(sentence)
    expect(end).toMatchObject({ code: 2, stdout: '' })
    expect(readFileSync(join(folder.path, 'a', 'final_summary.json'), 'utf8')).toBe(before)
    expect(readdirSync(folder.path).toSorted()).toEqual(['a', 'b'])
  })
})

describe('formats', () => {
  test('JSON on stdout is the whole document, and files are written only when named', async () => {
    using folder = withRuns()
    const end = await traceml(['compare', 'a', 'b', '--format', 'json'], { cwd: folder.path })
    const document = JSON.parse(end.stdout) as Document
    expect(document.judgement.status).toBe('REGRESSION')
    expect(document.verdict.status).toBe('INCONCLUSIVE')
    expect(document.judgement.metrics[0]?.method).toBe('steps')
    expect(existsSync(join(folder.path, 'compare'))).toBe(false)
    const args = ['compare', 'a', 'b', '--format', 'markdown', '--output', 'out/v1.2']
    const markdown = await traceml(args, { cwd: folder.path })
    expect(markdown.stdout).toMatch(/^### traceml: REGRESSION/)
    expect(readdirSync(join(folder.path, 'out')).toSorted()).toEqual(['v1.2.json', 'v1.2.txt'])
  })

  test('several runs are a table, as text and as JSON', async () => {
    using folder = withRuns()
    const end = await traceml(['compare', 'a', 'b', 'a'], { cwd: folder.path })
    expect(end.stdout).toContain('Each run (B) against the first (A): a')
    const table = JSON.parse(
      readFileSync(join(folder.path, 'compare', 'a_a_vs_2_runs.json'), 'utf8'),
    ) as { kind: string; comparisons: readonly Document[] }
    expect(table.kind).toBe('traceml-comparison-table')
    expect(table.comparisons.map(({ judgement }) => judgement.status)[0]).toBe('REGRESSION')
  })
})

describe('step histories of sessions whose summary does not carry them', () => {
  async function sessions(): Promise<ReturnType<typeof temporaryFolder>> {
    const folder = temporaryFolder()
    for (const name of ['a', 'b']) {
      const run = ['run', '--run-name', name, fixture('traced-loop.mjs'), '--steps', '60']
      expect((await traceml(run, { cwd: folder.path })).code).toBe(0)
      editSummary(join(folder.path, 'logs', name), withoutSeries)
    }
    return folder
  }
  const compareAsJson = async (cwd: string, ...args: string[]): Promise<Document> => {
    const end = await traceml(['compare', ...args, '--format', 'json'], { cwd })
    expect(end.code, end.stderr).toBe(0)
    return JSON.parse(end.stdout) as Document
  }

  test('are read from the database; where that fails, the reason is told', async () => {
    using folder = await sessions()
    const cwd = folder.path
    const read = await compareAsJson(cwd, 'logs/a', 'logs/b')
    expect(read.judgement.metrics[0]).toMatchObject({ method: 'steps' })
    const files = readdirSync(join(cwd, 'logs', 'a', 'aggregator'))

    const database = join(cwd, 'logs', 'b', 'aggregator', 'telemetry')
    const emptied = new Database(database)
    emptied.exec('delete from step_time_samples')
    emptied.close()
    const empty = await compareAsJson(cwd, 'logs/a', 'logs/b')
    expect(empty.judgement.metrics[0]).toMatchObject({ method: 'averages' })
    expect(empty.judgement.notes.join(' ')).toMatch(/history .*telemetry holds no steps/)

    writeFileSync(database, 'this is no database at all, but long enough to look like a file')
    const corrupt = await compareAsJson(cwd, 'logs/a', 'logs/b')
    expect(corrupt.judgement.metrics[0]).toMatchObject({ method: 'averages' })
    expect(corrupt.judgement.notes.join(' ')).toMatch(/could not be read: .*telemetry/)

    rmSync(database)
    const missing = await compareAsJson(cwd, 'logs/a/final_summary.json', 'logs/b')
    expect(missing.judgement.notes.join(' ')).toMatch(/no step history of B/)
    expect(existsSync(database)).toBe(false)
    expect(readdirSync(join(cwd, 'logs', 'a', 'aggregator'))).toEqual(files)
  })

  test('a history that somebody holds locked is waited for, then told', async () => {
    using folder = await sessions()
    const database = new Database(join(folder.path, 'logs', 'b', 'aggregator', 'telemetry'))
    database.pragma('locking_mode = EXCLUSIVE')
    database.exec('begin exclusive')
    const locked = await compareAsJson(folder.path, 'logs/a', 'logs/b')
    database.exec('rollback')
    database.close()
    expect(locked.judgement.notes.join(' ')).toMatch(/could not be read: .*lock/)
  })
})

test('hostile names reach neither terminal nor file names', async () => {
  using folder = withRuns()
  const hostile = '\u001B[2J<script>\u202Ex'
  mkdirSync(join(folder.path, hostile))
  cpSync(join(folder.path, 'b'), join(folder.path, hostile), { recursive: true })
  editSummary(join(folder.path, hostile), (summary) => {
    summary['primary_diagnosis'] = { status: '\u001B]0;owned\u0007../../x\n::error::y' }
  })
  for (const format of ['text', 'markdown', 'github']) {
    const end = await traceml(['compare', 'a', hostile, '--format', format], { cwd: folder.path })
    expect(end.code).toBe(0)
    for (const output of [end.stdout, end.stderr]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
      expect(output).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/)
      expect(output).not.toMatch(/^::error::/m)
      expect(output).not.toContain('<script>')
    }
  }
  expect(readdirSync(join(folder.path, 'compare')).toSorted()).toEqual([
    'a_vs_2J_script_x.json',
    'a_vs_2J_script_x.txt',
  ])
  const missing = await traceml(['compare', 'a', '\u001B[31mnowhere'], { cwd: folder.path })
  expect(missing.code).toBe(2)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
  expect(missing.stderr).not.toMatch(/\u001B/)
})
