import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createFrameDecoder, decodePayload, encodeFrame } from '@traceml/codec'
import type { EnvelopeMeta, TelemetryEnvelope } from '@traceml/contracts'
import { expect, test, vi } from 'vitest'
import { createTelemetryClient, type TelemetryClientOptions } from './telemetry-client.js'
import { createTelemetryServer } from './telemetry-server.js'

const meta = { rank: 0, global_rank: 0, sampler: 'S' } as EnvelopeMeta

function envelope(index: number, rows = 1): TelemetryEnvelope {
  return {
    meta,
    body: { tables: { t: Array.from({ length: rows }, (_, row) => ({ index, row })) } },
  }
}

function indexOf(value: unknown): number {
  const items = value as TelemetryEnvelope[]
  return items[0]!.body.tables['t']![0]!['index'] as number
}

/** A server that acknowledges what it has seen when told to. */
async function ackingServer(port = 0, ackAtOnce = true) {
  const seen: unknown[] = []
  const server = createTelemetryServer({
    port,
    onFrame(connection, payload) {
      seen.push(decodePayload(payload))
      server.release(payload.length)
      if (ackAtOnce) connection.acknowledge(connection.framesReceived)
    },
  })
  await server.start()
  return { server, seen }
}

function client(port: number, options: Partial<TelemetryClientOptions> = {}) {
  return createTelemetryClient({
    host: '127.0.0.1',
    port,
    identity: { globalRank: 0 },
    ...options,
  })
}

async function unusedPort(): Promise<number> {
  const { server } = await ackingServer()
  const port = server.port
  await server.stop()
  return port
}

test('batches arrive, are acknowledged and leave the buffer', async () => {
  const { server, seen } = await ackingServer()
  await using _ = server
  const sender = client(server.port)
  for (let index = 0; index < 100; index += 1) sender.export([envelope(index, 3)])
  sender.export([])
  sender.exportFrame(encodeFrame([envelope(100)]), 1)
  await sender.forceFlush(5000)
  expect(seen.map(indexOf)).toEqual(Array.from({ length: 101 }, (_, index) => index))
  expect(sender.stats()).toEqual({
    exportedBatches: 101,
    droppedBatches: 0,
    droppedRows: 0,
    connected: true,
    connections: 1,
    bufferedBatches: 0,
    bufferedBytes: 0,
    unencodableBatches: 0,
  })
  await sender.shutdown(1000)
  sender.export([envelope(0, 2)])
  expect(sender.stats()).toMatchObject({ droppedBatches: 1, droppedRows: 2 })
})

test('what was not acknowledged travels again after a reconnect', async () => {
  const first = await ackingServer(0, false)
  const port = first.server.port
  const warnings: string[] = []
  const sender = client(port, { onWarning: (message) => warnings.push(message) })
  for (let index = 0; index < 50; index += 1) sender.export([envelope(index)])
  await vi.waitFor(() => expect(first.seen).toHaveLength(50))
  expect(sender.stats().bufferedBatches).toBe(50)
  await first.server.stop()

  for (let index = 50; index < 60; index += 1) sender.export([envelope(index)])
  const second = await ackingServer(port)
  await using _ = second.server
  await sender.forceFlush(5000)
  expect(second.seen.map(indexOf)).toEqual(Array.from({ length: 60 }, (_, index) => index))
  expect(sender.stats()).toMatchObject({ exportedBatches: 60, droppedBatches: 0, connections: 2 })
  await sender.shutdown(1000)
  expect(warnings.length).toBeLessThanOrEqual(1)
})

test('an absent server costs no time, one warning, and counted drops', async () => {
  const port = await unusedPort()
  const warnings: string[] = []
  const sender = client(port, {
    maxBufferedFrames: 10,
    onWarning: (message) => warnings.push(message),
  })
  for (let index = 0; index < 30; index += 1) sender.export([envelope(index, 2)])
  sender.export([
    {
      _traceml_control: 'rank_finished',
      global_rank: 0,
      world_size: 1,
      node_rank: 0,
      hostname: 'h',
      timestamp: 1,
    },
  ])
  await vi.waitFor(() => expect(warnings).toHaveLength(1), { timeout: 5000 })
  expect(warnings[0]).toContain(`127.0.0.1:${port}`)
  expect(sender.stats()).toMatchObject({ droppedBatches: 21, droppedRows: 42, bufferedBatches: 10 })

  const started = performance.now()
  await sender.shutdown(30_000)
  // Given up after a few refused attempts, long before the deadline.
  expect(performance.now() - started).toBeLessThan(5000)
  expect(sender.stats()).toMatchObject({ droppedBatches: 31, droppedRows: 60, bufferedBatches: 0 })
  expect(warnings).toHaveLength(1)
})

