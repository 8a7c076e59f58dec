import type { SystemGpuSampleRow, SystemSampleRow } from '@traceml/contracts'
import { diagnoseSystem, selectSystemWindow } from '@traceml/diagnostics'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRows, pathOfNonJson } from './vector-runners/bad-input.js'

const samples = anyRows<SystemSampleRow>(
  [
    'local_rank',
    'world_size',
    'local_world_size',
    'hostname',
    'sample_ts_s',
    'cpu_percent',
    'ram_used_bytes',
    'ram_total_bytes',
    'gpu_available',
    'gpu_count',
  ],
  ['global_rank', 'node_rank', 'seq'],
)
const gpus = anyRows<SystemGpuSampleRow>(
  ['util', 'mem_used_bytes', 'mem_total_bytes', 'temperature_c', 'power_usage_w', 'power_limit_w'],
  ['global_rank', 'node_rank', 'seq', 'gpu_idx'],
)

test('any rows give a verdict that JSON can hold', () => {
  fc.assert(
    fc.property(samples, gpus, fc.integer({ min: -1, max: 5 }), (rows, gpuRows, windowRows) => {
      const window = selectSystemWindow({ samples: rows, gpus: gpuRows }, { windowRows })
      const result = diagnoseSystem(window)
      expect(pathOfNonJson(result)).toBeNull()
      expect(result.issues[0]?.kind).toBe(result.primary.kind)
      expect(result.ruleFailures).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('the order of the rows does not change the findings', () => {
  fc.assert(
    fc.property(
      samples.chain((rows) =>
        fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
      ),
      ([rows, shuffled]) => {
        const verdict = (list: readonly SystemSampleRow[]): unknown => {
          const window = selectSystemWindow({ samples: list, gpus: [] }, { windowRows: 4 })
          return diagnoseSystem(window).issues
        }
        expect(verdict(shuffled)).toEqual(verdict(rows))
      },
    ),
  )
})

test('the hottest of 1,024 nodes leads', () => {
  const row = (node: number, cpu: number): SystemSampleRow => ({
    id: node + 1,
    global_rank: node,
    local_rank: 0,
    world_size: 1024,
    local_world_size: 1,
    node_rank: node,
    hostname: `host-${node}`,
    sample_ts_s: 100,
    seq: 1,
    cpu_percent: cpu,
    ram_used_bytes: 1,
    ram_total_bytes: 100,
    gpu_available: 0,
    gpu_count: 0,
  })
  const rows = Array.from({ length: 1024 }, (_, node) => row(node, node === 777 ? 99 : 81))
  const { primary, issues, signals } = diagnoseSystem({ samples: rows, gpus: [] })
  expect(primary).toMatchObject({ kind: 'HIGH_CPU', scope: { level: 'node', node: '777' } })
  expect(issues).toHaveLength(1024)
  expect(signals).toMatchObject({ nodesObserved: 1024, nodesExpected: 1024, partial: false })
})
