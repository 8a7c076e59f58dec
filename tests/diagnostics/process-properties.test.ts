import type { ProcessSampleRow } from '@traceml/contracts'
import { diagnoseProcess, selectProcessWindow } from '@traceml/diagnostics'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRows, pathOfNonJson } from './vector-runners/bad-input.js'

const rowsOfAnyKind = anyRows<ProcessSampleRow>(
  [
    'rank',
    'local_rank',
    'hostname',
    'sample_ts_s',
    'cpu_percent',
    'cpu_logical_core_count',
    'ram_used_bytes',
    'ram_total_bytes',
    'gpu_available',
    'gpu_count',
    'gpu_mem_used_bytes',
    'gpu_mem_reserved_bytes',
    'gpu_mem_total_bytes',
  ],
  ['global_rank'],
)

test('any rows give a verdict that JSON can hold', () => {
  fc.assert(
    fc.property(rowsOfAnyKind, fc.integer({ min: -1, max: 5 }), (rows, windowRows) => {
      const result = diagnoseProcess(selectProcessWindow(rows, { windowRows }))
      expect(pathOfNonJson(result)).toBeNull()
      expect(result.issues[0]?.kind).toBe(result.primary.kind)
      expect(result.ruleFailures).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('the one heavy rank of 1,024 is named', () => {
  fc.assert(
    fc.property(fc.nat({ max: 1023 }), (heavy) => {
      const rows = Array.from(
        { length: 1024 },
        (_, rank) =>
          ({
            id: rank + 1,
            global_rank: rank,
            gpu_mem_used_bytes: rank === heavy ? 640 : 400,
            gpu_mem_reserved_bytes: rank === heavy ? 640 : 400,
            gpu_mem_total_bytes: 1000,
          }) as ProcessSampleRow,
      )
      const { primary, issues } = diagnoseProcess(rows)
      expect(primary.kind).toBe('RANK_GPU_MEMORY_IMBALANCE')
      expect(issues[0]?.ranks).toEqual([heavy, heavy])
    }),
    { numRuns: 10 },
  )
})