test('a server that never acknowledges counts as served when written', async () => {
  const received: Buffer[] = []
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('data', (chunk) => received.push(chunk))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const sender = client(port)
  sender.export([envelope(1)])
  await sender.forceFlush(10_000)
  expect(sender.stats()).toMatchObject({ exportedBatches: 1, bufferedBatches: 0 })
  sender.export([envelope(2)])
  await sender.forceFlush(10_000)
  await vi.waitFor(() => {
    const values = createFrameDecoder().push(Buffer.concat(received)).map(decodePayload)
    expect(values).toHaveLength(3)
    expect(values[0]).toEqual([
      {
        _traceml_control: 'hello',
        protocol: 1,
        session_id: null,
        token: null,
        acks: true,
        global_rank: 0,
      },
    ])
    expect(values.slice(1).map(indexOf)).toEqual([1, 2])
  })
  await sender.shutdown(1000)
  for (const socket of sockets) socket.destroy()
  server.close()
})

test('a refused token is a warning, not a busy loop', async () => {
  const server = createTelemetryServer({ token: 'secret', onFrame: () => {} })
  await server.start()
  await using _ = server
  const warnings: string[] = []
  const sender = client(server.port, {
    token: 'wrong',
    onWarning: (message) => warnings.push(message),
  })
  sender.export([envelope(1)])
  await vi.waitFor(() => expect(warnings).toHaveLength(1), { timeout: 5000 })
  expect(server.stats().connectionsTotal).toBeLessThan(6)
  await sender.shutdown(0)
  expect(sender.stats()).toMatchObject({ exportedBatches: 0, droppedBatches: 1 })
})

test('what cannot be encoded is counted and costs nothing else', async () => {
  const { server, seen } = await ackingServer()
  await using _ = server
  const sender = client(server.port)
  const bad = { meta, body: { tables: { t: [{ f: (() => 1) as never }] } } }
  sender.export([bad])
  sender.export([envelope(7)])
  await sender.forceFlush(5000)
  expect(seen.map(indexOf)).toEqual([7])
  expect(sender.stats()).toMatchObject({ droppedBatches: 1, droppedRows: 1, unencodableBatches: 1 })
  await sender.shutdown(1000)
})

test('forceFlush gives up at its deadline when nothing is acknowledged', async () => {
  const { server } = await ackingServer(0, false)
  await using _ = server
  const sender = client(server.port)
  sender.export([envelope(1)])
  await sender.forceFlush(50)
  expect(sender.stats()).toMatchObject({ exportedBatches: 0, bufferedBatches: 1 })
  await sender.shutdown(0)
})

test('eight clients lose nothing at one row per frame', async () => {
  const perClient = 5000
  const counts = new Map<number, number>()
  let inOrder = true
  const server = createTelemetryServer({
    highWaterBytes: 256 * 1024,
    onFrame(connection, payload) {
      const next = counts.get(connection.id) ?? 0
      if (indexOf(decodePayload(payload)) !== next) inOrder = false
      counts.set(connection.id, next + 1)
      setImmediate(() => server.release(payload.length))
    },
    onRead: (connection) => connection.acknowledge(connection.framesReceived),
  })
  await server.start()
  await using _ = server
  const senders = Array.from({ length: 8 }, () => client(server.port))
  for (let index = 0; index < perClient; index += 1) {
    for (const sender of senders) sender.export([envelope(index)])
  }
  await Promise.all(senders.map((sender) => sender.forceFlush(20_000)))
  expect([...counts.values()]).toEqual(new Array(8).fill(perClient))
  expect(inOrder).toBe(true)
  await Promise.all(senders.map((sender) => sender.shutdown(1000)))
}, 30_000)
