import { combineLayers, snapshotFromDurations } from '@traceml/analysis'
import type { LayerWindow, Store } from '@traceml/contracts'
import { generateSummary, readReport, renderHtmlReport } from '@traceml/reporting'
import { createStoreFixture, layerModelFixture, layerSampleFixture } from '@traceml/testing'
import { expect, test } from 'vitest'
import { ourSchema, validate } from '../json-schema.js'

const RANKS = [0, 1]
const PARAMETERS = { 'encoder.0.attention': 4_000, 'encoder.0.norm': 0, head: 1_000 }
const WINDOW: LayerWindow = {
  models: RANKS.map((rank) => layerModelFixture(PARAMETERS, { global_rank: rank })),
  samples: RANKS.flatMap((rank) => {
    const identity = { global_rank: rank, device: 'cpu', phase_cpu_ms: 40 }
    const own = { ...identity, every: 4, cost_ms: 1, step_ms: 101 }
    const times = { 'encoder.0.attention': 10 + rank, 'encoder.0.norm': 2, head: 8 }
    return [
      layerSampleFixture('forward_time', 4, times, own),
      layerSampleFixture('backward_time', 4, times, identity),
      layerSampleFixture('forward_memory', 4, PARAMETERS, { global_rank: rank }),
    ]
  }),
}

/** A store in memory of a run of two ranks. */
function storeOf(window: LayerWindow | null): Store {
  const snapshot = snapshotFromDurations({ forward: [40, 40], traced_step_time: [90, 90] })
  return createStoreFixture({
    readStepTime: async () => snapshot,
    ...(window === null ? {} : { readLayers: async () => window }),
  })
}

const summaryOf = (window: LayerWindow | null) =>
  generateSummary({ store: storeOf(window), windowRows: 100, runName: 'deep', now: new Date(0) })

test('the layers are a section of the document that its schema names, and all surfaces draw them', async () => {
  const summary = await summaryOf(WINDOW)
  const document: unknown = JSON.parse(JSON.stringify(summary))
  expect(validate(document, ourSchema)).toEqual([])
  expect(document).toMatchObject({
    layers: { details: { layers: combineLayers(WINDOW, { worldSize: null }) } },
  })
  expect(summary.text).toContain('Layers: where forward and backward go')
  expect(summary.text).toMatch(/Layers +NORMAL/)
  expect(readReport(document).layers?.profile).toEqual(summary.layers?.details?.layers)
  const page = renderHtmlReport(document as object)
  expect(page).toContain('encoder.0.attention')
})

test('a run without layers has the same document as before there were any', async () => {
  const [none, empty] = await Promise.all([null, { models: [], samples: [] }].map(summaryOf))
  expect(empty).toEqual(none)
  expect(none).not.toHaveProperty('layers')
  expect(none?.text).not.toContain('Layers')
})

test('documents of others: whatever stands in layers, the report is drawn', async () => {
  const summary = await summaryOf(WINDOW)
  const profile = summary.layers?.details?.layers
  const odd = [
    7,
    null,
    {},
    { details: { layers: [] } },
    { details: { layers: { ...profile, entries: [{ name: 7 }, null], groups: 'no' } } },
    { details: { layers: { ...profile, total_ms: 'x', entries: [{ name: '<b>\u001B[31m' }] } } },
    { details: { layers: { ...profile, groups: [{ path: 'a', depth: 99, total_ms: 1e9 }] } } },
  ]
  for (const layers of odd) {
    const page = renderHtmlReport({ ...summary, layers })
    expect(page).not.toContain('<b>')
    expect(page).not.toMatch(/NaN|undefined|Infinity/)
  }
})
