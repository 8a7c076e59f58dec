import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { historyBudgetSeconds } from '@traceml/aggregator'
import { encodeFrame } from '@traceml/codec'
import Database from 'better-sqlite3'
import { expect, test, vi } from 'vitest'
import { countRows, dial, processRow, rankFinished, startRun, temporaryFolder } from './support.js'

const budgets = (
  JSON.parse(
    readFileSync(
      new URL('../telemetry/vectors/envelope_control_budget.json', import.meta.url),
      'utf8',
    ),
  ) as { readonly sqlite_finalize_budget_sec: readonly { total: number; expect: number }[] }
).sqlite_finalize_budget_sec

function readJson(...path: string[]): Record<string, unknown> {
  return JSON.parse(readFileSync(join(...path), 'utf8')) as Record<string, unknown>
}

test.each(budgets)('of $total s, $expect s are kept for the history', ({ total, expect: kept }) => {
  expect(historyBudgetSeconds(total)).toBeCloseTo(kept, 12)
})

test('a clean end: no result files, no side files, a final report with all rows', async () => {
  await using run = await startRun({ expectedWorldSize: 2 })
  for (const rank of [0, 1]) {
    const client = run.client(rank)
    client.export([processRow(rank, 1), processRow(rank, 2)])
    client.export([rankFinished(rank)])
    await client.shutdown(5000)
  }
  const started = performance.now()
  const result = await run.finalize(300_000)
  expect(performance.now() - started).toBeLessThan(2000)
  expect(result).toMatchObject({
    ok: true,
    error: null,
    warnings: [],
    summary: { text: 'rows: 4' },
    storage: { ok: true, checkpoint_ok: true, prune_ok: true, written: 4, error: null },
  })
  const folder = join(run.directory, 'aggregator')
  expect(existsSync(join(folder, 'telemetry-wal'))).toBe(false)
  expect(existsSync(join(folder, 'telemetry-shm'))).toBe(false)
  expect(existsSync(join(folder, 'finalization_warning.json'))).toBe(false)
  expect(existsSync(join(folder, 'finalization_error.json'))).toBe(false)
  expect(run.summaries.map(({ final }) => final)).toEqual([true])
  // A second call is the same end.
  expect(await run.finalize(1)).toBe(result)
})

test('a rank that never reports ends the wait at the deadline and is named', async () => {
  await using run = await startRun({ expectedWorldSize: 2 })
  const client = run.client(0)
  client.export([processRow(0, 1), rankFinished(0)])
  await client.shutdown(5000)
  const started = performance.now()
  const result = await run.aggregator.finalize({ deadlineMs: 800, trainingEnded: false })
  const waited = performance.now() - started
  expect(waited).toBeGreaterThan(550)
  expect(waited).toBeLessThan(2500)
  expect(result).toMatchObject({ ok: true, health: { missing_ranks: [1] } })
  expect(result.health.notes).toEqual(['Rank 1 never reported.'])
  expect(result.warnings).toHaveLength(1)
  const warning = readJson(run.directory, 'aggregator', 'finalization_warning.json')
  expect(warning).toEqual({
    status: 'warning',
    completed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/),
    message: expect.stringContaining('1 of 2 finished'),
    expected_world_size: 2,
    finished_ranks: [0],
    missing_ranks: [1],
  })
  // The report is made all the same.
  expect(result.summary?.text).toBe('rows: 1')
})

test('with the training over, a rank that never connected is not waited for', async () => {
  await using run = await startRun({ expectedWorldSize: 2 })
  const client = run.client(0)
  client.export([rankFinished(0)])
  await client.shutdown(5000)
  const started = performance.now()
  const result = await run.finalize(60_000)
  expect(performance.now() - started).toBeLessThan(2000)
  expect(result.health.missing_ranks).toEqual([1])
})

test('a broken connection ends the wait for its rank, and its rows are kept', async () => {
  await using run = await startRun({ expectedWorldSize: 2 })
  const finished = run.client(0)
  finished.export([processRow(0, 1), rankFinished(0)])
  await finished.shutdown(5000)
  const killed = await dial(run.aggregator.port)
  killed.write(encodeFrame([processRow(1, 1)]))
  await vi.waitFor(() => expect(run.aggregator.progress().ranksSeen).toBe(2))
  const started = performance.now()
  const ending = run.finalize(60_000)
  killed.destroy()
  const result = await ending
  expect(performance.now() - started).toBeLessThan(2000)
  expect(result.health.missing_ranks).toEqual([1])
  expect(result.health.notes).toEqual([
    expect.stringMatching(
      /^Rank 1 ended without finishing at \d\d:\d\d:\d\d UTC, before a step was recorded\.$/,
    ),
  ])
  expect(result.health.rows_written).toBe(2)
})

test('an open connection is waited for, and its last rows are in the report', async () => {
  await using run = await startRun({ expectedWorldSize: 1 })
  const client = run.client(0)
  client.export([processRow(0, 1)])
  await client.forceFlush(5000)
  const ending = run.finalize(30_000)
  for (let seq = 2; seq <= 100; seq += 1) client.export([processRow(0, seq)])
  client.export([rankFinished(0)])
  await client.shutdown(5000)
  const result = await ending
  expect(client.stats().droppedBatches).toBe(0)
  expect(result).toMatchObject({ warnings: [], summary: { text: 'rows: 100' } })
})

