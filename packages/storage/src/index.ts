export type { SqliteHandle, SqliteStatement } from './handle.js'
export { layerModelRow, layerSampleRow } from './internal/layer-rows.js'
export type { CustomQuery } from './read/custom.js'
export { retainedRows } from './retention/retained-rows.js'
export { builder as queryBuilder } from './schema/builder.js'
export type { ColumnSpec, ColumnType } from './schema/columns.js'
export { TABLE_COLUMNS } from './schema/columns.js'
export type { IndexSpec } from './schema/indexes.js'
export { INDEXES } from './schema/indexes.js'
export type { HistoryFacts } from './schema/meta.js'
export { migrate, STORAGE_SCHEMA_VERSION } from './schema/migrate.js'
export type {
  CustomSamplesTable,
  HistoryTables,
  LayerListsTable,
  LayerModelsTable,
  LayerSamplesTable,
  ProcessSamplesTable,
  RuntimeEnvironmentTable,
  SampleTable,
  StdoutStderrSamplesTable,
  StepMemorySamplesTable,
  StepTimeSamplesTable,
  SystemGpuSamplesTable,
  SystemSamplesTable,
  TracemlMetaTable,
} from './schema/tables.js'
export { LATE_TABLES, SAMPLE_TABLES } from './schema/tables.js'
export type { StoreOptions } from './store.js'
export { createStore } from './store.js'
export type { RankProgress } from './window/step-windows.js'
export { createHistoryWriter } from './writer/history-writer.js'
export type {
  FinalizeResult,
  HistoryWriter,
  HistoryWriterOptions,
  HistoryWriterStats,
  IngestResult,
  ProgressSnapshot,
} from './writer/types.js'
