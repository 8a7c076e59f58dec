import {
  analyzeStepTime,
  type PhaseSamples,
  type StepTimeWindow,
  snapshotFromDurations,
  stepTimeSnapshotFromRows,
} from '@traceml/analysis'
import { defineRule, InputError, type Rule } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { createIssue } from '../shared/issues.js'
import type { StepTimeContext } from './context.js'
import { diagnoseStepTime } from './diagnose.js'
import type { StepTimePolicy } from './policy.js'
import { defaultStepTimeRules } from './rules/default-rules.js'
import { RESIDUAL_DEFINITION } from './texts.js'

type StepTimeRule = Rule<StepTimeContext, StepTimePolicy>
type Times = readonly [iw: number, h2d: number, f: number, b: number, o: number, traced: number]

function samples([iw, h2d, f, b, o, traced]: Times, count: number): PhaseSamples {
  const fill = (value: number): number[] => new Array<number>(count).fill(value)
  return {
    input_wait: fill(iw),
    h2d: fill(h2d),
    forward: fill(f),
    backward: fill(b),
    optimizer_step: fill(o),
    traced_step_time: fill(traced),
  }
}

function windowOf(ranks: readonly Times[], count = 24, clock: 'cpu' | 'gpu' = 'cpu') {
  const durations = ranks.map((times) => samples(times, count))
  return analyzeStepTime(snapshotFromDurations(durations, { clock }))
}

function customRule(id: string, evaluate: StepTimeRule['evaluate']): StepTimeRule {
  return defineRule({ apiVersion: 1, kind: 'rule', id, domain: 'step_time', evaluate })
}

const found = (kind: string, score: number): StepTimeRule =>
  customRule(`acme/${kind.toLowerCase()}`, () => [
    createIssue({
      kind,
      status: kind,
      severity: 'crit',
      summary: 's',
      action: 'a',
      score,
      ranks: [1],
    }),
  ])

test('every verdict says what it found, where, and what to try', () => {
  const say = (window: StepTimeWindow): readonly string[] => {
    const { primary } = diagnoseStepTime(window)
    return [primary.status, primary.reason, primary.action, ...(primary.note ? [primary.note] : [])]
  }
  expect(
    say(
      windowOf([
        [100, 0, 20, 20, 0, 40],
        [0, 0, 20, 120, 0, 140],
      ]),
    ),
  ).toEqual([
    'INPUT STRAGGLER',
    'r0 is late because of extra input wait: r1 waits for it 71.4% of its Step Time, and the excess explains 100.0% of that visible wait.',
    'Reduce input wait on r0: compare the loader workers, storage and share of data with r1.',
  ])
  expect(
    say(
      windowOf([
        [10, 0, 20, 20, 0, 140],
        [10, 0, 20, 120, 0, 140],
      ]),
    ),
  ).toEqual([
    'STRAGGLER',
    'r0 is slower than r1: r1 waits for it 66.7% of its Step Time, and no measured component explains at least 80.0% of that wait.',
    'Look at synchronization, collectives and unattributed work around r0.',
  ])
  expect(say(windowOf([[50, 0, 40, 40, 20, 100]]))).toEqual([
    'INPUT-BOUND',
    'Input wait takes 33.3% of typical Step Time (CPU clock).',
    'Add loader workers or prefetch, and check storage throughput.',
  ])
  expect(say(windowOf([[0, 200, 400, 300, 100, 1000]], 24, 'gpu'))).toEqual([
    'H2D-BOUND',
    'H2D takes 20.0% of typical GPU Step Time.',
    'Use pinned memory, check batch transfer and avoid repeated host-to-device copies.',
  ])
  expect(say(windowOf([[2, 0, 40, 30, 0, 100]]))).toEqual([
    'RESIDUAL-HEAVY',
    'Residual, time in no traced phase, takes 29.4% of typical Step Time (CPU clock).',
    'Look for work outside traced phases: CPU stalls, logging, checkpointing, validation or unobserved transfers.',
    RESIDUAL_DEFINITION,
  ])
  expect(say(windowOf([[2, 0, 60, 20, 8, 90]]))).toEqual([
    'COMPUTE-BOUND',
    'Compute dominates with 95.7% of typical Step Time; the largest phase is forward.',
    'Reduce model compute or the cost of a step, or accept it: the device is kept busy.',
  ])
  expect(say(windowOf([[5, 15, 20, 35, 5, 80]]))[1]).toBe('No dominant bottleneck in this window.')
  expect(say(windowOf([[5, 15, 20, 35, 5, 80]], 1))[1]).toBe(
    'Warming up: 1 step available per rank, 1 in common, 2 required.',
  )
})

