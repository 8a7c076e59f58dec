import type { ComparedMetric } from '@traceml/contracts'
import {
  formatBelow,
  formatChange,
  formatInterval,
  formatMovement,
  formatThreshold,
} from '../format/numbers.js'
import type { ComparePolicy } from '../policy.js'
import { explainedByLoad, type StepComparison } from './judge-steps.js'
import type { JudgedMetric, MetricOutcome } from './model.js'
import { idleMachine, longerRun, neededSteps, sideWithout } from './texts.js'

/** What is known of one metric. */
export interface MetricInput {
  readonly section: string
  readonly id: string
  readonly metric: ComparedMetric
  readonly threshold: number
  /** Steps behind the averages of each side; null when the metric does not depend on them. */
  readonly steps: { readonly lhs: number | null; readonly rhs: number | null } | null
  /** Why the two sides, measured as they are, cannot be compared; null when they can. */
  readonly incomparable: Decision | null
  /** Of step time, where both histories are at hand. */
  readonly comparison: StepComparison | null
}

/** What was decided of a metric. */
export type Decision = Pick<JudgedMetric, 'outcome' | 'why' | 'action'>

/** Judges one metric; null when neither run measured it. */
export function judgeMetric(input: MetricInput, policy: ComparePolicy): JudgedMetric | null {
  const { metric } = input
  const [lhs, rhs] = [numberOf(metric.lhs), numberOf(metric.rhs)]
  if (lhs === null && rhs === null && input.incomparable === null) return null
  const unit = metric.delta_unit === 'percentage_point' ? 'percentage_point' : 'percent'
  const common: Omit<JudgedMetric, keyof Decision> = {
    section: input.section,
    metric: input.id,
    label: metric.label,
    unit: metric.unit,
    lhs,
    rhs,
    change: unit === 'percent' ? metric.pct_change : metric.delta,
    mean_change: unit === 'percent' ? metric.pct_change : metric.delta,
    change_unit: unit,
    interval: null,
    p_value: null,
    threshold: input.threshold,
    method: 'averages',
    steps: input.steps ?? { lhs: null, rhs: null },
  }
  if (input.incomparable !== null) return { ...common, ...input.incomparable }
  if (lhs === null || rhs === null) {
    return { ...common, ...missingSide(metric.label, lhs === null ? 'A' : 'B') }
  }
  const { comparison } = input
  if (comparison !== null) return judgeBySteps(common, comparison, metric, policy)
  return { ...common, ...judgeByAverages(common, input, metric, policy) }
}

function numberOf(value: number | string | null): number | null {
  return typeof value === 'number' ? value : null
}

function missingSide(label: string, without: 'A' | 'B'): Decision {
  return {
    outcome: 'undecided',
    why: `${label} was not measured in ${without}.`,
    action: `Run ${without} again with what measures it, or compare two runs that both have it.`,
  }
}

/** `worse` or `better` for a change in the direction of the metric. */
function outcomeOf(change: number, metric: ComparedMetric): MetricOutcome {
  const isUp = change > 0
  return isUp === (metric.direction === 'lower_is_worse') ? 'better' : 'worse'
}

function judgeByAverages(
  judged: Omit<JudgedMetric, keyof Decision>,
  { threshold, steps }: MetricInput,
  metric: ComparedMetric,
  policy: ComparePolicy,
): Decision {
  const { label, change, change_unit: unit } = judged
  const few = steps === null ? null : sideWithout(steps, policy.minSteps)
  if (few !== null) {
    return {
      outcome: 'undecided',
      why: `${label}: ${few} is too few steps to judge.`,
      action: `Run at least ${policy.minSteps} steps in both.`,
    }
  }
  if (change === null) {
    return {
      outcome: 'undecided',
      why: `${label} is ${String(judged.lhs)} in A, so no change can be stated in percent.`,
      action: 'Compare with a run in which it is not zero.',
    }
  }
  const limit = formatThreshold(threshold, unit)
  if (Math.abs(change) < threshold) {
    const text = `${label} changed by ${formatBelow(change, threshold, unit)}`
    return { outcome: 'unchanged', why: `${text}, less than ${limit}.`, action: null }
  }
  const text = `${label} is ${formatMovement(change, unit, judged.unit)} in B`
  return {
    outcome: outcomeOf(change, metric),
    why: `${text}; a change of ${limit} counts.`,
    action: null,
  }
}

function percentOf(ratio: number): number {
  return 100 * (ratio - 1)
}

