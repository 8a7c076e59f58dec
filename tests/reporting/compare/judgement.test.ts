import { compare, evaluateGate, ROBUST_COMPARE_POLICY, type RunHistory } from '@traceml/compare'
import { describe, expect, test } from 'vitest'
import { cases, findCase, history, judgeCase } from './cases.js'

describe('what both runs measured decides', () => {
  test.each([
    ['cpu_only_slower_is_inconclusive', 'INCONCLUSIVE', 'REGRESSION'],
    ['diag_warmup_to_balanced', 'REGRESSION', 'EQUIVALENT'],
    ['mem_diag_nodata_to_balanced', 'REGRESSION', 'EQUIVALENT'],
    ['diag_change_with_clock_mismatch_hides_regression', 'INCONCLUSIVE', 'REGRESSION'],
    ['diag_change_residual_missing', 'INCONCLUSIVE', 'REGRESSION'],
    ['lhs_zero_step', 'EQUIVALENT', 'INCONCLUSIVE'],
    ['mem_diag_worse', 'REGRESSION', 'REGRESSION'],
    ['diag_worse_same_time', 'REGRESSION', 'EQUIVALENT'],
    ['mixed_fast_more_memory', 'MIXED', 'MIXED'],
    ['identical', 'EQUIVALENT', 'EQUIVALENT'],
  ])('%s: published %s, ours %s', (name, published, ours) => {
    const { verdict, judgement } = judgeCase(name)
    expect(verdict.status).toBe(published)
    expect(judgement.status).toBe(ours)
  })

  test('a diagnosis that got worse at the same step time is told, not counted', () => {
    expect(judgeCase('diag_worse_same_time').judgement.notes).toContain(
      'The step time diagnosis went from BALANCED to INPUT-BOUND; that alone is no regression here.',
    )
  })
})

describe('what cannot be judged says why and what to do', () => {
  test.each([
    ['mem_missing_rhs', /^Peak reserved was not measured in B\.$/, /^Run B again/],
    ['step_missing_lhs', /^Step time was not measured in A\.$/, /^Trace the steps of A/],
    [
      'no_common_clock',
      /^Step time was measured on the GPU clock only in A and on the CPU clock only in B\.$/,
      /same kind of device/,
    ],
    ['all_primary_missing_both', /nothing in common/, /recorded steps/],
    ['lhs_zero_step', /is 0 in A/, /not zero/],
  ])('%s', (name, why, action) => {
    const { judgement } = judgeCase(name)
    expect(judgement.status).toBe('INCONCLUSIVE')
    expect(judgement.why).toMatch(why)
    expect(judgement.action).toMatch(action)
  })

  test('averages over a handful of steps are no basis', () => {
    const { lhs, rhs } = structuredClone(findCase('step_plus_8'))
    const window = (rhs['step_time'] as { global: { window: Record<string, unknown> } }).global
      .window
    window['steps_analyzed'] = 2
    const { judgement } = compare({ summary: lhs }, { summary: rhs })
    expect(judgement.status).toBe('INCONCLUSIVE')
    expect(judgement.why).toBe('GPU Step Time: 2 steps in B is too few steps to judge.')
    expect(judgement.action).toBe('Run at least 20 steps in both.')
  })
})

describe('with step histories the spread of the steps decides', () => {
  test('a change beyond the noise is a regression, with its interval', () => {
    const { judgement } = judgeCase('step_plus_8', {
      lhs: history(100, 0.2),
      rhs: history(108, 0.2, 300, 7),
    })
    const [step] = judgement.metrics
    expect(judgement.status).toBe('REGRESSION')
    expect(step).toMatchObject({ method: 'steps', outcome: 'worse', steps: { lhs: 200, rhs: 300 } })
    expect(step?.interval?.low).toBeGreaterThan(5)
    expect(step?.interval?.high).toBeLessThan(11)
    expect(judgement.sentence).toBe('B is SLOWER than A: 100.0 ms -> 108.0 ms a step, +8.0%.')
    expect(judgement.notes).toContain(
      'Step time was judged by the spread of 200 steps in A and 300 in B.',
    )
  })

  test('the same averages within the noise are none, and the steps that it takes are named', () => {
    const rhs = history(104, 1.6, 40, 3)
    const { judgement } = judgeCase('step_plus_8', { lhs: history(100, 1.6, 40), rhs })
    expect(judgement.status).toBe('INCONCLUSIVE')
    expect(judgement.why).toMatch(/the steps vary too much to find a change of 3%/)
    expect(judgement.action).toMatch(/^Run about [\d,]+ steps in both, or on a quieter machine/)
  })

  test('a warm-up and an isolated stall of one run are no regression', () => {
    const slowStart = history(100, 0.05, 200, 7).stepTimeMs.gpu as number[]
    slowStart.splice(0, 10, ...Array.from({ length: 10 }, () => 900))
    slowStart[120] = 5000
    const { judgement } = judgeCase('step_plus_8', {
      lhs: history(100, 0.05),
      rhs: { stepTimeMs: { gpu: slowStart } },
    })
    expect(judgement.status).toBe('EQUIVALENT')
    expect(judgement.notes).toContain(
      'Step time was judged by the spread of 200 steps in A and 189 in B; left out: 10 of warm-up and 1 of isolated stalls in B.',
    )
  })

  test('a cost that comes in a few pieces of the run is not hidden by the others', () => {
    const some = (history(100, 0.05, 200, 7).stepTimeMs.gpu as number[]).map((ms, i) =>
      i >= 120 && i < 150 ? ms * 1.9 : ms,
    )
    const { judgement } = judgeCase('identical', {
      lhs: history(100, 0.05),
      rhs: { stepTimeMs: { gpu: some } },
    })
    expect(judgement.status).toBe('INCONCLUSIVE')
    expect(judgement.why).toMatch(/a few slow pieces of a run decide|vary too much/)
  })

  test('steps of one run only fall back to averages, and the note names the other', () => {
    const { judgement } = judgeCase('step_plus_8', { lhs: history(100, 0.05) })
    expect(judgement.metrics[0]).toMatchObject({ method: 'averages', outcome: 'worse' })
    expect(judgement.notes[0]).toMatch(/averages alone.*no step history of B\./)
  })

  test('the series that a summary carries is a history', () => {
    const withSeries = (summary: Record<string, unknown>, level: number, offset: number) => {
      const copy = structuredClone(summary) as {
        step_time: Record<string, unknown> & { global: { window: Record<string, unknown> } }
      }
      copy.step_time.global.window['steps_analyzed'] = 1000
      copy.step_time['details'] = {
        series: {
          axis: 'step',
          at: [],
          lines: {
            step_time_ms: { typical: history(level, 0.02, 100, offset).stepTimeMs.gpu },
          },
        },
      }
      return copy
    }
    const { lhs, rhs } = findCase('step_plus_8')
    const { judgement } = compare(
      { summary: withSeries(lhs, 100, 0) },
      { summary: withSeries(rhs, 108, 5) },
    )
    expect(judgement.metrics[0]).toMatchObject({
      method: 'steps',
      outcome: 'worse',
      steps: { lhs: 1000, rhs: 1000 },
    })
  })
})

