import type { GpuDeviceRow } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { summarizeGpus } from './gpus.js'

function device(changes: Partial<GpuDeviceRow>): GpuDeviceRow {
  return {
    global_rank: 0,
    node_rank: 0,
    gpu_idx: 0,
    host_index: 4,
    uuid: 'GPU-1',
    name: 'A',
    mem_total_bytes: 80,
    processes: null,
    ...changes,
  }
}

test('the newest row names a position, and every process that was seen on it stays', () => {
  const one = { pid: 7, mem_used_bytes: 5 }
  const found = summarizeGpus(
    [],
    [
      device({ node_rank: 1, gpu_idx: 0, name: 'C' }),
      device({ processes: [{ pid: 9, mem_used_bytes: null }, one] }),
      device({ processes: [{ pid: 7, mem_used_bytes: 3 }] }),
      device({ gpu_idx: 1, name: 'B', processes: [] }),
      device({ name: 'A2' }),
    ],
  )
  expect(found.map(({ node_rank, gpu_idx, name }) => [node_rank, gpu_idx, name])).toEqual([
    [0, 0, 'A2'],
    [0, 1, 'B'],
    [1, 0, 'C'],
  ])
  expect(found[0]?.processes).toEqual([one, { pid: 9, mem_used_bytes: null }])
  expect(found[1]?.processes).toEqual([])
  // A device without samples was not idle: it was not measured.
  expect(found[2]).toMatchObject({ util_percent: null, mem_peak_bytes: null, processes: null })
})
