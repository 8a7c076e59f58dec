import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLiveSourceFixture } from '@traceml/testing'
import { appWithDashboard } from './in-hono.mjs'
import { serverWithDashboard } from './in-node.mjs'

const login = { authorization: 'Bearer secret' }

test('in a server of node:http: page, data and events below its path, behind its login', async () => {
  const source = createLiveSourceFixture('straggler')
  const server = serverWithDashboard(
    source,
    (request) => request.headers.authorization === login.authorization,
  )
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const root = `http://127.0.0.1:${server.address().port}`
  const get = (path, headers = login) => fetch(`${root}${path}`, { headers, redirect: 'manual' })

  assert.equal((await get('/traceml/', {})).status, 401)
  assert.equal(await (await get('/')).text(), 'The work of this server.\n')
  assert.equal((await get('/traceml')).headers.get('location'), '/traceml/')
  const page = await (await get('/traceml/')).text()
  const [, script] = /src="\.\/(assets\/[^"]+\.js)"/.exec(page) ?? []
  assert.equal((await get(`/traceml/${script}`)).status, 200)
  const status = await (await get('/traceml/api/status.json')).json()
  assert.equal(status.verdict.kind, source.payload().verdict.kind)

  const events = await get('/traceml/events')
  const reader = events.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes('event: snapshot')) text += (await reader.read()).value
  source.advance()
  while (!text.includes('event: changes')) text += (await reader.read()).value
  await reader.cancel()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

test('in an app of Hono: the same', async () => {
  const { app, close } = appWithDashboard(createLiveSourceFixture('single'), 'secret')
  const get = (path, headers = login) => app.request(`http://runs.example${path}`, { headers })
  assert.equal((await get('/traceml/', {})).status, 401)
  assert.equal(await (await get('/')).text(), 'The work of this app.\n')
  assert.equal((await get('/traceml')).headers.get('location'), '/traceml/')
  assert.match(await (await get('/traceml/')).text(), /<script type="module"/)
  assert.equal((await get('/traceml/api/live.json')).status, 200)
  assert.equal((await get('/traceml/nothing')).status, 404)
  close()
})
