import type { ProcessSampleRow, StepMemorySampleRow, SystemSampleRow } from '@traceml/contracts'
import {
  composeModelDiagnostics,
  createStepMemoryWindow,
  diagnoseLiveStepMemory,
  diagnoseStepMemory,
} from '@traceml/diagnostics'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRows, pathOfNonJson } from './vector-runners/bad-input.js'

const stepRows = anyRows<StepMemorySampleRow>(
  ['device', 'peak_alloc_bytes', 'peak_reserved_bytes', 'hostname'],
  ['global_rank', 'step'],
  60,
)
const processRows = anyRows<ProcessSampleRow>(
  ['gpu_available', 'gpu_mem_total_bytes'],
  ['global_rank'],
)
const systemRows = anyRows<SystemSampleRow>(['gpu_available'], [])
const clock = { monotonicMs: () => 0, wallSeconds: () => 1 }

test('any rows give verdicts that JSON can hold, in the report and live', () => {
  fc.assert(
    fc.property(stepRows, processRows, systemRows, (stepMemory, process, system) => {
      const window = createStepMemoryWindow({ stepMemory, process, system })
      const policy = { minSteps: 1, windowSteps: 3, trend: { minPoints: 3, warmupRatio: 0 } }
      const summary = diagnoseStepMemory(window, policy)
      const live = diagnoseLiveStepMemory(window, policy)
      const payload = composeModelDiagnostics({ stepTime: null, stepMemory: live }, { clock })
      for (const result of [summary, live]) {
        expect(result.issues[0]?.kind).toBe(result.primary.kind)
        expect(result.ruleFailures).toEqual([])
      }
      expect(pathOfNonJson({ summary, live, payload })).toBeNull()
    }),
    { numRuns: 300 },
  )
})

function row(id: number, rank: number, step: number, bytes: number): StepMemorySampleRow {
  return {
    id,
    global_rank: rank,
    step,
    peak_alloc_bytes: bytes,
    peak_reserved_bytes: bytes,
    device: `cuda:${rank % 8}`,
  } as StepMemorySampleRow
}

test('gaps, duplicates and order of the rows leave the newest value of the common steps', () => {
  const steps = fc.uniqueArray(fc.nat({ max: 200 }), { minLength: 60, maxLength: 80 })
  fc.assert(
    fc.property(steps, steps, fc.infiniteStream(fc.nat()), (first, second, random) => {
      const stale = first.map((step, index) => row(index + 1, 0, step, 9_999))
      const newest = [...first.map((step) => [0, step]), ...second.map((step) => [1, step])].map(
        ([rank, step], index) => row(1_000 + index, rank!, step!, 100 + rank!),
      )
      const order = new Map([...stale, ...newest].map((entry) => [entry, random.next().value]))
      const rows = [...order.keys()].toSorted((a, b) => order.get(a)! - order.get(b)!)
      const { metrics } = diagnoseStepMemory(
        createStepMemoryWindow({ stepMemory: rows, process: [], system: [] }),
      )
      const common = first.filter((step) => second.includes(step)).toSorted((a, b) => a - b)
      expect(metrics[0]?.steps ?? []).toEqual(common)
      if (common.length > 0) {
        expect(metrics[0]).toMatchObject({
          worstPeakBytes: 101,
          worstRank: 1,
          medianPeakBytes: 100.5,
        })
      }
    }),
    { numRuns: 40 },
  )
})

test('1,024 ranks: the one that fills its device is named', () => {
  const rows: StepMemorySampleRow[] = []
  for (let rank = 0; rank < 1024; rank += 1) {
    for (let step = 0; step < 50; step += 1) {
      rows.push(row(rows.length + 1, rank, step, rank === 700 ? 980 : 400))
    }
  }
  const gpu = { global_rank: 0, gpu_available: 1, gpu_mem_total_bytes: 1000 }
  const window = createStepMemoryWindow({ stepMemory: rows, process: [gpu], system: [] })
  for (const result of [diagnoseStepMemory(window), diagnoseLiveStepMemory(window)]) {
    expect(result.primary).toMatchObject({
      kind: 'HIGH_PRESSURE',
      severity: 'crit',
      worstRank: 700,
    })
    expect(result.metrics[0]).toMatchObject({ ranksPresent: 1024, incomplete: false })
  }
})

test('a rank that has no row in reach is left out live, and the metric says so', () => {
  const early = Array.from({ length: 60 }, (_, step) => row(step + 1, 0, step, 100))
  const late = Array.from({ length: 60 }, (_, step) => row(step + 100, 1, step + 100, 100))
  const { metrics } = diagnoseLiveStepMemory(
    createStepMemoryWindow({ stepMemory: [...early, ...late], process: [], system: [] }),
  )
  expect(metrics[0]).toMatchObject({ incomplete: true, ranksPresent: 1, ranksExpected: 2 })
})
