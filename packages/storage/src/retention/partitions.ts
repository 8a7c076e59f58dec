import type { ColumnValue } from '../internal/values.js'
import { type PendingRow, TABLE } from '../writer/pending.js'

/** Which rows of a table share a limit: by node, by rank, or by sampler and rank. */
export type PartitionKey = number | string

/** Tables whose rows are limited per partition, by position. */
export const LIMITED_TABLES: readonly number[] = [
  TABLE.system,
  TABLE.process,
  TABLE.stepTime,
  TABLE.stepMemory,
  TABLE.custom,
]

/** Columns whose first non-null value is the partition, by table name. */
export const PARTITION_COLUMNS = {
  system_samples: ['node_rank', 'global_rank'],
  process_samples: ['global_rank', 'rank'],
  step_time_samples: ['global_rank', 'rank'],
  step_memory_samples: ['global_rank', 'rank'],
  custom_samples: ['sampler', 'global_rank'],
} as const

/** The partition of a row that is about to be written. */
export function partitionOf(table: number, row: PendingRow): PartitionKey {
  if (table === TABLE.system) return firstNumber(row[5], row[1])
  if (table === TABLE.custom) return customPartition(row[8], row[1])
  return firstNumber(row[2], row[1])
}

/** The partition of a row of `custom_samples`. */
export function customPartition(
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
