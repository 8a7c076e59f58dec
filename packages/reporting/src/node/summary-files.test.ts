import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { snapshotFromDurations } from '@traceml/analysis'
import type { FinalSummary, Store } from '@traceml/contracts'
import { TraceMLError } from '@traceml/contracts'
import { afterAll, expect, test } from 'vitest'
import { generateSummary } from '../generate-summary.js'
import { stepTimeSection } from '../sections/step-time/section.js'
import { readSummaryFile } from './read-summary-file.js'
import { summaryFilePaths, writeSummaryFiles } from './write-summary-files.js'

const root = mkdtempSync(join(tmpdir(), 'traceml-reporting-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function exampleSummary(runName: string): Promise<FinalSummary> {
  const snapshot = snapshotFromDurations({ input_wait: [1, 2], traced_step_time: [3, 4] })
  const store = { readStepTime: async () => snapshot } as unknown as Store
  const sections = [stepTimeSection]
  return await generateSummary({ store, sections, windowRows: 10, runName, now: new Date(0) })
}

async function failureOf(path: string): Promise<TraceMLError> {
  try {
    await readSummaryFile(path)
  } catch (error) {
    if (TraceMLError.isInstance(error)) return error
  }
  return expect.unreachable(`${path} was read`)
}

test('the files of a session are written, replaced and read back', async () => {
  const session = join(root, 'session')
  await writeSummaryFiles(await exampleSummary('first'), session)
  const summary = await exampleSummary('zweite Größe')
  const files = await writeSummaryFiles(summary, session)
  expect(files).toEqual(summaryFilePaths(session))
  expect(readdirSync(session).toSorted()).toEqual([
    'aggregator',
    'final_summary.json',
    'final_summary.txt',
  ])
  expect(readdirSync(join(session, 'aggregator')).toSorted()).toEqual([
    'telemetry_summary_card.json',
    'telemetry_summary_card.txt',
  ])
  expect(readFileSync(files.text, 'utf8')).toBe(`${summary.text}\n`)
  expect(readFileSync(files.legacyText, 'utf8')).toBe(`${summary.text}\n`)
  expect(readFileSync(files.legacyJson, 'utf8')).toBe(readFileSync(files.json, 'utf8'))
  for (const path of [session, files.json]) {
    const read = await readSummaryFile(path)
    expect(read.path).toBe(files.json)
    expect(read.summary).toEqual(JSON.parse(JSON.stringify(summary)))
  }
})

test('a directory that cannot be written is named, and nothing is left behind', async () => {
  const blocked = join(root, 'blocked')
  writeFileSync(blocked, 'a file where the session should be')
  await expect(writeSummaryFiles(await exampleSummary('x'), blocked)).rejects.toMatchObject({
    code: 'TRACEML_SUMMARY_UNAVAILABLE',
    message: expect.stringContaining(blocked),
  })
  expect(readFileSync(blocked, 'utf8')).toBe('a file where the session should be')
})

test('the tokens of other writers read as missing', async () => {
  const path = join(root, 'nan.json')
  writeFileSync(path, '{"schema_version": 1.7, "duration_s": NaN}')
  expect((await readSummaryFile(path)).summary).toEqual({ schema_version: 1.7, duration_s: null })
})

test.each([
  ['broken.json', '{', 'not_json'],
  ['empty.json', '', 'not_json'],
  ['bytes.json', Buffer.from([0x7b, 0xff, 0x7d]), 'not_json'],
  ['marked.json', '\uFEFF{}', 'not_json'],
  ['array.json', '[]', 'not_object'],
  ['package.json', '{"name": "something else"}', 'not_summary'],
  ['cut.json', '{"schema_version": 1.7, "system": {"meta', 'not_json'],
  ['newer.json', '{"schema_version": 2, "text": "x"}', 'newer_schema'],
] as const)('%s is refused by name', async (name, content, reason) => {
  const path = join(root, name)
  writeFileSync(path, content)
  const error = await failureOf(path)
  expect(error.code).toBe('TRACEML_SCHEMA_INVALID')
  expect(error.details['reason']).toBe(reason)
  expect(error.message).toContain(path)
})

test('what is not there is named', async () => {
  const missing = join(root, 'missing.json')
  expect((await failureOf(missing)).message).toContain(`${missing} does not exist`)
  const empty = join(root, 'empty-session')
  mkdirSync(join(empty, 'final_summary.json'), { recursive: true })
  expect((await failureOf(empty)).details['reason']).toBe('not_file')
  expect((await failureOf(root)).details['reason']).toBe('not_found')
})

test('a file that was cut off is said to be', async () => {
  const path = join(root, 'truncated.json')
  writeFileSync(path, JSON.stringify(await exampleSummary('x'), null, 2).slice(0, 5000))
  expect((await failureOf(path)).message).toBe(
    `${path} ends in the middle of its JSON; copy it again, or give the file of another run.`,
  )
})

test.each([1.3, 1.4, 1.5, 1.6, 1.7, '1.7', 'next', null])(
  'schema version %s is read',
  async (version) => {
    const path = join(root, 'older.json')
    writeFileSync(path, JSON.stringify({ schema_version: version, text: 'the card', odd: [1] }))
    const { summary, warning } = await readSummaryFile(path)
    expect(summary).toMatchObject({ text: 'the card', odd: [1] })
    expect(warning).toBeNull()
  },
)

test('a newer minor version is read with a warning', async () => {
  const path = join(root, 'minor.json')
  writeFileSync(path, '{"schema_version": 1.8, "text": "the card"}')
  const { summary, warning } = await readSummaryFile(path)
  expect(summary['text']).toBe('the card')
  expect(warning).toBe(
    `${path} has schema version 1.8, newer than 1.7: what is new in it is left out.`,
  )
})
