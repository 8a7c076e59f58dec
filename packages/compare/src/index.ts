export { parseComparable } from './comparable.js'
export type { CompareOptions } from './compare.js'
export { compareSummaries } from './compare.js'
export { compareMetric } from './compared-sections.js'
export { defaultCompareMetrics } from './default-metrics.js'
export type { DeltaInput } from './format/cells.js'
export { formatBytes1024, formatDelta, formatValue } from './format/cells.js'
export { formatCompareText } from './format/text.js'
export type { CompareLabels } from './labels.js'
export { labelsForPaths, sanitizeLabel } from './labels.js'
export type {
  CompareAnswer,
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
export { APPLICABLE_SIGNALS_POLICY, COMPATIBLE_COMPARE_POLICY } from './policy.js'
export type { VerdictContext, VerdictRule } from './rules/context.js'
export { defaultVerdictRules } from './rules/default-rules.js'
export { processMetrics } from './sections/process-metrics.js'
export {
  memorySkewMetric,
  memoryTrendMetric,
  peakReservedMetric,
  stepMemoryMetrics,
} from './sections/step-memory-metrics.js'
export {
  dataloaderFetchMetric,
  dominantPhaseMetric,
  stepTimeMetric,
  stepTimeMetrics,
} from './sections/step-time-metrics.js'
export { systemMetrics } from './sections/system-metrics.js'
