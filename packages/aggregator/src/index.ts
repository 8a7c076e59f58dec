export { isoTimestamp, writeJsonAtomic, writeTextAtomic } from './atomic-write.js'
export { historyBudgetSeconds } from './finalize/budget.js'
export type { HistoryFinalize, HistoryProgress, HistoryStats } from './history/history-port.js'
export type {
  AggregatorHandle,
  AggregatorLive,
  AggregatorOptions,
  AggregatorStats,
  FinalizeOptions,
  FinalizeResult,
  SummaryFiles,
  SummaryRequest,
} from './options.js'
export { startAggregator } from './start-aggregator.js'
export type { WebSocketAddress, WebSocketOptions } from './websocket/options.js'
