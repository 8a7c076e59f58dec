import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeJsonAtomic } from '@traceml/aggregator'
import { expect, test, vi } from 'vitest'
import { processRow, rankFinished, startRun, type TestRun, writeReport } from './support.js'

async function request(run: TestRun): Promise<string> {
  const id = `final_summary_${randomBytes(16).toString('hex')}`
  await writeJsonAtomic(join(run.directory, 'control', 'final_summary_request.json'), {
    request_id: id,
    created_at: '2026-01-01T00:00:00.000000+00:00',
    pid: 1,
    rank: 0,
    local_rank: 0,
  })
  return id
}

function response(run: TestRun): Record<string, unknown> {
  const path = join(run.directory, 'control', 'final_summary_response.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>) : {}
}

async function ask(run: TestRun): Promise<Record<string, unknown>> {
  const id = await request(run)
  await vi.waitFor(() => expect(response(run)['request_id']).toBe(id), { timeout: 30_000 })
  return response(run)
}

test('a summary in the middle of the run is a snapshot; the end writes the final one', async () => {
  await using run = await startRun()
  const client = run.client()
  client.export([processRow(0, 1)])
  await client.forceFlush(5000)
  const answer = await ask(run)
  const snapshot = join(run.directory, 'control', 'summary_snapshot.json')
  expect(answer).toEqual({
    request_id: answer['request_id'],
    status: 'ok',
    completed_at: expect.stringMatching(/\+00:00$/),
    summary_json_path: snapshot,
    summary_txt_path: join(run.directory, 'control', 'summary_snapshot.txt'),
    error: null,
  })
  expect(JSON.parse(readFileSync(snapshot, 'utf8'))).toEqual({ rows: 1, final: false })
  expect(existsSync(join(run.directory, 'final_summary.json'))).toBe(false)
  expect(run.summaries[0]?.health.missing_ranks).toEqual([])

  client.export([processRow(0, 2), rankFinished(0)])
  await client.shutdown(5000)
  const result = await run.finalize()
  expect(result.summary?.text).toBe('rows: 2')
  expect(JSON.parse(readFileSync(snapshot, 'utf8'))).toEqual({ rows: 1, final: false })
  expect(run.summaries.map(({ final }) => final)).toEqual([false, true])
})

test('each request is answered once, a second one with newer rows', async () => {
  await using run = await startRun()
  const client = run.client()
  client.export([processRow(0, 1)])
  await client.forceFlush(5000)
  await ask(run)
  client.export([processRow(0, 2)])
  await client.forceFlush(5000)
  const answer = await ask(run)
  expect(answer['status']).toBe('ok')
  expect(run.summaries).toHaveLength(2)
  expect(JSON.parse(readFileSync(String(answer['summary_json_path']), 'utf8'))).toMatchObject({
    rows: 2,
  })
})

test('a request that comes while the run ends is answered with the final summary', async () => {
  let id = ''
  await using run: TestRun = await startRun({
    async generateSummary(summary) {
      if (summary.final) id = await request(run)
      return writeReport(summary)
    },
  })
  const client = run.client()
  client.export([processRow(0, 1), rankFinished(0)])
  await client.shutdown(5000)
  await run.finalize()
  expect(id).not.toBe('')
  expect(response(run)).toMatchObject({ request_id: id, status: 'ok' })
})

test('a summary that cannot be made is an error response, and the run goes on', async () => {
  await using run = await startRun({ generateSummary: () => Promise.reject(new Error('boom')) })
  expect(await ask(run)).toMatchObject({
    status: 'error',
    summary_json_path: null,
    summary_txt_path: null,
    error: 'boom',
  })
  const client = run.client()
  client.export([processRow(0, 1)])
  await client.forceFlush(5000)
  expect(run.count('process_samples')).toBe(1)
})

test('without history a request is refused with the reason', async () => {
  await using run = await startRun({ historyEnabled: false })
  expect(await ask(run)).toMatchObject({
    status: 'error',
    error: expect.stringContaining('history'),
  })
})
