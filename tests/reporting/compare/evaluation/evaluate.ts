import { compare, type RunHistory, type VerdictStatus } from '@traceml/compare'

/** How often pairs of runs got each verdict, as fractions. */
export interface Rates {
  readonly pairs: number
  readonly averages: Readonly<Record<VerdictStatus, number>>
  readonly steps: Readonly<Record<VerdictStatus, number>>
}

/** A pair of runs as step times in milliseconds. */
export type Pair = readonly [ArrayLike<number>, ArrayLike<number>]

const NONE: Readonly<Record<VerdictStatus, number>> = {
  REGRESSION: 0,
  IMPROVEMENT: 0,
  EQUIVALENT: 0,
  MIXED: 0,
  INCONCLUSIVE: 0,
}

function summaryOf(times: ArrayLike<number>): Record<string, unknown> {
  const mean = Array.from(times).reduce((sum, ms) => sum + ms, 0) / times.length
  return {
    schema_version: 1.7,
    step_time: {
      global: {
        window: { steps_analyzed: times.length, diagnosis_clock: 'cpu' },
        average: { step_time_ms: mean, step_time_cpu_ms: mean },
      },
    },
  }
}

function statusOf([a, b]: Pair, withSteps: boolean): VerdictStatus {
  const history = (times: ArrayLike<number>): RunHistory | null =>
    withSteps ? { stepTimeMs: { cpu: times } } : null
  return compare(
    { summary: summaryOf(a), history: history(a) },
    { summary: summaryOf(b), history: history(b) },
  ).judgement.status
}

/** Judges pairs by their averages alone (the published threshold of 3 %) and by their steps. */
export function evaluate(pairs: Iterable<Pair>): Rates {
  const counts = { averages: { ...NONE }, steps: { ...NONE } }
  let total = 0
  for (const pair of pairs) {
    counts.averages[statusOf(pair, false)] += 1
    counts.steps[statusOf(pair, true)] += 1
    total += 1
  }
  const rates = (of: Record<VerdictStatus, number>): Record<VerdictStatus, number> => {
    const result = { ...of }
    for (const key of Object.keys(of) as VerdictStatus[]) result[key] = of[key] / total
    return result
  }
  return { pairs: total, averages: rates(counts.averages), steps: rates(counts.steps) }
}