function judgeBySteps(
  common: Omit<JudgedMetric, keyof Decision>,
  comparison: StepComparison,
  metric: ComparedMetric,
  policy: ComparePolicy,
): JudgedMetric {
  const { lhs, rhs, ratio } = comparison
  const judged = {
    ...common,
    lhs: lhs.meanMs,
    rhs: rhs.meanMs,
    method: 'steps',
    steps: { lhs: lhs.steps, rhs: rhs.steps },
    mean_change: lhs.meanMs > 0 ? percentOf(rhs.meanMs / lhs.meanMs) : null,
    change: lhs.meanMs > 0 ? percentOf(rhs.meanMs / lhs.meanMs) : null,
  } as const
  const { label, threshold } = common
  if (ratio === null) {
    const few = sideWithout(judged.steps, policy.minBlocks * policy.minBlockSteps)
    return {
      ...judged,
      outcome: 'undecided',
      why: `${label}: ${few ?? 'a step of 0 ms'} is too little to know the noise.`,
      action: `Run at least ${policy.minBlocks * policy.minBlockSteps} steps in both.`,
    }
  }
  const change = percentOf(ratio.ratio)
  const interval =
    ratio.interval === null
      ? null
      : { low: percentOf(ratio.interval.low), high: percentOf(ratio.interval.high) }
  const measured = { ...judged, change, interval, p_value: ratio.pValue }
  const fastRatio = explainedByLoad(comparison, ratio, policy)
  return {
    ...measured,
    ...decide(measured, metric, {
      meanChange: judged.mean_change ?? 0,
      threshold: threshold ?? 0,
      fastChange: fastRatio === null ? null : percentOf(fastRatio),
    }),
  }
}

/** What else is known of a change of step time; all in percent. */
interface ChangeFacts {
  /** Of the means, which few slow pieces can decide. */
  readonly meanChange: number
  readonly threshold: number
  /** Of the fastest steps, where other load on the machine explains the change; else null. */
  readonly fastChange: number | null
}

/** From the change, its interval and what speaks against it. */
function decide(
  judged: Omit<JudgedMetric, keyof Decision> & { readonly change: number },
  metric: ComparedMetric,
  { meanChange, threshold, fastChange }: ChangeFacts,
): Decision {
  const { label, change, interval, change_unit: unit } = judged
  const limit = formatThreshold(threshold, unit)
  if (interval === null) {
    return {
      outcome: 'undecided',
      why: `${label} wanders so much within the runs that its change (${formatChange(change, unit)}) may be chance.`,
      action: longerRun,
    }
  }
  const range = formatInterval(interval, unit)
  const isChanged = (interval.low > 0 || interval.high < 0) && Math.abs(change) >= threshold
  const halfWidth = (interval.high - interval.low) / 2
  if (isChanged && Math.sign(meanChange) !== Math.sign(change)) {
    return {
      outcome: 'undecided',
      why: `Most steps changed by ${formatChange(change, unit)}, the average step by ${formatChange(meanChange, unit)}: a few slow pieces of a run decide.`,
      action: longerRun,
    }
  }
  if (isChanged && fastChange !== null) {
    return {
      outcome: 'undecided',
      why: `${label} changed by ${formatChange(change, unit)} (${range}), but its fastest steps by ${formatChange(fastChange, unit)} only: another load on the machine explains that as well.`,
      action: idleMachine,
    }
  }
  if (isChanged) {
    const movement = `${label} is ${formatMovement(change, unit, judged.unit)} in B (${range})`
    return {
      outcome: outcomeOf(change, metric),
      why: `${movement}; a change of ${limit} counts.`,
      action: null,
    }
  }
  if (Math.abs(change) >= threshold || halfWidth > threshold) {
    return {
      outcome: 'undecided',
      why: `${label} changed by ${formatChange(change, unit)} (${range}): the steps vary too much to find a change of ${limit}.`,
      action: neededSteps(judged.steps, halfWidth / threshold),
    }
  }
  if (Math.abs(meanChange) >= threshold) {
    return {
      outcome: 'undecided',
      why: `Most steps are as long (${formatChange(change, unit)}), but the average step changed by ${formatChange(meanChange, unit)}: a few slow pieces of a run decide.`,
      action: longerRun,
    }
  }
  const text = `${label} changed by ${formatBelow(change, threshold, unit)} (${range})`
  return { outcome: 'unchanged', why: `${text}, less than ${limit}.`, action: null }
}
