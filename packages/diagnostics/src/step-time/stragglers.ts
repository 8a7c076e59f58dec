import type { StepTimeValues, StepTimeWindow } from '@traceml/analysis'
import type { RobustStepTimePolicy, StepTimePolicy } from './policy.js'

/** What can make a rank late, in the order in which ties are decided. */
const STRAGGLER_COMPONENTS = ['input', 'h2d', 'compute'] as const

/** A component of the culprit's step that may explain its lateness. */
export type StragglerComponent = (typeof STRAGGLER_COMPONENTS)[number]

/** Milliseconds or fractions by component; only those that both ranks measured. */
type ByComponent = Readonly<Partial<Record<StragglerComponent, number>>>

/** The late ranks against those that wait for them. */
export interface StragglerComparison {
  /** The rank that waits least in the synchronizing phase, so that the others wait for it. */
  readonly culpritRank: number
  /** A real rank that waits as a typical one does, or as a typical one of the few that wait. */
  readonly victimRank: number
  /** All late ranks, `culpritRank` first, then ascending. */
  readonly culpritRanks: readonly number[]
  /** Ranks that were compared. */
  readonly comparedRankCount: number
  readonly visibleMetric: 'backward' | 'forward_backward'
  readonly visibleCulpritMs: number
  readonly visibleVictimMs: number
  /** What the culprit costs the victim in each step; above 0. */
  readonly visibleCostMs: number
  /** The victim's outer step time. */
  readonly stepTimeMs: number
  /** visibleCostMs / stepTimeMs; may exceed 1. */
  readonly score: number
  readonly componentExcessesMs: ByComponent
  /** Part of the cost that each excess explains, 0 to 1. */
  readonly componentCoverage: ByComponent
  /** How much longer the victim's whole step is; ranks that leave together have about 0. */
  readonly stepGapMs: number
}

interface Candidate {
  readonly globalRank: number
  readonly average: StepTimeValues
  readonly visibleMs: number
}

/**
 * Compares the late ranks with those that wait, whatever the size of the difference.
 *
 * In data-parallel training all ranks leave the synchronizing phase together, so the rank that
 * arrives last spends the least time in it. It is compared with the upper median of the ranks; a
 * robust policy also compares a late majority with the few ranks that wait for it.
 *
 * @returns Null when fewer than two ranks can be compared or none waits.
 */
export function compareStragglers(
  window: StepTimeWindow,
  policy: StepTimePolicy,
): StragglerComparison | null {
  const isFsdp = window.trainingStrategy === 'fsdp'
  const eligible = new Set(window.stragglerRanks)
  const candidates = window.rankFacts
    .filter(({ globalRank }) => eligible.has(globalRank))
    .map(({ globalRank, average }): Candidate => {
      const backward = average.backwardMs ?? 0
      const visibleMs = isFsdp ? (average.forwardMs ?? 0) + backward : backward
      return { globalRank, average, visibleMs }
    })
    .toSorted((a, b) => a.visibleMs - b.visibleMs || a.globalRank - b.globalRank)
  const half = candidates.length >> 1
  const latest = compare(candidates, 0, half, isFsdp)
  const { robust } = policy
  if (robust === null || (latest?.score ?? 0) >= policy.stragglerScoreWarn) return latest
  const split = lateMajority(candidates, robust)
  if (split === null) return latest
  return compare(candidates, (split - 1) >> 1, split + ((candidates.length - split) >> 1), isFsdp)
}

/**
 * How many of the ranks are late when most of them are: the widest gap above the middle parts them
 * from the ranks that wait. Null when too few wait.
 */
function lateMajority(
  candidates: readonly Candidate[],
  { fastMinorityMinRatio }: RobustStepTimePolicy,
): number | null {
  const count = candidates.length
  let split: number | null = null
  let widest = 0
  for (let k = (count >> 1) + 1; count - k >= Math.max(1, count * fastMinorityMinRatio); k++) {
    const gap = (candidates[k] as Candidate).visibleMs - (candidates[k - 1] as Candidate).visibleMs
    if (gap > widest) {
      widest = gap
      split = k
    }
  }
  return split
}

/** Compares two of the ranks, which are sorted by what they wait. */
function compare(
  candidates: readonly Candidate[],
  culpritIndex: number,
  victimIndex: number,
  isFsdp: boolean,
): StragglerComparison | null {
  const culprit = candidates[culpritIndex]
  const victim = candidates[victimIndex]
  if (culprit === undefined || victim === undefined) return null
  const visibleCostMs = victim.visibleMs - culprit.visibleMs
  const stepTimeMs = victim.average.stepTimeMs ?? 0
  const score = visibleCostMs / stepTimeMs
  if (!(visibleCostMs > 0) || !Number.isFinite(score)) return null
  const componentExcessesMs = excesses(culprit.average, victim.average, isFsdp)
  const middleMs = (victim.visibleMs + culprit.visibleMs) / 2
  const late = candidates
    .filter(
      ({ visibleMs, globalRank }) => visibleMs < middleMs && globalRank !== culprit.globalRank,
    )
    .map(({ globalRank }) => globalRank)
    .toSorted((a, b) => a - b)
  return {
    culpritRank: culprit.globalRank,
    victimRank: victim.globalRank,
    culpritRanks: [culprit.globalRank, ...late],
    comparedRankCount: candidates.length,
    visibleMetric: isFsdp ? 'forward_backward' : 'backward',
    visibleCulpritMs: culprit.visibleMs,
    visibleVictimMs: victim.visibleMs,
    visibleCostMs,
    stepTimeMs,
    score,
    componentExcessesMs,
    componentCoverage: Object.fromEntries(
      Object.entries(componentExcessesMs).map(([component, excess]) => [
        component,
        Math.min(1, excess / visibleCostMs),
      ]),
    ),
    stepGapMs: stepTimeMs - (culprit.average.stepTimeMs ?? 0),
  }
}

function excesses(culprit: StepTimeValues, victim: StepTimeValues, isFsdp: boolean): ByComponent {
  const excess = (key: keyof StepTimeValues): number | null => {
    const [late, typical] = [culprit[key], victim[key]]
    return late === null || typical === null ? null : Math.max(0, late - typical)
  }
  const input = excess('inputWaitMs')
  const h2d = excess('h2dMs')
  const forward = excess('forwardMs')
  // FSDP gathers parameters inside forward: a longer forward there may itself be waiting.
  const isComparable = !isFsdp && (culprit.forwardMs ?? 0) > 0 && (victim.forwardMs ?? 0) > 0
  return {
    ...(input === null ? {} : { input }),
    ...(h2d === null ? {} : { h2d }),
    ...(forward === null && !isFsdp ? {} : { compute: isComparable ? (forward ?? 0) : 0 }),
  }
}

/** The component that explains most of the wait, if it explains enough of it. */
export function stragglerCause(
  comparison: StragglerComparison,
  minCoverage: number,
): StragglerComponent | null {
  let cause: StragglerComponent | null = null
  let highest = 0
  for (const component of STRAGGLER_COMPONENTS) {
    const coverage = comparison.componentCoverage[component] ?? 0
    if (coverage > highest) {
      cause = component
      highest = coverage
    }
  }
  return highest >= minCoverage ? cause : null
}
