export { diagnoseLayers } from './layers/diagnose.js'
export type { LayersPolicy } from './layers/policy.js'
export { LAYERS_POLICY } from './layers/policy.js'
export { defaultLayersRules } from './layers/rules/default-rules.js'
export { heavyLayerRule } from './layers/rules/heavy-layer.js'
export { heavyLayerMemoryRule } from './layers/rules/heavy-layer-memory.js'
export { layerSkewRule } from './layers/rules/layer-skew.js'
export type { LayersRule } from './layers/rules/rule.js'
export { timeOutsideLayersRule } from './layers/rules/time-outside-layers.js'
export type { ComposeOptions } from './model-diagnostics/compose.js'
export {
  composeModelDiagnostics,
  defaultModelDiagnosticDomains,
} from './model-diagnostics/compose.js'
export type { ModelDiagnosticDomain, ModelDiagnosticsContext } from './model-diagnostics/context.js'
export type { ModelDiagnosticItem, ModelDiagnosticsPayload } from './model-diagnostics/payload.js'
export { stepMemoryDomain } from './model-diagnostics/step-memory-domain.js'
export { stepTimeDomain } from './model-diagnostics/step-time-domain.js'
export type { DiagnosticPolicies, PolicySetName } from './policies.js'
export { resolvePolicies } from './policies.js'
export { selectPrimaryDiagnosis } from './primary/select.js'
export { createProcessSignals } from './process/context.js'
export type { ProcessDiagnosis, ProcessDiagnosisResult } from './process/diagnose.js'
export { diagnoseProcess, judgeProcess } from './process/diagnose.js'
export type { ProcessSampleInput } from './process/input.js'
export type { ProcessPolicy } from './process/policy.js'
export { PROCESS_POLICY, ROBUST_PROCESS_POLICY } from './process/policy.js'
export { defaultProcessRules } from './process/rules/default-rules.js'
export { gpuMemoryReservedOverhangRule } from './process/rules/gpu-memory-reserved-overhang.js'
export { highProcessCpuRule } from './process/rules/high-process-cpu.js'
export { highProcessGpuMemoryRule } from './process/rules/high-process-gpu-memory.js'
export { highProcessRssRule } from './process/rules/high-process-rss.js'
export { processMemoryRisingRule } from './process/rules/process-memory-rising.js'
export { rankGpuMemoryImbalanceRule } from './process/rules/rank-gpu-memory-imbalance.js'
export type { ProcessRule } from './process/rules/rule.js'
export { veryHighProcessGpuMemoryRule } from './process/rules/very-high-process-gpu-memory.js'
export type { ProcessMemoryTrend, ProcessRankSignals, ProcessSignals } from './process/signals.js'
export { selectProcessWindow } from './process/window.js'
export type { Band, BandLimits, UtilizationBand, UtilizationLimits } from './shared/band.js'
export { bandOf, utilizationBandOf } from './shared/band.js'
export type { RuleDiagnosisResult, RuleDomain } from './shared/diagnose-by-rules.js'
export { diagnoseByRules } from './shared/diagnose-by-rules.js'
export type { IssueInit } from './shared/issues.js'
export { createIssue, issueFromDiagnosis, normalizeIssues } from './shared/issues.js'
export type { IssueOrder } from './shared/order.js'
export { byPriority, byScore, bySeverity, sortIssues } from './shared/order.js'
export type { RowInput } from './shared/row-input.js'
export type { RuleFailure } from './shared/run-rules.js'
export { formatPercent } from './shared/text.js'
export type { StepMemoryLoadStatus } from './step-memory/align.js'
export { alignLiveMetrics, alignSummaryMetrics } from './step-memory/align.js'
export { alignMemoryColumns } from './step-memory/align-columns.js'
export { stepMemorySignalsOf } from './step-memory/context.js'
export { creepEvidence } from './step-memory/creep.js'
export type { StepMemoryResult } from './step-memory/diagnose.js'
export { diagnoseStepMemory, judgeStepMemory } from './step-memory/diagnose.js'
export type { StepMemoryCapacity } from './step-memory/diagnose-aligned.js'
export { diagnoseAlignedStepMemory } from './step-memory/diagnose-aligned.js'
export type { LiveStepMemoryResult } from './step-memory/diagnose-live.js'
export { diagnoseLiveStepMemory } from './step-memory/diagnose-live.js'
export type { StepMemoryDiagnosis, StepMemoryVerdict } from './step-memory/diagnosis.js'
export type { StepMemoryInput, StepMemorySampleInput } from './step-memory/input.js'
export { withLiveTensors } from './step-memory/live-tensors.js'
export type { RobustStepMemoryPolicy, StepMemoryPolicy } from './step-memory/policy.js'
export {
  LIVE_STEP_MEMORY_POLICY,
  ROBUST_LIVE_STEP_MEMORY_POLICY,
  ROBUST_STEP_MEMORY_POLICY,
  SUMMARY_STEP_MEMORY_POLICY,
} from './step-memory/policy.js'
export { creepConfirmedRule } from './step-memory/rules/creep-confirmed.js'
export { creepEarlyRule } from './step-memory/rules/creep-early.js'
export { defaultStepMemoryRules } from './step-memory/rules/default-rules.js'
export { highPressureRule } from './step-memory/rules/high-pressure.js'
export { imbalanceRule } from './step-memory/rules/imbalance.js'
export type { StepMemoryRule } from './step-memory/rules/rule.js'
export type {
  CreepEvidence,
  RankCreep,
  StepMemoryMetric,
  StepMemoryRank,
  StepMemorySignals,
} from './step-memory/signals.js'
export type { StepMemoryTables } from './step-memory/window.js'
export { createStepMemoryWindow } from './step-memory/window.js'
export type { StepTimeContext } from './step-time/context.js'
export { createStepTimeContext } from './step-time/context.js'
export { diagnoseStepTime } from './step-time/diagnose.js'
export type { StepTimeEvidence } from './step-time/evidence.js'
export { stepTimeEvidence } from './step-time/evidence.js'
export type {
  LiveStepTimeResult,
  LiveStepTimeSession,
  LiveStepTimeSessionOptions,
  StepTimeFreshness,
} from './step-time/live-session.js'
export { createLiveStepTimeSession } from './step-time/live-session.js'
export type { MissingSignal, StepTimeSignal } from './step-time/missing-signals.js'
export type {
  RobustStepTimePolicy,
  StepTimePolicy,
  StepTimeTrendPolicy,
} from './step-time/policy.js'
export {
  LIVE_STEP_TIME_POLICY,
  LIVE_STEP_TIME_REQUEST,
  ROBUST_LIVE_STEP_TIME_POLICY,
  ROBUST_SUMMARY_STEP_TIME_POLICY,
  SUMMARY_STEP_TIME_POLICY,
  SUMMARY_STEP_TIME_REQUEST,
} from './step-time/policy.js'
export type { StepTimeDiagnosis, StepTimeDiagnosisResult } from './step-time/result.js'
export { computeBoundRule } from './step-time/rules/compute-bound.js'
export { defaultStepTimeRules } from './step-time/rules/default-rules.js'
export { h2dBoundRule } from './step-time/rules/h2d-bound.js'
export { inputBoundRule } from './step-time/rules/input-bound.js'
export { rankStragglerRule } from './step-time/rules/rank-straggler.js'
export { residualHeavyRule } from './step-time/rules/residual-heavy.js'
export type { StragglerComparison, StragglerComponent } from './step-time/stragglers.js'
export { RESIDUAL_DEFINITION } from './step-time/texts.js'
export type { StepTimeTrend } from './step-time/trend.js'
export { createSystemContext } from './system/context.js'
export type { SystemDiagnosis, SystemDiagnosisResult } from './system/diagnose.js'
export { diagnoseSystem } from './system/diagnose.js'
export type {
  SystemGpuSampleInput,
  SystemInput,
  SystemSampleInput,
} from './system/input.js'
export type { SystemPolicy } from './system/policy.js'
export { SYSTEM_POLICY } from './system/policy.js'
export { defaultSystemRules } from './system/rules/default-rules.js'
export { highCpuRule } from './system/rules/high-cpu.js'
export { highGpuMemoryRule } from './system/rules/high-gpu-memory.js'
export { highGpuPowerRule } from './system/rules/high-gpu-power.js'
export { highGpuTemperatureRule } from './system/rules/high-gpu-temperature.js'
export { highHostMemoryRule } from './system/rules/high-host-memory.js'
export { lowGpuUtilizationRule } from './system/rules/low-gpu-utilization.js'
export { moderateGpuUtilizationRule } from './system/rules/moderate-gpu-utilization.js'
export type { SystemRule } from './system/rules/rule.js'
export { veryHighGpuMemoryRule } from './system/rules/very-high-gpu-memory.js'
export type {
  GpuSignals,
  SystemContext,
  SystemNodeSignals,
  SystemSignals,
} from './system/signals.js'
export { selectSystemWindow } from './system/window.js'
