import { toReal } from '../internal/values.js'
import { addRow, TABLE } from '../writer/pending.js'
import type { Projector } from './project.js'

/** A row of a sampler without a table of its own: kept as JSON text. */
export const projectCustom: Projector = (row, { meta, table, unranked }, pending) => {
  addRow(pending, TABLE.custom, [
    ...unranked,
    meta.pid,
    meta.sampler,
    table,
    toReal(row['ts']) ?? meta.timestamp,
    JSON.stringify(row, plainValue),
  ])
}

/** What JSON cannot say: big integers become text, bytes null. */
function plainValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? null : value
}
