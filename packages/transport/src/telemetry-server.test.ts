import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createFrameDecoder, decodePayload, encodeFrame } from '@traceml/codec'
import { expect, test, vi } from 'vitest'
import { createTelemetryServer, type TelemetryServerOptions } from './telemetry-server.js'

interface Seen {
  readonly connection: number
  readonly value: unknown
}

async function startServer(options: Partial<TelemetryServerOptions> = {}) {
  const seen: Seen[] = []
  const closed: number[] = []
  const server = createTelemetryServer({
    onFrame(connection, payload) {
      seen.push({ connection: connection.id, value: decodePayload(payload) })
      connection.acknowledge(connection.framesReceived)
      server.release(payload.length)
    },
    onClose: (connection) => closed.push(connection.id),
    ...options,
  })
  await server.start()
  return { server, seen, closed, values: () => seen.map((item) => item.value) }
}

async function dial(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port })
  await once(socket, 'connect')
  socket.on('error', () => {})
  return socket
}

const hello = (fields: object = {}): Uint8Array =>
  encodeFrame([
    {
      _traceml_control: 'hello',
      protocol: 1,
      session_id: null,
      token: null,
      acks: true,
      global_rank: 3,
      ...fields,
    },
  ])

test('frames split byte by byte and glued together arrive in order', async () => {
  const { server, values } = await startServer()
  await using _ = server
  const socket = await dial(server.port)
  socket.setNoDelay(true)
  for (const byte of encodeFrame({ split: true })) socket.write(new Uint8Array([byte]))
  socket.write(Buffer.concat([encodeFrame([1, 2]), encodeFrame({ a: 1 }), encodeFrame(null)]))
  await vi.waitFor(() => expect(values()).toEqual([{ split: true }, [1, 2], { a: 1 }, null]))
})

test('undecodable frames are skipped and counted, the connection goes on', async () => {
  const { server, values } = await startServer()
  await using _ = server
  const socket = await dial(server.port)
  socket.write(
    Buffer.concat([
      Buffer.from([0, 0, 0, 0]),
      Buffer.from('0000000105', 'hex'),
      Buffer.concat([Buffer.from([0, 0, 0, 8]), Buffer.alloc(8, 0xff)]),
      Buffer.from('0000000581a16202c0', 'hex'),
      encodeFrame([{ good: true }]),
    ]),
  )
  await vi.waitFor(() => expect(values()).toEqual([5, [{ good: true }]]))
  expect(server.stats()).toMatchObject({ framesSkipped: 3, framesReceived: 2, connectionsOpen: 1 })
})

test('bad peers are closed and counted, and a good peer beside them loses nothing', async () => {
  const { server, seen } = await startServer()
  await using _ = server
  const good = await dial(server.port)
  const http = await dial(server.port)
  const huge = await dial(server.port)
  const noise = await dial(server.port)
  const partial = await dial(server.port)

  const expected: unknown[] = []
  for (let index = 0; index < 500; index += 1) {
    good.write(encodeFrame([{ index }]))
    expected.push([{ index }])
    if (index === 100) http.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    if (index === 200) huge.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 2, 3]))
    if (index === 300) noise.write(Buffer.alloc(400, Buffer.from([0, 0, 0, 1, 0xc1])))
    if (index === 400) partial.end(encodeFrame({ cut: true }).subarray(0, 6))
  }
  await vi.waitFor(() => {
    expect(server.stats().peersRejected).toEqual({ oversized: 2, garbage: 1, token: 0, session: 0 })
    expect(server.stats().connectionsOpen).toBe(1)
    expect(seen).toHaveLength(500)
  })
  expect(seen.map((item) => item.value)).toEqual(expected)
  expect(new Set(seen.map((item) => item.connection)).size).toBe(1)
})

test('acks go only to a peer that asked, are cumulative and count the hello', async () => {
  const { server, seen } = await startServer()
  await using _ = server
  const asking = await dial(server.port)
  const silent = await dial(server.port)
  const acks: unknown[] = []
  const decoder = createFrameDecoder()
  asking.on('data', (chunk) => {
    for (const payload of decoder.push(chunk)) acks.push(decodePayload(payload))
  })
  let answered = 0
  silent.on('data', (chunk) => {
    answered += chunk.length
  })
  silent.write(Buffer.concat([hello({ acks: false }), encodeFrame([1])]))
  asking.write(Buffer.concat([hello(), ...[1, 2, 3, 4, 5].map((n) => encodeFrame([n]))]))
  await vi.waitFor(() => {
    expect(acks.at(-1)).toEqual([{ _traceml_control: 'ack', frames: 6 }])
    expect(seen).toHaveLength(6)
  })
  expect(acks.length).toBeLessThanOrEqual(2)
  expect(answered).toBe(0)
  expect(server.connections().map((c) => c.hello?.global_rank)).toEqual([3, 3])
})

