/** What a running training looks like, as data: one payload a tick for every surface. */
export type {
  LiveEngine,
  LiveFacts,
  LiveLineRow,
  LiveMemoryRows,
  LiveRankFact,
  LiveRowBatch,
  LiveRunInfo,
  LiveStepRows,
} from './live/engine.js'
export type {
  LiveLogLine,
  LiveLogTail,
  LivePayload,
  LiveTelemetry,
} from './live/payload.js'
export type {
  LiveGpu,
  LiveNode,
  LivePhase,
  LivePhasesMs,
  LiveRank,
  LiveRankMemory,
  LiveRankProcess,
} from './live/ranks.js'
export { LIVE_PHASES } from './live/ranks.js'
export type { LiveEnd, LiveProgress, LiveReport, LiveRun } from './live/run.js'
export type {
  LiveComposition,
  LiveExtraSections,
  LiveMemoryMetric,
  LiveNodeSeries,
  LiveProcessBody,
  LiveSection,
  LiveSectionReader,
  LiveSectionResult,
  LiveSectionSpec,
  LiveSections,
  LiveSpread,
  LiveStepHeat,
  LiveStepMemoryBody,
  LiveStepMetric,
  LiveStepSeries,
  LiveStepTimeBody,
  LiveStraggler,
  LiveSystemBody,
} from './live/sections.js'
export { defineLiveSection } from './live/sections.js'
export type {
  LiveApi,
  LiveApiError,
  LiveBuckets,
  LiveLogQuery,
  LiveLogs,
  LiveSeries,
  LiveSeriesQuery,
  LiveSource,
  LiveStatus,
} from './live/source.js'
export type { LiveFreshness, LiveState } from './live/state.js'
export { LIVE_SCHEMA_VERSION, LIVE_STATES } from './live/state.js'
export type {
  LiveEvidence,
  LiveIssue,
  LiveTone,
  LiveTrend,
  LiveUnit,
  LiveVerdict,
} from './live/verdict.js'
