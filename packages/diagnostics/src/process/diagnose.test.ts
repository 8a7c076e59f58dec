import type { ProcessSampleRow } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { diagnoseProcess } from './diagnose.js'
import { defaultProcessRules } from './rules/default-rules.js'
import type { ProcessRule } from './rules/rule.js'
import { selectProcessWindow } from './window.js'

function row(change: Partial<ProcessSampleRow>): ProcessSampleRow {
  return {
    id: 1,
    rank: 0,
    global_rank: 0,
    local_rank: 0,
    world_size: 1,
    local_world_size: 1,
    node_rank: 0,
    hostname: 'host',
    sample_ts_s: 1,
    seq: 1,
    cpu_percent: 100,
    cpu_logical_core_count: 8,
    ram_used_bytes: 1,
    ram_total_bytes: 100,
    gpu_available: 0,
    gpu_count: 0,
    gpu_device_index: null,
    gpu_mem_used_bytes: null,
    gpu_mem_reserved_bytes: null,
    gpu_mem_total_bytes: null,
    ...change,
  }
}

test('the calm text names the GPU only when its memory is known', () => {
  const reason = (change: Partial<ProcessSampleRow>): string =>
    diagnoseProcess([row(change)]).primary.reason
  expect(reason({})).toBe('Process CPU and RSS stayed calm.')
  expect(reason({ gpu_mem_used_bytes: 1, gpu_mem_total_bytes: 100 })).toBe(
    'Process CPU, RSS and GPU memory stayed calm.',
  )
})

test('one threshold can be changed', () => {
  const rows = [row({ cpu_percent: 560 })]
  expect(diagnoseProcess(rows).primary.kind).toBe('NORMAL')
  const { primary } = diagnoseProcess(rows, { cpuCapacityPercent: { highAt: 70 } })
  expect(primary).toMatchObject({ kind: 'HIGH_PROCESS_CPU', severity: 'warn', samplesUsed: 1 })
})

test('a rule that throws becomes a note, also of a calm run and in its evidence', () => {
  const broken: ProcessRule = {
    apiVersion: 1,
    kind: 'rule',
    id: 'acme/broken',
    domain: 'process',
    evaluate: () => {
      throw new Error('boom')
    },
  }
  const { primary, issues } = diagnoseProcess([row({})], {}, [broken, ...defaultProcessRules])
  const note = 'The rule "acme/broken" failed and was skipped: boom'
  expect(primary).toMatchObject({ kind: 'NORMAL', note })
  expect(issues[0]?.evidence).toEqual({ note, samples_used: 1 })
})

test('the window keeps the newest rows of each rank, by id', () => {
  const rows = [row({ id: 3 }), row({ id: 9, global_rank: 1 }), row({ id: 5 }), row({ id: 4 })]
  const kept = selectProcessWindow([...rows, row({ id: 99, global_rank: null })], { windowRows: 2 })
  expect(kept.map(({ id }) => id)).toEqual([4, 5, 9])
})

test('identity of a rank is the largest value of each column', () => {
  const rows = [
    row({ hostname: 'a', node_rank: 2 }),
    row({ id: 2, hostname: 'b', node_rank: null }),
  ]
  const { signals } = diagnoseProcess(rows)
  expect(signals.ranks[0]?.identity).toMatchObject({ hostname: 'b', node_rank: 2, global_rank: 0 })
})
