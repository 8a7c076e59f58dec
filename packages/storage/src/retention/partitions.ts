import type { ColumnValue } from '../internal/values.js'
import { type PendingRow, TABLE } from '../writer/pending.js'

/** Which rows of a table share a limit: by node, by rank, or by rank and something else. */
export type PartitionKey = number | string

/** Tables whose rows are limited per partition, by position. */
export const LIMITED_TABLES: readonly number[] = [
  TABLE.system,
  TABLE.process,
  TABLE.stepTime,
  TABLE.stepMemory,
  TABLE.custom,
  TABLE.layerModels,
  TABLE.layerSamples,
]

/** Columns that say which partition a row belongs to, by table name; see {@link partitionOfValues}. */
export const PARTITION_COLUMNS = {
  system_samples: ['node_rank', 'global_rank'],
  process_samples: ['global_rank', 'rank'],
  step_time_samples: ['global_rank', 'rank'],
  step_memory_samples: ['global_rank', 'rank'],
  custom_samples: ['sampler', 'global_rank'],
  layer_models: ['global_rank', 'rank'],
  layer_samples: ['global_rank', 'rank', 'model_id', 'kind'],
} as const

/** The partition of a row that is about to be written. */
export function partitionOf(table: number, row: PendingRow): PartitionKey {
  if (table === TABLE.system) return firstNumber(row[5], row[1])
  if (table === TABLE.custom) return customPartition(row[8], row[1])
  if (table === TABLE.layerSamples) return layerPartition(layerModelOf(row), row[10])
  return firstNumber(row[2], row[1])
}

/** The partition of a row by the values of its {@link PARTITION_COLUMNS}. */
export function partitionOfValues(table: number, values: readonly ColumnValue[]): PartitionKey {
  const [first, second, third, fourth] = values
  if (table === TABLE.custom) return customPartition(first, second)
  if (table === TABLE.layerSamples) {
    return layerPartition({ rank: firstNumber(first, second), model: third ?? null }, fourth)
  }
  return firstNumber(first, second)
}

/** A model of a rank. */
export interface RankModel {
  readonly rank: number
  readonly model: ColumnValue
}

/** The model that a row of `layer_samples` is about. */
export function layerModelOf(row: PendingRow): RankModel {
  return { rank: firstNumber(row[2], row[1]), model: row[11] ?? null }
}

/** The partition of the rows of one kind about a model. */
export function layerPartition(
  { rank, model }: RankModel,
  kind: ColumnValue | undefined,
): PartitionKey {
  return `${rank}/${model ?? ''}/${kind ?? ''}`
}

function customPartition(
  sampler: ColumnValue | undefined,
  globalRank: ColumnValue | undefined,
): PartitionKey {
  return `${globalRank ?? ''}/${sampler ?? ''}`
}

/** The first value that is not null, else 0. */
export function firstNumber(
  first: ColumnValue | undefined,
  second: ColumnValue | undefined,
): number {
  return Number(first ?? second ?? 0)
}
