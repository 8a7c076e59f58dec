import { request } from 'node:http'
import { connect, createServer } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  type DashboardServer,
  type ServeDashboardOptions,
  serveDashboard,
} from '@traceml/display-web'
import { createLiveSourceFixture, type LiveSourceFixture } from '@traceml/testing'
import { afterEach, expect, test } from 'vitest'

const servers: DashboardServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())))

async function serve(
  options: ServeDashboardOptions = {},
  source: LiveSourceFixture = createLiveSourceFixture('straggler'),
): Promise<DashboardServer> {
  const server = await serveDashboard(source, { port: 0, ...options })
  servers.push(server)
  return server
}

function ask(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    call.on('error', reject)
    call.end()
  })
}

test('it listens on this machine only, and says how to reach it from another', async () => {
  const server = await serve()
  expect(server.token).toBeNull()
  expect(server.lines).toHaveLength(2)
  expect(server.lines[0]).toBe(`Dashboard: http://127.0.0.1:${server.port}/`)
  expect(server.lines[1]).toMatch(
    new RegExp(`^From another machine: ssh -L ${server.port}:127\\.0\\.0\\.1:${server.port} \\S+$`),
  )
  const page = await ask(server.port, '/')
  expect(page.status).toBe(200)
  expect(page.text).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/)
  expect(page.text).not.toMatch(/https?:\/\//)
})

test('a page of another site reaches nothing, by its name or by its address', async () => {
  const { port } = await serve()
  for (const path of ['/', '/events', '/api/live.json']) {
    const rebound = await ask(port, path, { host: `evil.example:${port}` })
    expect(rebound.status).toBe(403)
    const crossed = await ask(port, path, { origin: 'http://evil.example' })
    expect(crossed.status).toBe(403)
  }
})

test('other machines are let in by the token only', async () => {
  const server = await serve({ host: '0.0.0.0' })
  const token = new URL(server.url).searchParams.get('token') ?? ''
  expect(token).toMatch(/^[\w-]{24}$/)
  expect((await ask(server.port, '/')).status).toBe(401)
  expect((await ask(server.port, '/?token=wrong')).status).toBe(401)
  const bearer = { authorization: `Bearer ${token}` }
  expect((await ask(server.port, '/api/status.json', bearer)).status).toBe(200)
  const second = await serve({ host: '0.0.0.0' })
  expect(second.token).not.toBe(token)
})

test('a taken port is left alone, and the next free one is told', async () => {
  const stranger = createServer()
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  const taken = (stranger.address() as { port: number }).port
  try {
    const server = await serve({ port: taken })
    expect(server.port).not.toBe(taken)
    expect(server.lines[0]).toContain(String(server.port))
    expect((await ask(server.port, '/healthz')).text).toBe('ok\n')
  } finally {
    await new Promise<void>((resolve) => stranger.close(() => resolve()))
  }
})

test('an address that is not of this machine is an error in one sentence', async () => {
  await expect(serve({ host: '192.0.2.1' })).rejects.toThrow(
    /cannot listen on 192\.0\.2\.1:0 .*; name an address of this machine/,
  )
})

/** All that can be given back is, whether or not this process was started so. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
}

test('a client that does not read costs nothing that grows', async () => {
  const source = createLiveSourceFixture('straggler')
  const server = await serve({}, source)
  const socket = connect(server.port, '127.0.0.1')
  socket.pause()
  socket.write(`GET /events HTTP/1.1\r\nHost: localhost:${server.port}\r\n\r\n`)
  await expect.poll(() => server.clientCount()).toBe(1)
  const advance = async (): Promise<void> => {
    source.advance()
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (let tick = 0; tick < 40; tick += 1) await advance()
  collectGarbage()
  const before = process.memoryUsage().heapUsed + process.memoryUsage().external
  for (let tick = 0; tick < 150; tick += 1) await advance()
  collectGarbage()
  const after = process.memoryUsage().heapUsed + process.memoryUsage().external
  // 150 payloads of 8 ranks are more than 6 MB as text, and twice that as strings.
  expect(after - before).toBeLessThan(4e6)
  socket.destroy()
  await expect.poll(() => server.clientCount()).toBe(0)
})

test('stopping is quick, also with pages open, and can be asked for twice', async () => {
  const server = await serve()
  const socket = connect(server.port, '127.0.0.1')
  socket.write(`GET /events HTTP/1.1\r\nHost: localhost:${server.port}\r\n\r\n`)
  await expect.poll(() => server.clientCount()).toBe(1)
  await Promise.all([server.stop(), server.stop()])
  await expect(ask(server.port, '/healthz')).rejects.toThrow(/ECONNREFUSED/)
  socket.destroy()
})
