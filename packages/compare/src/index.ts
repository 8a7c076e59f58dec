export { parseComparable } from './comparable.js'
export type { CompareOptions, RunInput } from './compare.js'
export { compare } from './compare.js'
export type { ComparisonTable } from './compare-many.js'
export { compareMany } from './compare-many.js'
export { compareMetric } from './compared-sections.js'
export { defaultCompareMetrics } from './default-metrics.js'
export type { DeltaInput } from './format/cells.js'
export { formatBytes1024, formatDelta, formatValue } from './format/cells.js'
export { githubAnnotation } from './format/github.js'
export { escapeMarkdown, formatCompareMarkdown, formatTableMarkdown } from './format/markdown.js'
export { formatCompareText } from './format/text.js'
export type { GateCondition, GateResult } from './gate.js'
export { evaluateGate, GATE_CONDITIONS } from './gate.js'
export type { RunHistory } from './history.js'
export { historyFromSummary, missingHistories } from './history.js'
export type { CompareJudgement, JudgedMetric, MetricOutcome } from './judge/model.js'
export type { CompareLabels } from './labels.js'
export { labelsForPaths, labelsForRuns, sanitizeLabel } from './labels.js'
export type {
  CompareDocument,
  ComparedRun,
  ComparedSection,
  ComparedText,
  CompareFinding,
  CompareVerdict,
  DominantShare,
  MetricState,
  PrimaryAvailability,
  VerdictStatus,
} from './model.js'
export type { ComparePolicy } from './policy.js'
export { COMPATIBLE_COMPARE_POLICY, ROBUST_COMPARE_POLICY } from './policy.js'
export type { VerdictContext, VerdictRule } from './rules/context.js'
export { defaultVerdictRules } from './rules/default-rules.js'
export { processMetrics } from './sections/process-metrics.js'
export {
  highestReservedMetric,
  memorySkewMetric,
  memoryTrendMetric,
  peakReservedMetric,
  stepMemoryMetrics,
} from './sections/step-memory-metrics.js'
export {
  dataloaderFetchMetric,
  dominantPhaseMetric,
  stepsPerSecondMetric,
  stepTimeMetric,
  stepTimeMetrics,
  stepTimeP95Metric,
} from './sections/step-time-metrics.js'
export { systemMetrics } from './sections/system-metrics.js'