test('finished ranks are counted once, in any order, ranks out of range too', async () => {
  await using run = await startRun({ expectedWorldSize: 2 })
  const socket = await dial(run.aggregator.port)
  for (const rank of [7, 0, 0]) socket.write(encodeFrame([rankFinished(rank)]))
  const result = await run.aggregator.finalize({ deadlineMs: 30_000, trainingEnded: false })
  expect(result.health).toMatchObject({ finished_ranks: [0, 7], missing_ranks: [1] })
})

test('a report that fails is an error with the reason; one that left its file a warning', async () => {
  await using failing = await startRun({
    generateSummary: () => Promise.reject(new Error('boom')),
  })
  const failed = await failing.finalize()
  expect(failed).toMatchObject({ ok: false, summary: null })
  expect(failed.error).toContain('boom')
  expect(readJson(failing.directory, 'aggregator', 'finalization_error.json')).toMatchObject({
    status: 'error',
    error: expect.stringContaining('boom'),
    finished_ranks: [],
    expected_world_size: 1,
    sqlite_finalize: { ok: true, checkpoint_ok: true },
    writer: { enabled: true, enqueued: 0, dropped: 0, written: 0, queue_size: 0, last_error: null },
  })

  await using late = await startRun({
    async generateSummary(request) {
      writeFileSync(join(request.sessionDirectory, 'final_summary.json'), '{}')
      throw new Error('text failed')
    },
  })
  const warned = await late.finalize()
  expect(warned).toMatchObject({ ok: true, error: null })
  expect(readJson(late.directory, 'aggregator', 'finalization_warning.json')).toMatchObject({
    generate_summary_error: 'text failed',
  })
})

test('a folder that cannot be written: receiving goes on, the end says what was lost', async () => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'file'), '')
  await using run = await startRun({ sessionDirectory: join(folder.path, 'file', 'run') })
  const client = run.client()
  for (let seq = 1; seq <= 20; seq += 1) client.export([processRow(0, seq)])
  client.export([rankFinished(0)])
  await client.shutdown(5000)
  expect(client.stats()).toMatchObject({ exportedBatches: 21, droppedBatches: 0 })
  expect(run.aggregator.stats().history).toMatchObject({ framesTaken: 20, framesDropped: 20 })
  const result = await run.finalize()
  expect(result).toMatchObject({ ok: false, storage: { ok: false } })
  expect(result.health).toMatchObject({ messages_dropped: 20, rows_written: 0 })
  expect(run.messages.filter((message) => message.includes('cannot be opened'))).toHaveLength(1)
})

test('what an earlier run left is moved aside, never mixed', async () => {
  using folder = temporaryFolder()
  const directory = join(folder.path, 'run')
  for (const expected of ['rows: 1', 'rows: 1']) {
    await using run = await startRun({ sessionDirectory: directory })
    const client = run.client()
    client.export([processRow(0, 1), rankFinished(0)])
    await client.shutdown(5000)
    const result = await run.finalize()
    expect(result.summary?.text).toBe(expected)
  }
  expect(existsSync(join(directory, 'previous-1', 'final_summary.json'))).toBe(true)
  expect(
    countRows(join(directory, 'previous-1', 'aggregator', 'telemetry'), 'process_samples'),
  ).toBe(1)
  expect(countRows(join(directory, 'aggregator', 'telemetry'), 'process_samples')).toBe(1)
})

test('a second aggregator cannot take the port, and leaves the files of the first alone', async () => {
  await using run = await startRun()
  const client = run.client()
  client.export([processRow(0, 1)])
  await client.forceFlush(5000)
  await expect(
    startRun({ sessionDirectory: run.directory, port: run.aggregator.port }),
  ).rejects.toMatchObject({ code: 'TRACEML_TRANSPORT_LISTEN' })
  expect(run.count('process_samples')).toBe(1)
  expect(existsSync(join(run.directory, 'previous-1'))).toBe(false)
})

test('stop without finalize closes the file and makes no report', async () => {
  const run = await startRun()
  const client = run.client()
  client.export([processRow(0, 1)])
  await client.forceFlush(5000)
  await Promise.all([run.aggregator.stop(), run.aggregator.stop()])
  expect(run.count('process_samples')).toBe(1)
  expect(run.summaries).toEqual([])
  expect(existsSync(join(run.directory, 'aggregator', 'telemetry-wal'))).toBe(false)
  await run[Symbol.asyncDispose]()
  rmSync(run.directory, { recursive: true, force: true })
  mkdirSync(run.directory, { recursive: true })
  rmSync(run.directory, { recursive: true, force: true })
})

test('a database that refuses to be written is told once, and its rows are stored later', async () => {
  await using run = await startRun()
  const client = run.client()
  client.export([processRow(0, 1)])
  await client.forceFlush(5000)
  const other = new Database(join(run.directory, 'aggregator', 'telemetry'))
  other.exec('begin immediate')
  for (let seq = 2; seq <= 10; seq += 1) client.export([processRow(0, seq)])
  await client.forceFlush(20_000)
  // The sender is let go although nothing could be written; what was there stays readable.
  expect(client.stats()).toMatchObject({ exportedBatches: 10, droppedBatches: 0 })
  expect(run.aggregator.stats().history).toMatchObject({ rowsWritten: 1, rowsPending: 9 })
  expect(run.aggregator.stats().history.lastError).toContain('locked')
  expect(run.count('process_samples')).toBe(1)
  other.exec('rollback')
  other.close()
  await vi.waitFor(() => expect(run.count('process_samples')).toBe(10), { timeout: 30_000 })
  client.export([rankFinished(0)])
  await client.shutdown(5000)
  const result = await run.finalize()
  expect(result).toMatchObject({ ok: true, health: { rows_written: 10, messages_dropped: 0 } })
  expect(run.messages).toHaveLength(1)
}, 60_000)
