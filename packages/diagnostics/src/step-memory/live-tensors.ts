import { analyzeRobustTrend, formatFixed } from '@traceml/analysis'
import type { Issue, RankMemoryColumns } from '@traceml/contracts'
import { formatBinaryBytes } from '../shared/bytes.js'
import { createIssue } from '../shared/issues.js'
import type { StepMemoryResult } from './diagnose.js'
import { diagnosisOfIssue } from './diagnosis.js'
import type { StepMemoryPolicy } from './policy.js'

/** A rise of fewer tensors over the whole window is no leak that anybody would feel. */
const SMALLEST_RISE = 10
/** A leak that adds a tensor in fewer steps than every tenth is a cache that fills. */
const SMALLEST_PER_STEP = 0.1

interface Leak {
  readonly globalRank: number
  readonly first: number
  readonly last: number
  readonly perStep: number
  readonly bytesDelta: number | null
  readonly steps: number
  readonly confidence: number
}

/**
 * Adds the finding that live tensors rise from step to step, which the peaks of a device do not
 * show where there is no such counter. It takes the place of a calm state and follows other
 * findings. Only a robust policy looks at it.
 *
 * @param ranks - As a store reads them; ranks without live tensors say nothing.
 */
export function withLiveTensors(
  result: StepMemoryResult,
  ranks: readonly RankMemoryColumns[],
  policy: StepMemoryPolicy,
): StepMemoryResult {
  const issue = liveTensorIssue(ranks, policy)
  if (issue === null) return result
  const isCalm = ['NO_GPU', 'NO_DATA', 'BALANCED'].includes(result.primary.kind)
  if (!isCalm) return { ...result, issues: [...result.issues, issue] }
  const primary = { ...diagnosisOfIssue(issue, result.signals), stepsUsed: stepsOf(issue) }
  return { ...result, primary, issues: [issue] }
}

const stepsOf = (issue: Issue): number => Number(issue.evidence['steps_used'])

function liveTensorIssue(
  ranks: readonly RankMemoryColumns[],
  policy: StepMemoryPolicy,
): Issue | null {
  const leaks = ranks.flatMap((rank) => leakOf(rank, policy) ?? [])
  const [lead] = leaks.toSorted((a, b) => b.perStep - a.perStep || a.globalRank - b.globalRank)
  if (lead === undefined) return null
  const perStep = formatFixed(lead.perStep, 1)
  const bytes =
    lead.bytesDelta === null || lead.bytesDelta <= 0
      ? ''
      : `, ${formatBinaryBytes(lead.bytesDelta)} more`
  return createIssue({
    kind: 'LIVE_TENSORS_RISING',
    status: 'LIVE TENSORS RISING',
    severity: 'warn',
    summary: `Live tensors rose from ${lead.first} to ${lead.last} over ${lead.steps} steps${bytes}: ${perStep} a step are never disposed.`,
    action:
      'Wrap what a step computes in tf.tidy, and dispose tensors that are kept on purpose, for example logged losses.',
    metric: 'live_tensor_count',
    phase: 'memory',
    score: lead.perStep,
    ranks: leaks.map((leak) => leak.globalRank).toSorted((a, b) => a - b),
    evidence: {
      rank: lead.globalRank,
      first_live_tensors: lead.first,
      last_live_tensors: lead.last,
      live_tensors_per_step: lead.perStep,
      live_bytes_delta: lead.bytesDelta,
      steps_used: lead.steps,
      confidence: lead.confidence,
    },
  })
}

/** The rise of one rank by its own series, oldest step first; null when there is none to speak of. */
function leakOf(rank: RankMemoryColumns, policy: StepMemoryPolicy): Leak | null {
  const { robust } = policy
  const counts = measured(rank.liveTensorCount, policy.windowSteps)
  const first = counts[0]
  const last = counts.at(-1)
  if (robust === null || counts.length < policy.minSteps) return null
  if (first === undefined || last === undefined) return null
  const trend = analyzeRobustTrend(counts, robust.blocks)
  if (trend === null || trend.isStep || trend.score < robust.creepMinScore) return null
  if (trend.slope < SMALLEST_PER_STEP || last - first < SMALLEST_RISE) return null
  const bytes = measured(rank.liveBytes, policy.windowSteps)
  const [firstBytes, lastBytes] = [bytes[0], bytes.at(-1)]
  const hasBytes = firstBytes !== undefined && lastBytes !== undefined
  return {
    globalRank: rank.globalRank,
    first,
    last,
    perStep: trend.slope,
    bytesDelta: hasBytes ? lastBytes - firstBytes : null,
    steps: counts.length,
    confidence: trend.risingPairRatio,
  }
}

/** The newest values that were measured. */
function measured(column: Float64Array, limit: number): Float64Array {
  return column.filter((value) => Number.isFinite(value)).slice(-limit)
}
