import type { LayerModelRow, LayerRequest, LayerSampleRow, LayerWindow } from '@traceml/contracts'
import { type CompiledQuery, sql } from 'kysely'
import type { SqliteHandle } from '../handle.js'
import { layerModelRow, layerSampleRow } from '../internal/layer-rows.js'
import { builder } from '../schema/builder.js'
import { columnNames } from '../schema/migrate.js'
import { createNameFiller } from './layer-names.js'

type Columns = Readonly<Record<string, unknown>>

/** Layers of the newest sampled steps; empty for a file without them. */
export function readLayers(handle: SqliteHandle, request: LayerRequest): LayerWindow {
  return { models: readModels(handle), samples: readSamples(handle, request) }
}

function readModels(handle: SqliteHandle): readonly LayerModelRow[] {
  if (columnNames(handle, 'layer_models').length === 0) return []
  const query = sql`select * from layer_models where id in (
      select max(id) from layer_models where global_rank is not null
      group by global_rank, model_index)
    order by global_rank, model_index`.compile(builder)
  return (handle.prepare(query.sql).all() as Columns[]).map(layerModelRow)
}

function readSamples(handle: SqliteHandle, request: LayerRequest): readonly LayerSampleRow[] {
  if (columnNames(handle, 'layer_samples').length === 0) return []
  const query = newestSamples(Math.max(1, Math.trunc(request.windowSteps)))
  const rows = handle.prepare(query.sql).all(...query.parameters) as Columns[]
  return rows
    .map(createNameFiller(handle))
    .map(layerSampleRow)
    .filter((row) => row !== null)
}

/** A step that came twice, because its sender was not sure that it had arrived, counts once. */
function newestSamples(limit: number): CompiledQuery<unknown> {
  return sql`select * from layer_samples where id in (
      select id from (
        select id, row_number() over (
          partition by global_rank, model_id, kind order by id desc) as position
        from (select max(id) as id, global_rank, model_id, kind from layer_samples
          where global_rank is not null and step is not null
          group by global_rank, model_id, kind, step))
      where position <= ${limit})
    order by global_rank, id`.compile(builder)
}