test('a warm-up names the range of steps that ranks hold', () => {
  const ranks = [samples([1, 1, 1, 1, 1, 9], 7), samples([1, 1, 1, 1, 1, 9], 1)]
  const { primary } = diagnoseStepTime(analyzeStepTime(snapshotFromDurations(ranks)))
  expect(primary.reason).toBe('Warming up: 1–7 steps available per rank, 1 in common, 2 required.')
})

test('incomplete and absent data name what is missing', () => {
  const { backward: _, optimizer_step: __, ...rest } = samples([5, 5, 30, 45, 10, 95], 30)
  const incomplete = diagnoseStepTime(analyzeStepTime(snapshotFromDurations(rest)))
  expect(incomplete.primary.reason).toBe(
    'Step Time cannot be judged: not measured on every rank: backward, optimizer_step.',
  )
  expect(incomplete.issues[0]?.evidence['signal_coverage']).toEqual({
    backward: '0/1',
    optimizer_step: '0/1',
  })
  const nothing = diagnoseStepTime(analyzeStepTime(stepTimeSnapshotFromRows([])))
  expect(nothing.primary).toMatchObject({ kind: 'NO_DATA', stepsUsed: 0, worstRank: null })
})

test('two metrics of one key are no data', () => {
  const window = windowOf([[50, 0, 20, 30, 10, 100]])
  const doubled = { ...window, metrics: [...window.metrics, ...window.metrics] }
  expect(diagnoseStepTime(doubled).primary).toMatchObject({
    kind: 'NO_DATA',
    reason: 'The window holds two metrics of one key.',
  })
})

test('a custom rule takes part in the ordering and leads when it is worst', () => {
  const window = windowOf([[50, 0, 20, 30, 10, 100]])
  const rules = [...defaultStepTimeRules, found('SLOW_DISK', 0.3)]
  const { primary, issues } = diagnoseStepTime(window, {}, rules)
  expect(issues.map(({ kind }) => kind)).toEqual(['INPUT_BOUND', 'SLOW_DISK', 'RESIDUAL_HEAVY'])
  expect(primary.kind).toBe('INPUT_BOUND')
  const leading = diagnoseStepTime(window, {}, [...defaultStepTimeRules, found('SLOW_DISK', 0.9)])
  expect(leading.primary).toMatchObject({ kind: 'SLOW_DISK', reason: 's', worstRank: 1 })
})

test('a straggler leads a typical finding only on an exact tie', () => {
  const window = windowOf([[5, 15, 20, 35, 5, 80]])
  const kinds = (score: number): readonly string[] =>
    diagnoseStepTime(window, {}, [found('DISK', 0.5), found('DISK_STRAGGLER', score)]).issues.map(
      ({ kind }) => kind,
    )
  expect(kinds(0.5)).toEqual(['DISK_STRAGGLER', 'DISK'])
  expect(kinds(0.49)).toEqual(['DISK', 'DISK_STRAGGLER'])
})

test('a throwing custom rule is reported and costs no other rule', () => {
  const window = windowOf([[50, 0, 20, 30, 10, 100]])
  const broken = customRule('acme/broken', () => {
    throw new Error('no such disk')
  })
  const { primary, ruleFailures } = diagnoseStepTime(window, {}, [broken, ...defaultStepTimeRules])
  expect(primary.kind).toBe('INPUT_BOUND')
  expect(ruleFailures).toEqual([
    {
      ruleId: 'acme/broken',
      message: 'The rule "acme/broken" failed and was skipped: no such disk',
    },
  ])
})

test('equal ranks are no stragglers, even with a threshold of zero', () => {
  const equal: Times = [5, 15, 20, 35, 5, 80]
  const { issues } = diagnoseStepTime(windowOf([equal, equal]), { stragglerScoreWarn: 0 })
  expect(issues.map(({ kind }) => kind)).toEqual(['BALANCED'])
})

test('thresholds and windows that cannot be used name themselves', () => {
  const window = windowOf([[5, 15, 20, 35, 5, 80]])
  expect(() => diagnoseStepTime(window, { overheadShareWarn: Number.NaN })).toThrow(InputError)
  expect(() => diagnoseStepTime(window, { overheadShareWarn: Number.NaN })).toThrow(
    'In the policy, overheadShareWarn is NaN; give a finite number.',
  )
  expect(() => diagnoseStepTime({} as StepTimeWindow)).toThrow(InputError)
})