test('a token is required where one is set', async () => {
  const { server, values } = await startServer({ token: 'secret' })
  await using _ = server
  for (const first of [
    encodeFrame([{ rows: 1 }]),
    hello({ token: 'wrong' }),
    hello({ token: null }),
  ]) {
    const socket = await dial(server.port)
    socket.write(Buffer.concat([first, encodeFrame([{ rows: 2 }])]))
    socket.resume()
    await once(socket, 'close')
  }
  const socket = await dial(server.port)
  socket.write(Buffer.concat([hello({ token: 'secret' }), encodeFrame([{ rows: 3 }])]))
  await vi.waitFor(() => expect(values()).toEqual([[{ rows: 3 }]]))
  expect(server.stats().peersRejected.token).toBe(3)
})

test('clients without a token are taken when that is allowed, a wrong token never', async () => {
  const { server, values } = await startServer({ token: 'secret', allowUnauthenticated: true })
  await using _ = server
  const existing = await dial(server.port)
  existing.write(encodeFrame([{ rows: 1 }]))
  const wrong = await dial(server.port)
  wrong.write(Buffer.concat([hello({ token: 'wrong' }), encodeFrame([{ rows: 2 }])]))
  wrong.resume()
  await once(wrong, 'close')
  await vi.waitFor(() => expect(values()).toEqual([[{ rows: 1 }]]))
})

test('a peer of another session is refused', async () => {
  const { server, values } = await startServer({ sessionId: 'mine' })
  await using _ = server
  const stale = await dial(server.port)
  stale.write(Buffer.concat([hello({ session_id: 'theirs' }), encodeFrame([{ rows: 1 }])]))
  stale.resume()
  await once(stale, 'close')
  const own = await dial(server.port)
  own.write(Buffer.concat([hello({ session_id: 'mine' }), encodeFrame([{ rows: 2 }])]))
  await vi.waitFor(() => expect(values()).toEqual([[{ rows: 2 }]]))
  expect(server.stats().peersRejected.session).toBe(1)
})

test('a taken port is an error with the port in its message', async () => {
  const { server } = await startServer()
  await using _ = server
  const second = createTelemetryServer({ port: server.port, onFrame: () => {} })
  await expect(second.start()).rejects.toMatchObject({
    code: 'TRACEML_TRANSPORT_LISTEN',
    message: expect.stringContaining(String(server.port)),
  })
  await second.stop()
})

test('a bind beyond loopback needs a token or a permission', async () => {
  expect(() => createTelemetryServer({ host: '0.0.0.0', onFrame: () => {} })).toThrow(
    expect.objectContaining({ code: 'TRACEML_CONFIG_INVALID' }),
  )
  expect(() => createTelemetryServer({ token: '', onFrame: () => {} })).toThrow(
    expect.objectContaining({ code: 'TRACEML_CONFIG_INVALID' }),
  )
  const allowed = createTelemetryServer({
    host: '0.0.0.0',
    allowUnauthenticated: true,
    onFrame: () => {},
  })
  await allowed.start()
  expect(allowed.port).toBeGreaterThan(0)
  await allowed.stop()
})

test('sockets pause at the high-water mark and go on after a release', async () => {
  let received = 0
  let held = 0
  let peak = 0
  const server = createTelemetryServer({
    highWaterBytes: 100_000,
    onFrame(_connection, payload) {
      received += 1
      held += payload.length
      peak = Math.max(peak, held)
    },
  })
  await server.start()
  await using _ = server
  const socket = await dial(server.port)
  const frame = encodeFrame(['x'.repeat(10_000)])
  const count = 2000
  for (let index = 0; index < count; index += 1) socket.write(frame)
  await vi.waitFor(() => expect(server.stats().pauses).toBe(1))
  const stalled = received
  expect(stalled).toBeLessThan(count)
  // Nothing moves while nothing is released: the kernel holds the rest.
  await new Promise((resolve) => setImmediate(resolve))
  expect(received).toBe(stalled)

  while (received < count) {
    server.release(held)
    held = 0
    const before = received
    await vi.waitFor(() => expect(received).toBeGreaterThan(before), { interval: 1 })
  }
  expect(received).toBe(count)
  // One read of every socket may come on top of the mark.
  expect(peak).toBeLessThan(100_000 + 2 * 65_536)
})

test('stop sends the last acks, closes every connection and is idempotent', async () => {
  const { server, seen, closed } = await startServer()
  const socket = await dial(server.port)
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.write(Buffer.concat([hello(), encodeFrame([1])]))
  await vi.waitFor(() => expect(seen).toHaveLength(1))
  await Promise.all([server.stop(), server.stop(), once(socket, 'close')])
  expect(closed).toEqual([1])
  const acks = createFrameDecoder().push(Buffer.concat(chunks)).map(decodePayload)
  expect(acks.at(-1)).toEqual([{ _traceml_control: 'ack', frames: 2 }])
})
