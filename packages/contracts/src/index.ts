export type { Clock } from './clock.js'
export type {
  ComparableSummary,
  CompareDirection,
  ComparedMetric,
  CompareMetric,
  CompareMetricContext,
  CompareUnit,
} from './compare.js'
export { COMPARE_SCHEMA_VERSION, defineCompareMetric } from './compare.js'
export type {
  DeviceStepTime,
  DeviceTimeEnd,
  DeviceTimeFact,
  DeviceTimeStart,
  DeviceTimeSteps,
} from './device-time.js'
export { DEVICE_TIME_TOPIC } from './device-time.js'
export type {
  Diagnosis,
  DiagnosisResult,
  DiagnosticDomain,
  Evidence,
  Issue,
  Rule,
  Severity,
} from './diagnosis.js'
export { defineRule, SEVERITY_RANK } from './diagnosis.js'
export type {
  AckMessage,
  ControlMessage,
  EnvelopeMeta,
  HelloMessage,
  NormalizedEnvelope,
  RankCondition,
  RankFinishedMessage,
  RankStateMessage,
  TelemetryEnvelope,
  WireRow,
} from './envelope.js'
export { envelopeMeta, PROTOCOL_VERSION, SAMPLER_NAMES } from './envelope.js'
export { DEFAULTS, ENV } from './environment.js'
export type { ErrorCode } from './error-codes.js'
export { ERROR_CODES } from './error-codes.js'
export type { TraceMLErrorOptions } from './errors.js'
export {
  ConfigError,
  errorMessage,
  InputError,
  MissingPackageError,
  PluginError,
  ProtocolError,
  SchemaError,
  StorageError,
  TraceMLError,
  TransportError,
} from './errors.js'
export type { Exporter, ExporterStats, ExportItem } from './exporter.js'
export { defineExporter } from './exporter.js'
export type { FactSource } from './facts.js'
export { FACT_LIMIT } from './facts.js'
export type { GpuInfo, GpuProcess, GpuReader, GpuReading } from './gpu.js'
export { DEFAULT_GPU_MODULES } from './gpu.js'
export type { GpuDeviceProcess, GpuDeviceRow } from './gpu-device-row.js'
export { readGpuDeviceRow } from './gpu-device-row.js'
export type { RankIdentity, RuntimeIdentity } from './identity.js'
export type {
  JavaScriptCall,
  JavaScriptCallLevels,
  JavaScriptContextLostFact,
  JavaScriptCountersFact,
  JavaScriptFact,
  JavaScriptGarbageFact,
  JavaScriptLoopFact,
  JavaScriptShape,
  JavaScriptSiteFact,
  JavaScriptVisibilityFact,
} from './javascript.js'
export { JAVASCRIPT_EVENTS, JAVASCRIPT_TOPIC } from './javascript.js'
export type { JsonObject, JsonValue } from './json.js'
export type {
  LayerCost,
  LayerEntry,
  LayerFact,
  LayerGroup,
  LayerKind,
  LayerModelFact,
  LayerModelRow,
  LayerPass,
  LayerProfile,
  LayerProfileCost,
  LayerRequest,
  LayerSampleRow,
  LayerStepFact,
  LayerWindow,
} from './layers.js'
export { DEFAULT_LAYER_BUDGET, LAYER_KINDS, LAYER_TOPIC, parseLayerBudget } from './layers.js'
export type {
  LiveApi,
  LiveApiError,
  LiveBuckets,
  LiveComposition,
  LiveEnd,
  LiveEngine,
  LiveEvidence,
  LiveExtraSections,
  LiveFacts,
  LiveFreshness,
  LiveGpu,
  LiveIssue,
  LiveLineRow,
  LiveLogLine,
  LiveLogQuery,
  LiveLogs,
  LiveLogTail,
  LiveMemoryMetric,
  LiveMemoryRows,
  LiveNode,
  LiveNodeSeries,
  LivePayload,
  LivePhase,
  LivePhasesMs,
  LiveProcessBody,
  LiveProgress,
  LiveRank,
  LiveRankFact,
  LiveRankMemory,
  LiveRankProcess,
  LiveReport,
  LiveRowBatch,
  LiveRun,
  LiveRunInfo,
  LiveSection,
  LiveSectionReader,
  LiveSectionResult,
  LiveSectionSpec,
  LiveSections,
  LiveSeries,
  LiveSeriesQuery,
  LiveSource,
  LiveSpread,
  LiveState,
  LiveStatus,
  LiveStepHeat,
  LiveStepMemoryBody,
  LiveStepMetric,
  LiveStepRows,
  LiveStepSeries,
  LiveStepTimeBody,
  LiveStraggler,
  LiveSystemBody,
  LiveTelemetry,
  LiveTone,
  LiveTrend,
  LiveUnit,
  LiveVerdict,
} from './live.js'
export { defineLiveSection, LIVE_PHASES, LIVE_SCHEMA_VERSION, LIVE_STATES } from './live.js'
export type {
  LivePanel,
  LivePanelBlock,
  LivePanelColumn,
  LivePanelFigure,
  LivePanelSeries,
  LivePanelView,
} from './live-panel.js'
export type { Logger } from './logger.js'
export { noopLogger } from './logger.js'
export type { RunManifest, RunStatus } from './manifest.js'
export { plainLine, plainText } from './plain-text.js'
export type { RunProgress } from './progress.js'
export type { Registry } from './registry.js'
export { createRegistry } from './registry.js'
export type { Renderer, RenderTarget } from './renderer.js'
export { defineRenderer } from './renderer.js'
export type {
  CustomSampleRow,
  ProcessSampleRow,
  StepMemorySampleRow,
  SystemGpuSampleRow,
  SystemSampleRow,
} from './rows.js'
export type {
  DisplayMode,
  OutputSource,
  Profile,
  RowSink,
  Sampler,
  SamplerContext,
  SamplerSpec,
} from './sampler.js'
export { defineSampler, defineSamplerSpec } from './sampler.js'
export type { RankMemoryColumns, StepMemoryColumns } from './step-memory.js'
export type { StepRecorder } from './step-recorder.js'
export type { RecordedStep, StepSource, TrainingEnvironment } from './step-source.js'
export type {
  Phase,
  RankStepColumns,
  StepClock,
  StepEventStats,
  StepEvents,
  StepTimeCursor,
  StepTimeRequest,
  StepTimeSnapshot,
  TrainingStrategy,
} from './step-time.js'
export { PHASE_EVENTS, PHASE_INDEX, PHASES, TRAINING_STRATEGIES } from './step-time.js'
export type { IngestStats, StepMemoryWindow, Store, SystemWindow, WindowRequest } from './store.js'
export type {
  FinalSummary,
  MetricPoint,
  PrimaryDiagnosis,
  RunFacts,
  SectionContext,
  SectionMetadata,
  SectionPayload,
  SectionWindow,
  SummarySection,
  TelemetryHealth,
  TopologyMode,
  UnfinishedRank,
} from './summary.js'
export { defineSection, SUMMARY_SCHEMA_VERSION } from './summary.js'
export type {
  GpuSummary,
  SectionDetails,
  SeriesLine,
  Spread,
  SummarySeries,
} from './summary-details.js'
export { SERIES_MAX_BUCKETS } from './summary-details.js'
export type { StepTimeEstimate, SummaryOutlook } from './summary-outlook.js'
export type { Scalar } from './summary-scalars.js'
export { toScalars } from './summary-scalars.js'
