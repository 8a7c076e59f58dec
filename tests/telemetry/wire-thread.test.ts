import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { decodePayload } from '@traceml/codec'
import { createTelemetryServer } from '@traceml/transport'
import { expect, test, vi } from 'vitest'

// A thread needs built JavaScript: this is the client as it is installed.
const built = new URL('../../packages/transport/dist/index.js', import.meta.url).href

const program = `
import { parentPort, workerData } from 'node:worker_threads'
import { createTelemetryClient } from '${built}'
const client = createTelemetryClient({ host: '127.0.0.1', port: workerData, identity: { globalRank: 0 } })
for (let index = 0; index < 1000; index += 1) {
  client.export([{ meta: { rank: 0 }, body: { tables: { t: [{ index }] } } }])
}
await client.forceFlush(20_000)
parentPort.postMessage(client.stats())
await client.shutdown(1000)
`

test('a client in a worker thread delivers everything and lets its thread end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'traceml-client-'))
  const path = join(folder, 'client.mjs')
  writeFileSync(path, program)
  const seen: unknown[] = []
  const server = createTelemetryServer({
    onFrame(connection, payload) {
      seen.push(decodePayload(payload))
      server.release(payload.length)
      connection.acknowledge(connection.framesReceived)
    },
  })
  await server.start()
  await using _ = server
  const worker = new Worker(pathToFileURL(path), { workerData: server.port, execArgv: [] })
  const stats: unknown[] = []
  let exitCode: number | null = null
  worker.on('message', (message) => stats.push(message))
  worker.on('exit', (code) => {
    exitCode = code
  })
  await vi.waitFor(() => expect(exitCode).toBe(0), { timeout: 20_000 })
  expect(seen).toHaveLength(1000)
  expect(stats).toEqual([
    expect.objectContaining({ exportedBatches: 1000, droppedBatches: 0, bufferedBatches: 0 }),
  ])
  rmSync(folder, { recursive: true, force: true })
}, 30_000)
