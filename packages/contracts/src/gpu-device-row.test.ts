import { expect, test } from 'vitest'
import { readGpuDeviceRow } from './gpu-device-row.js'

const WHO = { global_rank: 8, node_rank: 1 }

test('a row as the sampler sends it', () => {
  const row = {
    ts: 12,
    gpu_idx: 0,
    host_index: 5,
    uuid: 'GPU-5',
    name: 'A100',
    mem_total: 80,
    processes: [{ pid: 7, mem_used: null }, { mem_used: 3 }],
  }
  expect(readGpuDeviceRow(row, WHO)).toEqual({
    ...WHO,
    gpu_idx: 0,
    host_index: 5,
    uuid: 'GPU-5',
    name: 'A100',
    mem_total_bytes: 80,
    processes: [{ pid: 7, mem_used_bytes: null }],
  })
})

test.each([null, 'text', [], {}, { gpu_idx: -1 }, { gpu_idx: '0' }])('%j names no GPU', (row) => {
  expect(readGpuDeviceRow(row, WHO)).toBeNull()
})

test('what is not as expected is unknown, the rest is kept', () => {
  const row = { gpu_idx: 1, host_index: 1.5, uuid: '', name: 4, mem_total: 'x', processes: {} }
  expect(readGpuDeviceRow(row, WHO)).toEqual({
    ...WHO,
    gpu_idx: 1,
    host_index: null,
    uuid: null,
    name: null,
    mem_total_bytes: null,
    processes: null,
  })
})
