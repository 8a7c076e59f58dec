import { resolvePolicy } from '../shared/policy.js'
import { stepMemorySignalsOf } from './context.js'
import { decideStepMemory, type TieBreak } from './decide.js'
import type { StepMemoryVerdict } from './diagnosis.js'
import { ROBUST_LIVE_STEP_MEMORY_POLICY, type StepMemoryPolicy } from './policy.js'
import { defaultStepMemoryRules } from './rules/default-rules.js'
import type { StepMemoryRule } from './rules/rule.js'
import type { StepMemoryMetric } from './signals.js'

/** What memory is compared with. */
export interface StepMemoryCapacity {
  /** Memory of the largest device in bytes; null when unknown. */
  readonly gpuTotalBytes: number | null
  /** Bytes by global rank as text, where known. */
  readonly gpuTotalBytesByRank: Readonly<Record<string, number>>
}

/** At equal score the fuller device leads, then the metric that is listed first. */
const byPressure: TieBreak = (a, b) =>
  (b.signals.pressureRatio ?? 0) - (a.signals.pressureRatio ?? 0)

/**
 * Diagnoses memory that the caller has aligned already: what a live view does that keeps the newest
 * steps in columns and has no rows to align.
 *
 * @param metrics - In the order of importance; may be empty.
 * @param policy - Thresholds; missing ones are those of {@link ROBUST_LIVE_STEP_MEMORY_POLICY}.
 * @throws {InputError} `TRACEML_INPUT_INVALID` for a threshold that is no finite number.
 */
export function diagnoseAlignedStepMemory(
  metrics: readonly StepMemoryMetric[],
  capacity: StepMemoryCapacity,
  policy: Partial<StepMemoryPolicy> = ROBUST_LIVE_STEP_MEMORY_POLICY,
  rules: readonly StepMemoryRule[] = defaultStepMemoryRules,
): StepMemoryVerdict {
  const thresholds = resolvePolicy(ROBUST_LIVE_STEP_MEMORY_POLICY, policy)
  const signals = metrics.map((metric) =>
    stepMemorySignalsOf(metric, capacity.gpuTotalBytes, thresholds, capacity.gpuTotalBytesByRank),
  )
  return decideStepMemory(signals, thresholds, rules, byPressure)
}
