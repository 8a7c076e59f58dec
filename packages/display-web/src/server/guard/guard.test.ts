import { createLiveSourceFixture } from '@traceml/testing'
import { expect, test } from 'vitest'
import { createDashboard, type DashboardOptions } from '../dashboard.js'

const TOKEN = 'a token & more'

function ask(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  options: DashboardOptions = {},
  method = 'GET',
): Promise<Response> {
  const dashboard = createDashboard(createLiveSourceFixture('single'), options)
  const request = new Request(`http://127.0.0.1:8765${path}`, { method, headers })
  return dashboard.fetch(request).finally(() => dashboard.close())
}

test.each([
  ['127.0.0.1:8765', 200],
  ['localhost:9999', 200],
  ['LOCALHOST', 200],
  ['[::1]:8765', 200],
  ['run.localhost', 200],
  ['evil.example', 403],
  ['127.0.0.1.evil.example', 403],
  ['localhost.evil.example:8765', 403],
  ['10.0.0.5:8765', 403],
  ['evil.example:127.0.0.1', 403],
])('a loopback dashboard asked as %s answers %i', async (host, status) => {
  expect((await ask('/healthz', { host })).status).toBe(status)
})

test.each([
  ['10.0.0.5:8765', 200],
  ['gpu-node-1:8765', 200],
  ['gpu-node-1.', 200],
  ['evil.example', 403],
])('a dashboard for others asked as %s answers %i', async (host, status) => {
  const options = { allowedHosts: ['gpu-node-1'], token: TOKEN }
  const headers = { host, authorization: `Bearer ${TOKEN}` }
  expect((await ask('/healthz', headers, options)).status).toBe(status)
})

test('who has checked the host already may say so', async () => {
  const answer = await ask('/healthz', { host: 'evil.example' }, { allowedHosts: 'any' })
  expect(answer.status).toBe(200)
})

test.each([
  [{ origin: 'http://127.0.0.1:8765' }, 200],
  [{ origin: 'http://evil.example' }, 403],
  [{ origin: 'null' }, 403],
  [{ origin: 'http://127.0.0.1:1' }, 403],
  [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
  [{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }, 403],
  [
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    403,
  ],
  [
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    200,
  ],
  [{ 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, 200],
])('a request with %o answers %i', async (headers, status) => {
  const answer = await ask('/healthz', { host: '127.0.0.1:8765', ...headers } as never)
  expect(answer.status).toBe(status)
})

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is refused', async (method) => {
  expect((await ask('/api/live.json', {}, {}, method)).status).toBe(405)
})

test('the token opens by address, then by cookie, and never stays in the address', async () => {
  const options = { token: TOKEN }
  const html = { accept: 'text/html' }
  const query = `?token=${encodeURIComponent(TOKEN)}&rank=1`
  const first = await ask(`/${query}`, html, options)
  expect(first.status).toBe(303)
  expect(first.headers.get('location')).toBe('./?rank=1')
  const cookie = first.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/; HttpOnly; SameSite=Lax$/)
  const pair = cookie.split(';')[0] ?? ''
  expect((await ask('/healthz', { cookie: `theme=dark; ${pair}` }, options)).status).toBe(200)
})

test.each([
  ['/healthz', {}],
  ['/', { accept: 'text/html' }],
  ['/events', {}],
  ['/api/live.json?token=', {}],
  ['/api/live.json?token=wrong', {}],
  ['/api/live.json', { authorization: 'Bearer wrong' }],
  ['/api/live.json', { cookie: 'traceml_0=%E0%A4%A' }],
])('without the right token %s is refused', async (path, headers) => {
  const answer = await ask(path, headers as never, { token: TOKEN })
  expect(answer.status).toBe(401)
  expect(await answer.text()).not.toContain(TOKEN)
})

test('programs present the token as a bearer or in the query', async () => {
  const options = { token: TOKEN }
  const bearer = await ask('/api/status.json', { authorization: `Bearer ${TOKEN}` }, options)
  expect(bearer.status).toBe(200)
  const query = await ask(`/api/status.json?token=${encodeURIComponent(TOKEN)}`, {}, options)
  expect(query.status).toBe(200)
})

test('every answer carries the security headers, also a refusal', async () => {
  for (const headers of [{}, { host: 'evil.example' }]) {
    const answer = await ask('/api/live.json', headers as never)
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  }
})
