export type { CombineLayersOptions } from './layers/combine-layers.js'
export { combineLayers } from './layers/combine-layers.js'
export type { LayerRow } from './layers/layer-rows.js'
export { layerRows } from './layers/layer-rows.js'
export { sharesToPercent } from './layers/shares-to-percent.js'
export type { RobustTrend, RobustTrendConfig } from './robust-trend.js'
export { analyzeRobustTrend } from './robust-trend.js'
export { formatFixed, roundHalfEven } from './rounding.js'
export { blockMeans, neighbourDependence } from './shift/blocks.js'
export type { RankShift, RankShiftOptions } from './shift/rank-shift.js'
export { rankShift } from './shift/rank-shift.js'
export type { SeriesRatio, SeriesRatioConfig } from './shift/series-ratio.js'
export { seriesRatio } from './shift/series-ratio.js'
export type { Sample } from './statistics.js'
export { mean, median, medianAbsoluteDeviation, quantileLinear } from './statistics.js'
export { analyzeStepTime } from './step-time/analyze.js'
export type { StepColumnsBuilder, StepColumnsOptions } from './step-time/builder.js'
export { createStepColumnsBuilder } from './step-time/builder.js'
export type { PhaseClocks, PhaseDurations } from './step-time/decode-events.js'
export { decodeStepEvents } from './step-time/decode-events.js'
export type { PhaseSamples, SnapshotFromDurationsOptions } from './step-time/durations.js'
export { snapshotFromDurations } from './step-time/durations.js'
export type { RankStatistics, RankValue } from './step-time/rank-statistics.js'
export { rankStatistics } from './step-time/rank-statistics.js'
export { restrictStepTimeWindow } from './step-time/restrict.js'
export type { DecodedStepRow, SnapshotFromRowsOptions } from './step-time/rows.js'
export { stepTimeSnapshotFromRows } from './step-time/rows.js'
export type { SteadyStepLimits, SteadySteps } from './step-time/steady-steps.js'
export {
  findSteadyDurations,
  findSteadySteps,
  STEADY_STEP_LIMITS,
} from './step-time/steady-steps.js'
export { parseTrainingStrategy } from './step-time/strategy.js'
export type { StepMetricKey, StepTimeValues, StepValueKey } from './step-time/values.js'
export { STEP_METRICS, STEP_VALUE_KEYS } from './step-time/values.js'
export type {
  RankStepFacts,
  StepSeries,
  StepTimeAnalysisOptions,
  StepTimeCoverage,
  StepTimeMetric,
  StepTimeWindow,
} from './step-time/window.js'
export { findStepMetric } from './step-time/window.js'
export type { TrendBand, TrendConfig, TrendEvidence } from './trend.js'
export { analyzeTrend, DEFAULT_TREND_CONFIG, trendLabel } from './trend.js'
