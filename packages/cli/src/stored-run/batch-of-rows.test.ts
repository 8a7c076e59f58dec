import { PHASE_INDEX } from '@traceml/contracts'
import type { RawRow } from '@traceml/storage/better-sqlite3'
import { expect, test } from 'vitest'
import { batchOfRows } from './batch-of-rows.js'
import type { LiveTable } from './rows-in-time.js'

const WHO = { rank: 3, global_rank: 3, local_rank: 1, node_rank: 1, hostname: 'gpu-1' }

function batchOf(table: LiveTable, rows: readonly Readonly<Record<string, unknown>>[]) {
  const raw = rows.map((row, index): RawRow => ({ id: index + 1, ...row }))
  return batchOfRows(new Map([[table, raw]]), 'ddp')
}

test('steps become columns; what was not measured is not a number', () => {
  const events = {
    '_traceml_internal:step_time': { cpu: { cpu_ms: 20, gpu_ms: null } },
    '_traceml_internal:forward_time': { 'cuda:0': { cpu_ms: 5, gpu_ms: 4 } },
  }
  const { steps, identities, strategy } = batchOf('step_time_samples', [
    { ...WHO, step: 7, events_json: JSON.stringify(events) },
    { ...WHO, step: 8, events_json: 'broken' },
    { ...WHO, step: null, events_json: '{}' },
  ])
  expect(strategy).toBe('ddp')
  expect(identities).toEqual([
    {
      global_rank: 3,
      local_rank: 1,
      node_rank: 1,
      hostname: 'gpu-1',
      local_world_size: null,
      world_size: null,
    },
  ])
  expect([...(steps?.ranks ?? [])]).toEqual([3])
  expect([...(steps?.steps ?? [])]).toEqual([7])
  expect(steps?.present[0]).toBe((1 << PHASE_INDEX.traced_step_time) | (1 << PHASE_INDEX.forward))
  expect([...(steps?.values ?? [])]).toEqual([
    Number.NaN,
    Number.NaN,
    5,
    Number.NaN,
    Number.NaN,
    20,
    Number.NaN,
    Number.NaN,
    4,
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ])
})

test('memory, and files of older versions that know the rank by another name', () => {
  const { memory } = batchOf('step_memory_samples', [
    { rank: 2, step: 5, peak_alloc_bytes: 100, peak_reserved_bytes: null, device: 'cuda:0' },
    { rank: 2, step: null, peak_alloc_bytes: 100, device: null },
  ])
  expect([...(memory?.ranks ?? [])]).toEqual([2])
  expect([...(memory?.peakAllocatedBytes ?? [])]).toEqual([100])
  expect([...(memory?.peakReservedBytes ?? [])]).toEqual([Number.NaN])
  expect(memory?.devices).toEqual(['cuda:0'])
})

test('lines keep their time and their rank, 64-bit numbers become numbers', () => {
  const { lines } = batchOf('stdout_stderr_samples', [
    { rank: 0n, sample_ts_s: 12.5, line: 'loss 0.3' },
    { rank: null, sample_ts_s: null, line: null },
  ])
  expect(lines).toEqual([
    { rank: 0, ts: 12.5, line: 'loss 0.3' },
    { rank: null, ts: null, line: '' },
  ])
})

test('layers come back with their lists', () => {
  const model = { ...WHO, model_index: 0, model_name: 'net' }
  const { layerModels } = batchOf('layer_models', [
    { ...model, layers_json: '["fc1","fc2"]', layer_bytes_json: '[8,4]' },
  ])
  expect(layerModels).toMatchObject([
    { global_rank: 3, model_name: 'net', layers: ['fc1', 'fc2'], layer_bytes: [8, 4] },
  ])
  const sample = { ...WHO, model_id: 0, step: 8, layers_json: '["fc1","fc2"]', every: 4 }
  const { layerSamples, identities } = batchOf('layer_samples', [
    { ...sample, kind: 'forward_time', values_json: '[1.5,null]', gpu_ms_json: null },
    { ...sample, kind: 'of a later version', values_json: '[1,2]' },
  ])
  expect(identities.map(({ global_rank }) => global_rank)).toEqual([3])
  expect(layerSamples).toMatchObject([
    {
      global_rank: 3,
      step: 8,
      layers: ['fc1', 'fc2'],
      values: [1.5, null],
      gpu_ms: null,
      every: 4,
    },
  ])
})
