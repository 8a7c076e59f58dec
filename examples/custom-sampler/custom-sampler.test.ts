import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSampler } from '@traceml/testing'
import spec, { createHostLoadSampler } from './host-load.js'

test('keeps the rules of samplers', async () => {
  const rows = await checkSampler(createHostLoadSampler, { ticks: 2 })
  assert.deepEqual(
    rows.map(({ table, row }) => [table, row['seq']]),
    [
      ['host_load', 1],
      ['host_load', 2],
    ],
  )
  for (const { row } of rows) assert.ok(row['files'] === null || Number(row['files']) > 0)
})

test('is registered under its own key', () => {
  assert.equal(spec.key, 'acme/host-load')
  assert.equal(spec.create().samplerName, 'AcmeHostLoadSampler')
})
