import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { serve } from '@hono/node-server'
import { createApp } from './app.mjs'

let server
let url = ''
before(async () => {
  server = serve({ fetch: createApp().fetch, hostname: '127.0.0.1', port: 0 })
  if (!server.listening) await once(server, 'listening')
  url = `http://127.0.0.1:${server.address().port}/compare`
})
after(() => server.close())

const recorded = (name) =>
  readFileSync(new URL(`../ci-gate/runs/${name}/final_summary.json`, import.meta.url), 'utf8')

function upload(a, b, { accept = 'application/json', name = 'a.json' } = {}) {
  const form = new FormData()
  if (a !== null) form.set('a', new File([a], name))
  if (b !== null) form.set('b', new File([b], 'b.json'))
  return fetch(url, { method: 'POST', body: form, headers: { accept } })
}

test('two recorded runs get a verdict', async () => {
  const answer = await upload(recorded('baseline'), recorded('slower'))
  assert.equal(answer.status, 200)
  const { status, sentence, metrics } = await answer.json()
  assert.equal(status, 'REGRESSION')
  assert.match(sentence, /^B is SLOWER than A: .* ms -> .* ms a step, \+/)
  assert.equal(metrics[0].method, 'steps')
})

test('the same as Markdown', async () => {
  const options = { accept: 'text/markdown' }
  const answer = await upload(recorded('baseline'), recorded('baseline'), options)
  assert.match(await answer.text(), /^### traceml: INCONCLUSIVE\n/)
})

for (const { name, a, b, sentence } of [
  { name: 'not JSON', a: '{', b: '{}', sentence: /^a\.json is not valid JSON/ },
  { name: 'another JSON', a: '{"x": 1}', b: '{}', sentence: /^a\.json has no "schema_version"/ },
  { name: 'an array', a: '[]', b: '{}', sentence: /^a\.json holds an array/ },
  { name: 'one file only', a: null, b: '{}', sentence: /^The field "a" is missing/ },
]) {
  test(`bad input is 400 with a sentence: ${name}`, async () => {
    const answer = await upload(a, b)
    assert.equal(answer.status, 400)
    const { error } = await answer.json()
    assert.match(error, sentence)
    assert.equal(error.includes('\n'), false)
  })
}

test('hostile names and statuses stay text', async () => {
  const hostile = JSON.parse(recorded('baseline'))
  hostile.step_time.diagnosis.status = '<script>alert(1)</script>\u001b[31m'
  const answer = await upload(JSON.stringify(hostile), recorded('baseline'), {
    accept: 'text/markdown',
    name: '../../<img>.json',
  })
  const text = await answer.text()
  for (const part of ['<script', '<img', '\u001b']) assert.equal(text.includes(part), false)
})

test('an upload beyond the cap is 413', async () => {
  const answer = await upload('x'.repeat(9 * 1024 * 1024), '{}')
  assert.equal(answer.status, 413)
  assert.match((await answer.json()).error, /larger than 8388608 bytes/)
})
