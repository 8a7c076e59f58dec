import { formatFixed, type SteadySteps } from '@traceml/analysis'
import type { StepClock } from '@traceml/contracts'
import { formatCount, formatPercent } from '../shared/text.js'
import type { StepTimeContext } from './context.js'
import type { StragglerComparison, StragglerComponent } from './stragglers.js'

/** The two sentences of a finding. */
export interface FindingTexts {
  readonly summary: string
  readonly action: string
}

/** What residual means; part of the note of every RESIDUAL_HEAVY verdict. */
export const RESIDUAL_DEFINITION =
  'Residual is traced step time minus H2D minus compute on the selected clock: time that no traced phase accounts for.'

const COMPONENTS: Readonly<Record<StragglerComponent, readonly [name: string, check: string]>> = {
  input: ['input wait', 'the loader workers, storage and share of data'],
  h2d: ['H2D', 'the host-to-device copies, pinned memory and batch size'],
  compute: ['forward compute', 'the forward pass, device clocks and share of work'],
}

const rank = (globalRank: number): string => `r${String(globalRank)}`
const clockName = (clock: StepClock): string => `${clock.toUpperCase()} clock`

/** Up to three ranks by name, more by their number: `r0, r1, r2 and 5 more`. */
function rankList(ranks: readonly number[]): string {
  const named = ranks
    .toSorted((a, b) => a - b)
    .slice(0, 3)
    .map(rank)
    .join(', ')
  return ranks.length > 3 ? `${named} and ${String(ranks.length - 3)} more` : named
}

/** Ranks that differ in the synchronizing phase without leaving the step together. */
export function ambiguousTexts(comparison: StragglerComparison): FindingTexts {
  const { visibleMetric, visibleCostMs, stepGapMs, score } = comparison
  const culprit = rank(comparison.culpritRank)
  const victim = rank(comparison.victimRank)
  const phase = visibleMetric.replace('_', ' + ')
  const ms = (value: number): string => `${formatFixed(value, 1)} ms`
  return {
    summary: `${victim} spends ${ms(visibleCostMs)} more in ${phase} than ${culprit} (${formatPercent(score)} of its Step Time), and its whole step is ${ms(stepGapMs)} longer: either the ${phase} of ${victim} itself is slow, or ${victim} waits while ${culprit} works outside its traced step.`,
    action: `Compare ${phase} on ${victim} with ${culprit}, and look for work between the steps of ${culprit}.`,
  }
}

/**
 * Ranks that the others wait for; `minCoverage` is the part that a named cause must explain,
 * `namesAll` lists every late rank rather than the latest.
 */
export function stragglerTexts(
  comparison: StragglerComparison,
  cause: StragglerComponent | null,
  minCoverage: number,
  namesAll: boolean,
): FindingTexts {
  const { culpritRanks, comparedRankCount } = comparison
  const isMany = namesAll && culpritRanks.length > 1
  const culprit = isMany ? rankList(culpritRanks) : rank(comparison.culpritRank)
  const victim = rank(comparison.victimRank)
  const [is, it] = isMany
    ? [`(${String(culpritRanks.length)} of ${String(comparedRankCount)} ranks) are`, 'them']
    : ['is', 'it']
  const impact = `${victim} waits for ${it} ${formatPercent(comparison.score)} of its Step Time`
  if (cause === null) {
    return {
      summary: `${culprit} ${is} slower than ${victim}: ${impact}, and no measured component explains at least ${formatPercent(minCoverage)} of that wait.`,
      action: `Look at synchronization, collectives and unattributed work around ${culprit}.`,
    }
  }
  const [name, check] = COMPONENTS[cause]
  const coverage = formatPercent(comparison.componentCoverage[cause] ?? 0)
  return {
    summary: `${culprit} ${is} late because of extra ${name}: ${impact}, and the excess explains ${coverage} of that visible wait.`,
    action: `Reduce ${name} on ${culprit}: compare ${check} with ${victim}.`,
  }
}

/** The loader keeps the step waiting. */
export function inputTexts(share: number, clock: StepClock): FindingTexts {
  return {
    summary: `Input wait takes ${formatPercent(share)} of typical Step Time (${clockName(clock)}).`,
    action: 'Add loader workers or prefetch, and check storage throughput.',
  }
}

/** Copies to the device keep the step waiting. */
export function h2dTexts(share: number): FindingTexts {
  return {
    summary: `H2D takes ${formatPercent(share)} of typical GPU Step Time.`,
    action: 'Use pinned memory, check batch transfer and avoid repeated host-to-device copies.',
  }
}

/** Time that no traced phase accounts for. */
export function residualTexts(share: number, clock: StepClock): FindingTexts {
  return {
    summary: `Residual, time in no traced phase, takes ${formatPercent(share)} of typical Step Time (${clockName(clock)}).`,
    action:
      'Look for work outside traced phases: CPU stalls, logging, checkpointing, validation or unobserved transfers.',
  }
}

/** The step is mostly model work. */
export function computeTexts(share: number, phase: string): FindingTexts {
  return {
    summary: `Compute dominates with ${formatPercent(share)} of typical Step Time; the largest phase is ${phase}.`,
    action: 'Reduce model compute or the cost of a step, or accept it: the device is kept busy.',
  }
}

/** Not every needed signal is measured on every rank. */
export function incompleteTexts(context: StepTimeContext): FindingTexts {
  const signals = context.missingSignals.map(({ signal }) => signal).join(', ')
  return {
    summary: `Step Time cannot be judged: not measured on every rank: ${signals}.`,
    action: 'Instrument these phases, by auto mode or the matching wrap helpers.',
  }
}

/** Too few aligned steps. */
export function warmupTexts(context: StepTimeContext, required: number): FindingTexts {
  const { rankFacts, coverage } = context.window
  const counts = rankFacts.map(({ storedStepCount }) => storedStepCount)
  const low = counts.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const high = counts.reduce((a, b) => Math.max(a, b), 0)
  const available = low < high ? `${String(low)}–${String(high)} steps` : formatCount(high, 'step')
  return {
    summary: `Warming up: ${available} available per rank, ${String(coverage.stepsUsed)} in common, ${String(required)} required.`,
    action: 'Let the training run longer.',
  }
}

/** Why there is nothing to judge. */
export type NoDataCase = 'no_metric' | 'no_total' | 'duplicate_metric'

/** No usable numbers at all. */
export function noDataTexts(reason: NoDataCase): FindingTexts {
  const wait = 'Wait for the first complete window of steps.'
  const check = 'Check how the step metrics are aggregated.'
  return {
    no_metric: { summary: 'No step-time metric is available yet.', action: wait },
    no_total: { summary: 'Step-time metrics exist, but their total is not usable.', action: wait },
    duplicate_metric: { summary: 'The window holds two metrics of one key.', action: check },
  }[reason]
}

/** Nothing stands out. */
export function balancedTexts(): FindingTexts {
  return {
    summary: 'No dominant bottleneck in this window.',
    action: 'Pursue throughput only if overall speed is low.',
  }
}

/** Which steps were left out of the averages. */
export function excludedSentence(steady: SteadySteps, stepCount: number): string {
  const { warmupCount, outlierCount, excludedTimeRatio } = steady
  const parts = [
    ...(warmupCount > 0 ? [formatCount(warmupCount, 'warm-up step')] : []),
    ...(outlierCount > 0 ? [formatCount(outlierCount, 'isolated slow step')] : []),
  ]
  return `Left out ${parts.join(' and ')} of ${String(stepCount)}: ${formatPercent(excludedTimeRatio)} of the time.`
}
