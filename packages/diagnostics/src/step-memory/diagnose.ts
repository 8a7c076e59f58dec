import { issueFromDiagnosis } from '../shared/issues.js'
import { resolvePolicy } from '../shared/policy.js'
import { alignSummaryMetrics } from './align.js'
import { stepMemorySignalsOf } from './context.js'
import { decideStepMemory, type TieBreak } from './decide.js'
import { neutralDiagnosis, type StepMemoryVerdict } from './diagnosis.js'
import type { StepMemoryInput } from './input.js'
import { ROBUST_STEP_MEMORY_POLICY, type StepMemoryPolicy } from './policy.js'
import { defaultStepMemoryRules } from './rules/default-rules.js'
import type { StepMemoryRule } from './rules/rule.js'
import type { StepMemoryMetric } from './signals.js'
import { NO_GPU_TEXT } from './texts.js'

/** The verdict of a report and what it was made from. */
export interface StepMemoryResult extends StepMemoryVerdict {
  /** Also filled for a run without a GPU; empty when the ranks share no step. */
  readonly metrics: readonly StepMemoryMetric[]
  /** True when the telemetry says that there is no GPU: then `signals` is empty. */
  readonly noGpuDetected: boolean
  readonly gpuTotalBytes: number | null
  /** Largest step + 1, as steps are counted from 0; 0 without a step. */
  readonly trainingSteps: number
  readonly latestStep: number | null
  readonly ranksSeen: number
}

/** At equal rank and score the metric whose name sorts first leads. */
const byMetricName: TieBreak = (a, b) => {
  const left = a.issue.metric ?? ''
  const right = b.issue.metric ?? ''
  return left < right ? -1 : left > right ? 1 : 0
}

/**
 * Diagnoses the memory of a finished run's steps.
 *
 * @param window - From `Store.readStepMemory` or `createStepMemoryWindow`.
 * @param policy - Thresholds and window; missing ones are those of {@link ROBUST_STEP_MEMORY_POLICY}.
 * @param rules - In the order of importance. Default `defaultStepMemoryRules`.
 * @throws {InputError} `TRACEML_INPUT_INVALID` for a threshold that is no finite number.
 */
export function diagnoseStepMemory(
  window: StepMemoryInput,
  policy: Partial<StepMemoryPolicy> = ROBUST_STEP_MEMORY_POLICY,
  rules: readonly StepMemoryRule[] = defaultStepMemoryRules,
): StepMemoryResult {
  const thresholds = resolvePolicy(ROBUST_STEP_MEMORY_POLICY, policy)
  const metrics = alignSummaryMetrics(window, windowStepsOf(thresholds))
  return judgeStepMemory(window, metrics, thresholds, rules)
}

/**
 * Judges metrics that are aligned already: another policy on the same steps costs no second
 * alignment.
 *
 * @param metrics - Of this window; see `alignSummaryMetrics`.
 */
export function judgeStepMemory(
  window: Omit<StepMemoryInput, 'rows'>,
  metrics: readonly StepMemoryMetric[],
  policy: StepMemoryPolicy,
  rules: readonly StepMemoryRule[] = defaultStepMemoryRules,
): StepMemoryResult {
  const noGpuDetected = window.gpuAvailable === false
  const facts = {
    metrics,
    noGpuDetected,
    gpuTotalBytes: window.gpuTotalBytes,
    trainingSteps: window.latestStep === null ? 0 : window.latestStep + 1,
    latestStep: window.latestStep,
    ranksSeen: window.ranksSeen,
  }
  if (noGpuDetected) {
    const primary = neutralDiagnosis({
      kind: 'NO_GPU',
      text: NO_GPU_TEXT,
      confidence: 1,
      about: null,
    })
    return {
      primary,
      issues: [issueFromDiagnosis(primary)],
      signals: [],
      ruleFailures: [],
      ...facts,
    }
  }
  const signals = metrics.map((metric) =>
    stepMemorySignalsOf(metric, window.gpuTotalBytes, policy, window.gpuTotalBytesByRank),
  )
  return { ...decideStepMemory(signals, policy, rules, byMetricName), ...facts }
}

/** The aligned steps that a policy asks for, at least 1. */
export function windowStepsOf(policy: StepMemoryPolicy): number {
  return Math.max(1, Math.floor(policy.windowSteps) || 1)
}
