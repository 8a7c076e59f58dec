import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { noopLogger, TraceMLError } from '@traceml/contracts'
import { generateSummary } from '@traceml/reporting'
import { openHistory, openStore } from '@traceml/storage/better-sqlite3'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { range, stepEnvelope } from './envelopes.js'
import { copyDatabase, temporaryFolder } from './support.js'

function messageOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (TraceMLError.isInstance(error)) return error.message
    throw error
  }
  return expect.unreachable('it was opened')
}

test('a history that is not there is named, and never made', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  expect(messageOf(() => openStore(path))).toBe(
    `There is no history at ${path}; give the path of a run's telemetry file.`,
  )
  expect(existsSync(path)).toBe(false)
})

test('a file that is no database is named', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  writeFileSync(path, 'no database '.repeat(1000))
  expect(messageOf(() => openStore(path))).toContain(`${path} is no database (`)
  expect(readFileSync(path, 'utf8')).toContain('no database')
})

/** A finished history of some size. */
function writeHistory(path: string): void {
  const writer = openHistory({ path })
  writer.ingest(stepEnvelope(range(1, 2000)), 1n)
  writer.finalize()
}

test('a history that was cut off is named', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  writeHistory(path)
  truncateSync(path, Math.floor(statSync(path).size / 2))
  expect(messageOf(() => openStore(path))).toContain(`${path} is damaged (`)
})

test('a damaged history says so, changes nothing, and costs no report', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  writeHistory(path)
  const before = readFileSync(path)
  // All pages but those of the schema.
  before.fill(0xaa, 2 * 8192)
  writeFileSync(path, before)
  const store = openStore(path)
  const failure = await store.readStepTime({ windowSize: 10 }).catch((error: unknown) => error)
  expect(TraceMLError.isInstance(failure) && failure.message).toContain(`${path} is damaged (`)
  const options = { store, windowRows: 10, runName: null, now: new Date(0), logger: noopLogger }
  const summary = await generateSummary(options)
  await store.close()
  expect(summary.step_time.diagnosis.summary).toContain(`${path} is damaged (`)
  expect(summary.primary_diagnosis.kind).toBe('INSUFFICIENT_STEP_TIME_DATA')
  expect(readFileSync(path).equals(before)).toBe(true)
})

test('a history that another process holds is named', async () => {
  using folder = temporaryFolder()
  const path = copyDatabase('real_single300', folder.path)
  const holder = new Database(path)
  holder.pragma('locking_mode = EXCLUSIVE')
  holder.exec('begin exclusive')
  const reader = new Database(path, { readonly: true, timeout: 10 })
  const { createStore } = await import('@traceml/storage')
  const store = createStore(reader, { name: path })
  const failure = await store.readProcess({ windowRows: 1 }).catch((error: unknown) => error)
  expect(TraceMLError.isInstance(failure) && failure.message).toContain(
    `${path} is locked by another process (`,
  )
  await store.close()
  holder.close()
})

test('an empty file is a history without tables, and stays empty', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  writeFileSync(path, '')
  const store = openStore(path)
  const options = { store, windowRows: 10, runName: null, now: new Date(0) }
  const { step_time: section } = await generateSummary(options)
  await store.close()
  expect(section.diagnosis.summary).toContain('has no table step_time_samples')
  expect(statSync(path).size).toBe(0)
  expect(readdirSync(folder.path)).toEqual(['telemetry'])
})
