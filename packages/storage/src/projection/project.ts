import type { EnvelopeMeta, NormalizedEnvelope } from '@traceml/contracts'
import { SAMPLER_NAMES } from '@traceml/contracts'
import { type ColumnValue, isMap } from '../internal/values.js'
import type { Pending } from '../writer/pending.js'
import { projectCustom } from './custom.js'
import { projectEnvironment } from './environment.js'
import { projectLayerModel, projectLayerSample } from './layers.js'
import { projectLine } from './lines.js'
import { projectProcess } from './process.js'
import { projectStepMemory } from './step-memory.js'
import { projectStepTime } from './step-time.js'
import { projectSystem } from './system.js'

/** What every row of one envelope shares. */
interface EnvelopeContext {
  readonly meta: EnvelopeMeta
  /** Unix nanoseconds. */
  readonly recvTsNs: bigint
  /** Name of the table that the row came in. */
  readonly table: string
  /** `recv_ts_ns`, rank, identity: the first columns of tables with a `rank`. */
  readonly ranked: readonly ColumnValue[]
  /** The same without `rank`. */
  readonly unranked: readonly ColumnValue[]
}

/** Buffers the row (or rows) that one row of the wire becomes. */
export type Projector = (
  row: Readonly<Record<string, unknown>>,
  context: EnvelopeContext,
  pending: Pending,
) => void

const PROJECTORS: ReadonlyMap<string, Projector> = /* @__PURE__ */ new Map([
  [SAMPLER_NAMES.runtimeEnvironment.sampler, projectEnvironment],
  [SAMPLER_NAMES.system.sampler, projectSystem],
  [SAMPLER_NAMES.process.sampler, projectProcess],
  [SAMPLER_NAMES.stepTime.sampler, projectStepTime],
  [SAMPLER_NAMES.stepMemory.sampler, projectStepMemory],
  [SAMPLER_NAMES.stdoutStderr.sampler, projectLine],
  [SAMPLER_NAMES.layerMemory.sampler, projectLayerModel],
  [SAMPLER_NAMES.layerForwardTime.sampler, projectLayerSample('forward_time')],
  [SAMPLER_NAMES.layerBackwardTime.sampler, projectLayerSample('backward_time')],
  [SAMPLER_NAMES.layerForwardMemory.sampler, projectLayerSample('forward_memory')],
  [SAMPLER_NAMES.layerBackwardMemory.sampler, projectLayerSample('backward_memory')],
])

/**
 * Buffers the rows of an envelope. The sampler decides on the table in the database; names of
 * tables on the wire are ignored, except for the runtime environment. Unknown samplers go to
 * `custom_samples`; an envelope without a sampler has no rows.
 */
export function projectEnvelope(
  envelope: NormalizedEnvelope,
  recvTsNs: bigint,
  pending: Pending,
): void {
  const { meta, tables } = envelope
  if (meta.sampler === null) return
  const project = PROJECTORS.get(meta.sampler) ?? projectCustom
  const unranked = [recvTsNs, ...identityOf(meta)]
  const ranked = [recvTsNs, meta.global_rank ?? meta.rank, ...identityOf(meta)]
  for (const table of Object.keys(tables)) {
    if (project === projectEnvironment && table !== SAMPLER_NAMES.runtimeEnvironment.table) continue
    const rows = tables[table]
    if (!Array.isArray(rows)) continue
    const context = { meta, recvTsNs, table, ranked, unranked }
    for (const row of rows) if (isMap(row)) project(row, context, pending)
  }
}

function identityOf(meta: EnvelopeMeta): readonly ColumnValue[] {
  return [
    meta.global_rank,
    meta.local_rank,
    meta.world_size,
    meta.local_world_size,
    meta.node_rank,
    meta.hostname,
  ]
}
