import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finalSummary, startLocalRuntime, summary } from '@traceml/runtime'
import { afterEach, beforeEach, expect, test } from 'vitest'

let logsDir = ''
beforeEach(async () => {
  logsDir = await mkdtemp(join(tmpdir(), 'traceml-'))
})
afterEach(() => rm(logsDir, { recursive: true, force: true }))

const unavailable = (message: RegExp) =>
  expect.objectContaining({
    code: 'TRACEML_SUMMARY_UNAVAILABLE',
    message: expect.stringMatching(message) as string,
  })

/** Answers the next request as an aggregator does, through files. */
async function answer(make: (request: Record<string, unknown>) => Record<string, unknown>) {
  const control = join(logsDir, 'run', 'control')
  const deadline = Date.now() + 5_000
  for (;;) {
    const text = await readFile(join(control, 'final_summary_request.json'), 'utf8').catch(() => '')
    if (text !== '') {
      const request = JSON.parse(text) as Record<string, unknown>
      const response = { request_id: request['request_id'], error: null, ...make(request) }
      await writeFile(join(control, 'tmp'), JSON.stringify(response))
      await rename(join(control, 'tmp'), join(control, 'final_summary_response.json'))
      return request
    }
    if (Date.now() > deadline) throw new Error('no request came')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

test('asks through a file and reads the answer', async () => {
  using _runtime = startLocalRuntime({ logsDir, sessionId: 'run' })
  const path = join(logsDir, 'made.json')
  const text = join(logsDir, 'made.txt')
  await writeFile(path, JSON.stringify({ schema_version: 1.7, duration_s: 3 }))
  await writeFile(text, '')
  const asked = answer(() => ({ status: 'ok', summary_json_path: path, summary_txt_path: text }))
  expect(await summary({ pollIntervalSeconds: 0.01, printText: true })).toEqual({
    'traceml/schema_version': 1.7,
    'traceml/duration_s': 3,
  })
  const request = await asked
  expect(Object.keys(request)).toEqual(['request_id', 'created_at', 'pid', 'rank', 'local_rank'])
  expect(request['request_id']).toMatch(/^final_summary_[0-9a-f]{32}$/)
})

test('an error of the aggregator is passed on', async () => {
  using _runtime = startLocalRuntime({ logsDir, sessionId: 'run' })
  void answer(() => ({ status: 'error', summary_json_path: null, error: 'not settled' }))
  await expect(finalSummary({ pollIntervalSeconds: 0.01 })).rejects.toEqual(
    unavailable(/not settled/),
  )
})

test('a summary that is not there is told with its path', async () => {
  using _runtime = startLocalRuntime({ logsDir, sessionId: 'run' })
  void answer(() => ({ status: 'ok', summary_json_path: '/absent.json' }))
  await expect(finalSummary({ pollIntervalSeconds: 0.01 })).rejects.toEqual(
    unavailable(/\/absent\.json/),
  )
})

test('no answer in time', async () => {
  using _runtime = startLocalRuntime({ logsDir, sessionId: 'run' })
  await expect(finalSummary({ timeoutSeconds: 0.05, pollIntervalSeconds: 0.01 })).rejects.toEqual(
    unavailable(/within 0\.05 s/),
  )
})

test('an answer to another request is not taken', async () => {
  using _runtime = startLocalRuntime({ logsDir, sessionId: 'run' })
  void answer(() => ({ request_id: 'older', status: 'ok', summary_json_path: '/x' }))
  await expect(finalSummary({ timeoutSeconds: 0.2, pollIntervalSeconds: 0.01 })).rejects.toEqual(
    unavailable(/No summary came/),
  )
})

test('no history, no summary; other ranks and no run: null', async () => {
  {
    using _runtime = startLocalRuntime({ logsDir, sessionId: 'run', historyEnabled: false })
    await expect(finalSummary()).rejects.toEqual(unavailable(/no history/))
  }
  {
    const identity = { globalRank: 1 } as never
    using _runtime = startLocalRuntime({ logsDir, sessionId: 'run', identity })
    expect(await finalSummary()).toBeNull()
  }
  expect(await finalSummary()).toBeNull()
})

test('a signal ends the wait', async () => {
  using _runtime = startLocalRuntime({ logsDir, sessionId: 'run' })
  const signal = AbortSignal.timeout(30)
  await expect(finalSummary({ signal, pollIntervalSeconds: 0.01 })).rejects.toThrow(/timeout/i)
})
