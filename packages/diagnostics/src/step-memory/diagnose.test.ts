import type { StepMemorySampleRow, StepMemoryWindow } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { createIssue } from '../shared/issues.js'
import { diagnoseStepMemory } from './diagnose.js'
import { diagnoseLiveStepMemory } from './diagnose-live.js'
import { SUMMARY_STEP_MEMORY_POLICY } from './policy.js'
import { defaultStepMemoryRules } from './rules/default-rules.js'
import type { StepMemoryRule } from './rules/rule.js'
import { creepLiveNote } from './texts.js'

const GIB = 1024 ** 3

function windowOf(
  series: readonly (readonly number[])[],
  change: Partial<StepMemoryWindow> = {},
): StepMemoryWindow {
  const rows = series.flatMap((values, rank) =>
    values.map(
      (bytes, step) =>
        ({
          id: rank * 1e6 + step,
          global_rank: rank,
          step,
          device: null,
          peak_alloc_bytes: 1,
          peak_reserved_bytes: bytes,
        }) as StepMemorySampleRow,
    ),
  )
  return {
    rows,
    latestStep: Math.max(...series.map((values) => values.length)) - 1,
    ranksSeen: series.length,
    gpuTotalBytes: 80 * GIB,
    gpuTotalBytesByRank: {},
    gpuAvailable: true,
    ...change,
  }
}

const ramp = Array.from({ length: 60 }, (_, step) => 4 * GIB + (step * 3 * GIB) / 59)

test('the live wording warns of what comes, the report looks back', () => {
  const live = diagnoseLiveStepMemory(windowOf([ramp])).primary
  const summary = diagnoseStepMemory(windowOf([ramp])).primary
  expect([live.kind, summary.kind]).toEqual(['CREEP_CONFIRMED', 'CREEP_CONFIRMED'])
  expect(live.action).toContain('out of memory')
  expect(summary.action).not.toContain('out of memory')
  expect(live.note).toBe('Creep: ~52.1 MiB per step over 60 steps.')
  expect(summary.note).toContain('→')
})

test('the summary honours thresholds of the caller in every rule', () => {
  const flat = windowOf([Array(60).fill(60 * GIB)])
  expect(diagnoseStepMemory(flat).primary.kind).toBe('BALANCED')
  const { primary } = diagnoseStepMemory(flat, { pressureWarnRatio: 0.7 })
  expect(primary).toMatchObject({ kind: 'HIGH_PRESSURE', severity: 'warn', confidence: 0.8 })
})

test('the live view judges pressure once it is given a capacity', () => {
  const full = [Array(60).fill(79 * GIB)]
  expect(diagnoseLiveStepMemory(windowOf(full)).primary.kind).toBe('HIGH_PRESSURE')
  const unknown = diagnoseLiveStepMemory(windowOf(full, { gpuTotalBytes: null }))
  expect(unknown.primary.kind).toBe('BALANCED')
})

test('a rule from outside leads by its place, a broken one becomes a note, live as well', () => {
  const own: StepMemoryRule = {
    apiVersion: 1,
    kind: 'rule',
    id: 'acme/any',
    domain: 'step_memory',
    evaluate: ({ metric }) =>
      metric === 'peak_reserved'
        ? [
            createIssue({
              kind: 'ACME',
              status: 'ACME',
              severity: 'info',
              summary: 'Seen.',
              action: 'None.',
              metric,
              ranks: [3],
            }),
          ]
        : [],
  }
  const broken: StepMemoryRule = {
    ...own,
    id: 'acme/broken',
    evaluate: () => {
      throw new Error('boom')
    },
  }
  const rules = [broken, own, ...defaultStepMemoryRules]
  for (const diagnose of [diagnoseStepMemory, diagnoseLiveStepMemory]) {
    const { primary, issues } = diagnose(windowOf([ramp]), {}, rules)
    expect(primary).toMatchObject({ kind: 'ACME', stepsUsed: 60, worstRank: 3, confidence: null })
    expect(primary.note).toBe('The rule "acme/broken" failed and was skipped: boom')
    expect(issues.map((issue) => issue.kind)).toEqual(['ACME', 'CREEP_CONFIRMED'])
  }
})

test('a run without a GPU is not judged, but its metrics are kept', () => {
  const result = diagnoseStepMemory(windowOf([ramp], { gpuAvailable: false }))
  expect(result).toMatchObject({ primary: { kind: 'NO_GPU' }, signals: [], noGpuDetected: true })
  expect(result.metrics).toHaveLength(2)
})

test('each rank keeps its peak and mean over the aligned steps', () => {
  const { metrics } = diagnoseStepMemory(
    windowOf([
      [1, 3],
      [5, 5, 100],
    ]),
  )
  expect(metrics[1]?.ranks.map(({ peakBytes, meanBytes }) => [peakBytes, meanBytes])).toEqual([
    [3, 2],
    [5, 5],
  ])
})

test('a policy without a usable window still gives a verdict', () => {
  const { metrics } = diagnoseStepMemory(windowOf([ramp]), { windowSteps: 0 })
  expect(metrics[0]?.steps).toEqual([59])
  expect(SUMMARY_STEP_MEMORY_POLICY.windowSteps).toBe(10_000)
})

test('a rise without growth per step is told by its size', () => {
  const creep = {
    eligible: true,
    baselineAvgBytes: 100,
    midAvgBytes: 110,
    recentAvgBytes: 120,
    overallAbsDeltaBytes: 2 * 1024,
    overallWorstGrowthRatio: 0.25,
    overallMedianGrowthRatio: 0.25,
    early: true,
    confirmed: false,
    score: 1,
    trendWindowSteps: 60,
    avgGrowthBytesPerStep: -1,
    byRank: null,
  }
  expect(creepLiveNote(creep)).toBe('Rising: +2.0 KiB (~25%).')
  expect(creepLiveNote({ ...creep, eligible: false })).toBeNull()
})
