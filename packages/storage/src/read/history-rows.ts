import type {
  CustomSampleRow,
  LayerModelRow,
  LayerSampleRow,
  ProcessSampleRow,
  StepMemorySampleRow,
  SystemGpuSampleRow,
  SystemSampleRow,
} from '@traceml/contracts'
import type { SqliteHandle } from '../handle.js'
import { layerModelRow, layerSampleRow } from '../internal/layer-rows.js'
import { builder } from '../schema/builder.js'
import { columnNames } from '../schema/migrate.js'
import type { SampleTable } from '../schema/tables.js'
import { createNameFiller } from './layer-names.js'

/** The tables that can be read row by row, with what their rows look like. */
export interface HistoryRowTypes {
  readonly system_samples: SystemSampleRow
  readonly system_gpu_samples: SystemGpuSampleRow & { readonly sample_ts_s: number | null }
  readonly process_samples: ProcessSampleRow
  readonly step_memory_samples: StepMemorySampleRow & { readonly sample_ts_s: number | null }
  readonly custom_samples: Omit<CustomSampleRow, 'row'> & { readonly row_json: string }
  readonly layer_models: LayerModelRow
  readonly layer_samples: LayerSampleRow
}

const PAGE_ROWS = 500

type Columns = Readonly<Record<string, unknown>>

/** Tables whose rows are more than their columns: called when the table exists. */
const READERS: Readonly<Partial<Record<SampleTable, (handle: SqliteHandle) => Iterable<unknown>>>> =
  { layer_models: iterateLayerModels, layer_samples: iterateLayerSamples }

function* iterateLayerModels(handle: SqliteHandle): Generator<LayerModelRow> {
  for (const row of pagesOf(handle, 'layer_models')) yield layerModelRow(row)
}

function* iterateLayerSamples(handle: SqliteHandle): Generator<LayerSampleRow> {
  const fill = createNameFiller(handle)
  for (const row of pagesOf(handle, 'layer_samples')) {
    const sample = layerSampleRow(fill(row))
    if (sample !== null) yield sample
  }
}

/** Rows of a table in parts, so that other queries may be run between them. */
function* pagesOf(
  handle: SqliteHandle,
  table: 'layer_models' | 'layer_samples',
): Generator<Columns> {
  const query = builder
    .selectFrom(table)
    .selectAll()
    .where('id', '>', 0)
    .orderBy('id')
    .limit(PAGE_ROWS)
    .compile()
  const statement = handle.prepare(query.sql)
  let after = 0
  for (;;) {
    const page = statement.all(after, PAGE_ROWS) as (Columns & { readonly id: number })[]
    yield* page
    if (page.length < PAGE_ROWS) return
    after = page.at(-1)?.id ?? after
  }
}

/** Nanoseconds beyond 2^53 that no reader needs. */
const LEFT_OUT = 'recv_ts_ns'

/**
 * Every row of a table in the order in which it was stored, as the columns of the file, those of
 * layers with their lists. Memory does not grow with the table; a file without it has no rows.
 */
export function* iterateRows<Table extends SampleTable & keyof HistoryRowTypes>(
  handle: SqliteHandle,
  table: Table,
): Generator<HistoryRowTypes[Table]> {
  const columns = columnNames(handle, table).filter((column) => column !== LEFT_OUT)
  if (columns.length === 0) return
  const special = READERS[table]?.(handle) as Iterable<HistoryRowTypes[Table]> | undefined
  if (special !== undefined) {
    yield* special
    return
  }
  const query = builder
    .selectFrom(table as SampleTable)
    .select(columns as 'id'[])
    .orderBy('id')
    .compile()
  yield* handle.prepare(query.sql).iterate() as IterableIterator<HistoryRowTypes[Table]>
}
