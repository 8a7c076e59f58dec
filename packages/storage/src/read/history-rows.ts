import type {
  CustomSampleRow,
  ProcessSampleRow,
  StepMemorySampleRow,
  SystemGpuSampleRow,
  SystemSampleRow,
} from '@traceml/contracts'
import type { SqliteHandle } from '../handle.js'
import { builder } from '../schema/builder.js'
import { columnNames } from '../schema/migrate.js'
import type { SampleTable } from '../schema/tables.js'

/** The tables that can be read row by row, with what their rows look like. */
export interface HistoryRowTypes {
  readonly system_samples: SystemSampleRow
  readonly system_gpu_samples: SystemGpuSampleRow & { readonly sample_ts_s: number | null }
  readonly process_samples: ProcessSampleRow
  readonly step_memory_samples: StepMemorySampleRow & { readonly sample_ts_s: number | null }
  readonly custom_samples: Omit<CustomSampleRow, 'row'> & { readonly row_json: string }
}

/** Nanoseconds beyond 2^53 that no reader needs. */
const LEFT_OUT = 'recv_ts_ns'

/**
 * Every row of a table in the order in which it was stored, as the columns of the file. Memory does
 * not grow with the table; a file without the table has no rows.
 */
export function* iterateRows<Table extends SampleTable & keyof HistoryRowTypes>(
  handle: SqliteHandle,
  table: Table,
): Generator<HistoryRowTypes[Table]> {
  const columns = columnNames(handle, table).filter((column) => column !== LEFT_OUT)
  if (columns.length === 0) return
  const query = builder
    .selectFrom(table as SampleTable)
    .select(columns as 'id'[])
    .orderBy('id')
    .compile()
  yield* handle.prepare(query.sql).iterate() as IterableIterator<HistoryRowTypes[Table]>
}
