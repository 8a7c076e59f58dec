import { resolvePolicy } from '../shared/policy.js'
import { alignLiveMetrics, type StepMemoryLoadStatus } from './align.js'
import { windowStepsOf } from './diagnose.js'
import { diagnoseAlignedStepMemory } from './diagnose-aligned.js'
import type { StepMemoryVerdict } from './diagnosis.js'
import type { StepMemoryInput } from './input.js'
import { ROBUST_LIVE_STEP_MEMORY_POLICY, type StepMemoryPolicy } from './policy.js'
import { defaultStepMemoryRules } from './rules/default-rules.js'
import type { StepMemoryRule } from './rules/rule.js'
import type { StepMemoryMetric } from './signals.js'

/** The verdict of a live view and what it was made from. */
export interface LiveStepMemoryResult extends StepMemoryVerdict {
  /** Why there are no metrics, or `ok`. */
  readonly status: StepMemoryLoadStatus
  readonly metrics: readonly StepMemoryMetric[]
  /** Capacity that pressure was judged against, null when unknown. */
  readonly gpuTotalBytes: number | null
}

/**
 * Diagnoses the memory of a running training's newest steps.
 *
 * Pressure and imbalance need a capacity: pass it as `window.gpuTotalBytes`.
 *
 * @param window - From `Store.readStepMemory` or `createStepMemoryWindow`.
 * @param policy - Thresholds and window; missing ones are those of {@link ROBUST_LIVE_STEP_MEMORY_POLICY}.
 * @param rules - In the order of importance. Default `defaultStepMemoryRules`.
 * @throws {InputError} `TRACEML_INPUT_INVALID` for a threshold that is no finite number.
 */
export function diagnoseLiveStepMemory(
  window: StepMemoryInput,
  policy: Partial<StepMemoryPolicy> = ROBUST_LIVE_STEP_MEMORY_POLICY,
  rules: readonly StepMemoryRule[] = defaultStepMemoryRules,
): LiveStepMemoryResult {
  const thresholds = resolvePolicy(ROBUST_LIVE_STEP_MEMORY_POLICY, policy)
  const { status, metrics } = alignLiveMetrics(window, windowStepsOf(thresholds))
  const { gpuTotalBytes, gpuTotalBytesByRank } = window
  return {
    ...diagnoseAlignedStepMemory(
      metrics,
      { gpuTotalBytes, gpuTotalBytesByRank },
      thresholds,
      rules,
    ),
    status,
    metrics,
    gpuTotalBytes,
  }
}
