import { snapshotFromDurations } from '@traceml/analysis'
import type { StepTimeSnapshot } from '@traceml/contracts'
import { resolvePolicies } from '@traceml/diagnostics'
import { expect, test } from 'vitest'
import { buildStepTime } from '../sections/step-time/build.js'
import { readReport } from '../view/read-report.js'
import { estimateOutlook } from './outlook.js'

const policy = resolvePolicies('robust').summary.stepTime

function outlookOf(snapshot: StepTimeSnapshot) {
  const section = buildStepTime(snapshot, 1000, policy)
  const { kind, status, severity } = section.diagnosis
  const primary = { kind, status, severity, section: 'step_time', summary: 's', action: 'a' }
  return estimateOutlook(
    readReport({ schema_version: 1.7, primary_diagnosis: primary, step_time: section }),
  )
}

type Phases = Parameters<typeof snapshotFromDurations>[0]

function steps(
  count: number,
  phases: Readonly<Record<string, number | readonly number[]>>,
): Phases {
  return Object.fromEntries(
    Object.entries(phases).map(([phase, ms]) => [
      phase,
      typeof ms === 'number' ? Array.from({ length: count }, () => ms) : ms,
    ]),
  ) as Phases
}

test('input that is ready costs nothing; what the loader must then deliver is said', () => {
  const { estimates } = outlookOf(
    snapshotFromDurations(
      steps(40, {
        input_wait: 60,
        traced_step_time: 40,
        forward: 15,
        backward: 20,
        optimizer_step: 5,
      }),
    ),
  )
  expect(estimates).toHaveLength(1)
  expect(estimates[0]).toMatchObject({
    finding: 'INPUT_BOUND',
    step_time_ms: 100,
    saved_share: 0.6,
  })
  expect(estimates[0]!.estimated_step_time_ms).toBeCloseTo(40, 9)
  expect(estimates[0]!.assumption).toContain('at least every 40.0 ms')
  expect(estimates[0]!.assumption).toContain('hold the step at 60.0 ms')
})

test('warm-up steps that the verdict leaves out are left out of the estimate', () => {
  const slow = (usual: number): readonly number[] =>
    Array.from({ length: 60 }, (_, index) => (index === 0 ? 50 * usual : usual))
  const { estimates } = outlookOf(
    snapshotFromDurations(
      steps(60, {
        input_wait: 0,
        traced_step_time: slow(100),
        forward: slow(20),
        backward: slow(30),
        optimizer_step: slow(10),
      }),
    ),
  )
  expect(estimates[0]!.finding).toBe('RESIDUAL_HEAVY')
  expect(estimates[0]!.step_time_ms).toBeCloseTo(100, 6)
  expect(estimates[0]!.saved_ms).toBeCloseTo(40, 6)
  expect(estimates[0]!.assumption).toMatch(/^The most that can be gained/)
})

test('a model step that is all compute has no estimate, and says what to measure', () => {
  const { estimates, measure_next: measure } = outlookOf(
    snapshotFromDurations(
      steps(40, {
        input_wait: 1,
        traced_step_time: 99,
        forward: 40,
        backward: 50,
        optimizer_step: 9,
      }),
    ),
  )
  expect(estimates).toEqual([])
  expect(measure).toContain('99%')
  expect(measure).toContain('traceml deep')
})

test('where layers were measured, the longest bounds what a cheaper one can save', () => {
  const outlook = estimateOutlook({
    ...readReport({
      step_time: {
        diagnosis: { kind: 'COMPUTE_BOUND', status: 'COMPUTE-BOUND', severity: 'info' },
      },
      primary_diagnosis: { kind: 'COMPUTE_BOUND', status: 'COMPUTE-BOUND', severity: 'info' },
      layers: {
        details: {
          layers: { total_ms: 80, entries: [{ name: 'head', total_ms: 60, time_share: 0.75 }] },
        },
      },
    }),
  })
  expect(outlook.measure_next).toMatch(/head, takes 60\.0 ms of the 80\.0 ms .* most it can save/)
})

test('nothing measured, nothing promised', () => {
  expect(estimateOutlook(readReport({}))).toEqual({ estimates: [], measure_next: null })
})

const stragglerEvidence = {
  component: 'input',
  culprit_rank: 2,
  culprit_ranks: [2],
  visible_metric: 'backward',
  visible_culprit_ms: 20,
  visible_victim_ms: 60,
  visible_cost_ms: 40,
  step_time_ms: 100,
  component_excesses_ms: { input: 39, h2d: 0 },
}

function stragglerReport(waits: readonly number[], evidence: object, kind = 'INPUT_STRAGGLER') {
  const issue = {
    kind,
    status: kind,
    severity: 'crit',
    summary: 's',
    action: 'a',
    ranks: [2],
    evidence,
  }
  const rows = waits.map((backward_ms, rank) => [rank, { identity: {}, metrics: { backward_ms } }])
  return readReport({
    schema_version: 1.7,
    primary_diagnosis: { ...issue, section: 'step_time' },
    step_time: {
      issues: [issue],
      global: { index_by: 'global_rank' },
      groups: { rows: Object.fromEntries(rows) },
    },
  })
}

test('a straggler gains no more than its measured excess', () => {
  const [estimate] = estimateOutlook(stragglerReport([60, 61, 20, 62], stragglerEvidence)).estimates
  expect(estimate).toMatchObject({ step_time_ms: 100, saved_ms: 39, estimated_step_time_ms: 61 })
  expect(estimate!.assumption).not.toContain('last to arrive')
})

test('a straggler gains no more than until the next rank is the last', () => {
  const [estimate] = estimateOutlook(stragglerReport([60, 35, 20, 62], stragglerEvidence)).estimates
  expect(estimate).toMatchObject({ saved_ms: 15 })
  expect(estimate!.assumption).toContain('r1 would then be the last to arrive')
})

test('who is slow must be known', () => {
  const evidence = { ...stragglerEvidence, component: 'sync_or_unattributed', is_ambiguous: true }
  const outlook = estimateOutlook(stragglerReport([60, 61, 20, 62], evidence, 'STRAGGLER'))
  expect(outlook.estimates).toEqual([])
  expect(outlook.measure_next).toContain('Which side is slow is not measured')
})

test('what changes less than runs differ by is not named', () => {
  const evidence = { ...stragglerEvidence, component_excesses_ms: { input: 0.5 } }
  expect(estimateOutlook(stragglerReport([60, 61, 20, 62], evidence)).estimates).toEqual([])
})
