import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { findFreePort } from './free-port.js'
import { waitForPeer } from './wait-for-peer.js'

const host = '127.0.0.1'
const never = (): boolean => false

test('waits until the port is open, which may be later', async () => {
  const port = await findFreePort()
  const waiting = waitForPeer({ host, port }, 20_000, never)
  const server = createServer().listen(port, host)
  expect(await waiting).toBe(true)
  server.close()
})

test('gives up at the deadline, or when nobody wants to know any more', async () => {
  const port = await findFreePort()
  expect(await waitForPeer({ host, port }, 0, never)).toBe(false)
  expect(await waitForPeer({ host, port }, 60_000, () => true)).toBe(false)
})
