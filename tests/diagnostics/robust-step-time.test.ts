import { readFileSync } from 'node:fs'
import { analyzeStepTime, type StepTimeWindow, snapshotFromDurations } from '@traceml/analysis'
import {
  diagnoseStepTime,
  LIVE_STEP_TIME_POLICY,
  ROBUST_SUMMARY_STEP_TIME_POLICY,
  resolvePolicies,
  SUMMARY_STEP_TIME_POLICY,
} from '@traceml/diagnostics'
import { expect, test } from 'vitest'
import { caseSnapshot, type StepTimeCaseInput } from './vector-runners/step-time-json.js'

const cases = JSON.parse(
  readFileSync(new URL('./vectors/step_time.json', import.meta.url), 'utf8'),
) as readonly { readonly name: string; readonly input: StepTimeCaseInput }[]

function vectorWindow(name: string): StepTimeWindow {
  const found = cases.find((entry) => entry.name === name)
  if (found === undefined) throw new Error(`no vector ${name}`)
  return analyzeStepTime(caseSnapshot(found.input), { windowSize: found.input.window_size })
}

test('one slow first fetch decides the compatible verdict and not the robust one', () => {
  const window = vectorWindow('a42_one_slow_first_fetch_decides')
  expect(diagnoseStepTime(window, SUMMARY_STEP_TIME_POLICY).primary).toMatchObject({
    kind: 'INPUT_BOUND',
    severity: 'crit',
    confidence: null,
  })
  const { primary, issues } = diagnoseStepTime(window)
  expect(primary).toMatchObject({ kind: 'COMPUTE_BOUND', severity: 'info', stepsUsed: 23 })
  expect(primary.note).toBe('Left out 1 warm-up step of 24: 49.7% of the time.')
  expect(issues[0]?.evidence['excluded_steps']).toMatchObject({ warmup_steps: 1, outlier_steps: 0 })
})

test('a slow majority is named beside the typical finding', () => {
  const { issues } = diagnoseStepTime(vectorWindow('d37_majority_slow_is_not_seen'))
  expect(issues.map(({ kind, ranks }) => [kind, ranks])).toEqual([
    ['INPUT_BOUND', [0]],
    ['INPUT_STRAGGLER', [1, 0, 2]],
  ])
  expect(issues[1]?.summary).toBe(
    'r0, r1, r2 (3 of 4 ranks) are late because of extra input wait: r3 waits for them 48.3% of its Step Time, and the excess explains 100.0% of that visible wait.',
  )
})

test('a rank that is slow by itself in backward is called ambiguous, never crit', () => {
  const { primary, issues } = diagnoseStepTime(
    vectorWindow('d24_backward_slow_rank_looks_like_victim'),
  )
  expect(primary).toMatchObject({ kind: 'STRAGGLER', severity: 'warn' })
  expect(primary.reason).toContain('either the backward of r1 itself is slow')
  expect(issues[0]?.ranks).toEqual([0, 1])
  expect(issues[0]?.evidence).toMatchObject({ is_ambiguous: true, step_gap_ms: 30 })
})

test('what costs less than the smallest cost is no finding', () => {
  const window = vectorWindow('c31_sub_millisecond_step_has_no_absolute_floor')
  expect(diagnoseStepTime(window).primary.kind).toBe('BALANCED')
})

const run = (count: number, input: (step: number) => number): StepTimeWindow => {
  const fill = (ms: number): number[] => new Array<number>(count).fill(ms)
  return analyzeStepTime(
    snapshotFromDurations({
      input_wait: Array.from({ length: count }, (_, step) => input(step)),
      forward: fill(30),
      backward: fill(40),
      optimizer_step: fill(6),
      traced_step_time: fill(80),
    }),
  )
}

test('two stalls are left out, three are a cost of the run', () => {
  const stalls = (at: readonly number[]) =>
    diagnoseStepTime(run(100, (step) => (at.includes(step) ? 2000 : 2))).primary
  expect(stalls([30, 60])).toMatchObject({ kind: 'COMPUTE_BOUND', stepsUsed: 98 })
  expect(stalls([30, 60, 90])).toMatchObject({ kind: 'INPUT_BOUND', stepsUsed: 100, note: null })
  expect(stalls([30, 60, 90]).confidence).toBeCloseTo(4 / 12)
})

test('the averages of the kept steps still add up', () => {
  const { issues } = diagnoseStepTime(run(60, (step) => (step < 2 ? 900 : 30 + (step % 7))))
  const evidence = issues[0]?.evidence as Record<string, number>
  expect(issues[0]?.kind).toBe('INPUT_BOUND')
  expect(evidence['step_time_ms']).toBeCloseTo(
    (evidence['input_wait_ms'] ?? 0) + (evidence['traced_step_time_ms'] ?? 0),
    9,
  )
})

test('confidence grows with the blocks that agree', () => {
  expect(diagnoseStepTime(run(200, () => 60)).primary.confidence).toBeCloseTo(11 / 12)
  expect(diagnoseStepTime(run(4, () => 60)).primary.confidence).toBeCloseTo(3 / 4)
  // The loader is slow in the second half only.
  const half = diagnoseStepTime(run(200, (step) => (step < 100 ? 2 : 60))).primary
  expect(half).toMatchObject({ kind: 'INPUT_BOUND' })
  expect(half.confidence).toBeCloseTo(6 / 12)
})

test('a part of a policy is completed from the robust set', () => {
  const window = vectorWindow('a42_one_slow_first_fetch_decides')
  expect(diagnoseStepTime(window, { overheadShareWarn: 0.01 }).primary.stepsUsed).toBe(23)
  expect(diagnoseStepTime(window, { robust: null }).primary.stepsUsed).toBe(24)
})

test('one word names the policies of all domains', () => {
  expect(resolvePolicies().summary.stepTime).toBe(ROBUST_SUMMARY_STEP_TIME_POLICY)
  expect(resolvePolicies('compatible').live.stepTime).toBe(LIVE_STEP_TIME_POLICY)
  expect(() => resolvePolicies('strict' as 'robust')).toThrow('"strict"; give robust or compatible')
})
