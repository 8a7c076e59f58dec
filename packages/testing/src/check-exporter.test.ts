import type { Exporter, ExportItem } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { checkExporter } from './check-exporter.js'

/** Delivers into a list that holds `capacity` batches; what does not fit is dropped and counted. */
function memoryExporter(capacity: number, overrides: Partial<Exporter> = {}): Exporter {
  const batches: (readonly ExportItem[])[] = []
  let dropped = 0
  return {
    apiVersion: 1,
    kind: 'exporter',
    id: 'memory',
    export(items) {
      if (items.length === 0) return
      if (batches.length < capacity) batches.push(items)
      else dropped += 1
    },
    forceFlush: async () => {},
    shutdown: async () => {},
    stats: () => ({
      exportedBatches: batches.length,
      droppedBatches: dropped,
      droppedRows: dropped,
    }),
    ...overrides,
  }
}

test('an exporter that delivers, and one that has to drop', async () => {
  expect(await checkExporter(() => memoryExporter(1000))).toMatchObject({ exportedBatches: 200 })
  expect(await checkExporter(async () => memoryExporter(5))).toMatchObject({
    exportedBatches: 5,
    droppedBatches: 195,
  })
})

test.each<[string, Partial<Exporter>]>([
  [
    'threw in export',
    {
      export: () => {
        throw new Error('full')
      },
    },
  ],
  ['modified the items', { export: (items) => void (items as ExportItem[]).splice(0, 1) }],
  ['rejected shutdown', { shutdown: async () => Promise.reject(new Error('closed')) }],
  ['counted nothing', { export: () => {} }],
  ['must declare apiVersion 1', { id: ' ' }],
  [
    'counters are whole',
    { stats: () => ({ exportedBatches: Number.NaN, droppedBatches: 0, droppedRows: 0 }) },
  ],
])('refuses one that %s', async (problem, overrides) => {
  await expect(checkExporter(() => memoryExporter(1000, overrides))).rejects.toThrow(problem)
})

test('refuses one that misses its deadline', async () => {
  let now = 0
  const slow = memoryExporter(1000, {
    forceFlush: async () => {
      now += 5000
    },
  })
  await expect(
    checkExporter(() => slow, { timeoutMs: 1000, graceMs: 100, nowMs: () => now }),
  ).rejects.toThrow('took 5000 ms for forceFlush(1000)')
})