describe('on a machine whose load changes within the runs', () => {
  /** Steps of an input and 20 ms of compute; the machine becomes 2.5 times as fast half way. */
  function run(inputMs: number, stretch = 1, withCompute = true): RunHistory {
    const pace = Array.from({ length: 150 }, (_, i) => stretch * (i < 75 ? 2.5 : 1) + (i % 7) / 20)
    return {
      stepTimeMs: { cpu: pace.map((factor, i) => factor * (20 + inputMs + (i % 3))) },
      ...(withCompute ? { computeMs: pace.map((factor) => factor * 20) } : {}),
    }
  }
  const judged = (lhs: RunHistory, rhs: RunHistory) =>
    judgeCase('cpu_only_slower_is_inconclusive', { lhs, rhs }).judgement

  test('an input that is gone is found beside the compute, which load stretches alike', () => {
    const judgement = judged(run(55), run(2))
    expect(judgement.status).toBe('IMPROVEMENT')
    expect(judgement.sentence).toMatch(/^B is FASTER than A/)
    const interval = judgement.metrics[0]?.interval
    expect(interval?.low).toBeGreaterThan(-80)
    expect(interval?.high).toBeLessThan(-60)
    expect(judged(run(2), run(55)).status).toBe('REGRESSION')
  })

  test('without compute of the steps, or when only the load differs, it stays open', () => {
    expect(judged(run(55, 1, false), run(2, 1, false)).status).toBe('INCONCLUSIVE')
    expect(judged(run(20), run(20, 3)).status).toBe('INCONCLUSIVE')
    expect(judged(run(20), run(20)).status).toBe('INCONCLUSIVE')
  })
})

test('a threshold of one’s own decides, also for a metric that is not judged by default', () => {
  const { lhs, rhs } = findCase('step_plus_8')
  const lenient = { ...ROBUST_COMPARE_POLICY, thresholds: { step_time_ms: 10, residual_ms: 5 } }
  const { judgement } = compare({ summary: lhs }, { summary: rhs }, lenient)
  expect(judgement.metrics.map(({ metric, threshold }) => [metric, threshold])).toEqual([
    ['step_time_ms', 10],
    ['residual_ms', 5],
  ])
  expect(judgement.metrics[0]?.outcome).toBe('unchanged')
})

test('a gate fails on what it was told to, and on a regression beside an improvement', () => {
  const of = (name: string) => [judgeCase(name).judgement]
  expect(evaluateGate(of('step_plus_8'), [])).toEqual({ passed: true, failedOn: [] })
  expect(evaluateGate(of('step_plus_8'), ['regression']).failedOn).toEqual(['regression'])
  expect(evaluateGate(of('mixed_fast_more_memory'), ['regression']).passed).toBe(false)
  expect(evaluateGate(of('lhs_zero_step'), ['regression']).passed).toBe(true)
  expect(evaluateGate(of('lhs_zero_step'), ['regression', 'inconclusive']).failedOn).toEqual([
    'inconclusive',
  ])
  expect(evaluateGate(of('identical'), ['regression', 'inconclusive']).passed).toBe(true)
})

test('summaries are not modified', () => {
  for (const { lhs, rhs } of cases) {
    const before = JSON.stringify([lhs, rhs])
    compare({ summary: lhs }, { summary: rhs })
    expect(JSON.stringify([lhs, rhs])).toBe(before)
  }
})

test('numbers of any shape come out as numbers or null, never as NaN', () => {
  const odd = { stepTimeMs: { gpu: [Number.NaN, null, -1, 0, 1e308, 1e308] } }
  for (const { lhs, rhs } of cases) {
    const document = compare({ summary: lhs, history: odd }, { summary: rhs, history: odd })
    expect(JSON.parse(JSON.stringify(document))).toEqual(document)
  }
})
