import type { SqliteHandle } from '../handle.js'
import { builder } from '../schema/builder.js'
import { createLayerListsSql } from '../schema/ddl.js'
import type { PendingRow } from './pending.js'

/** Lists per file: a model whose layers differ from step to step must not fill it with names. */
const MAX_LISTS = 256
const ID_AT = 14
const TEXT_AT = 15

/**
 * Names of layers are most of a row and the same in nearly all of them, so they are stored once and
 * rows name them by number.
 */
export interface LayerLists {
  /** The row to bind, inside a transaction; its argument stays as it is. */
  shorten(row: PendingRow): PendingRow
  /** The transaction is written. */
  commit(): void
  /** The transaction is undone, and so are the lists that it stored. */
  rollback(): void
}

/** The lists of an open file, which are read when the first row asks for one. */
export function createLayerLists(handle: SqliteHandle): LayerLists {
  let known: Map<string, number> | null = null
  let isNew = false
  const idOf = (text: string): number | null => {
    if (known === null) {
      known = readLists(handle)
      isNew = true
    }
    const id = known.get(text)
    if (id !== undefined) return id
    if (known.size >= MAX_LISTS) return null
    const insert = builder.insertInto('layer_lists').values({ layers_json: text }).compile()
    const added = Number(handle.prepare(insert.sql).run(text).lastInsertRowid)
    known.set(text, added)
    isNew = true
    return added
  }
  return {
    shorten(row) {
      const text = row[TEXT_AT]
      const id = typeof text === 'string' ? idOf(text) : null
      return id === null ? row : row.with(ID_AT, id).with(TEXT_AT, null)
    },
    commit() {
      isNew = false
    },
    rollback() {
      // The table itself may be gone, if this transaction made it.
      if (isNew) known = null
      isNew = false
    },
  }
}

function readLists(handle: SqliteHandle): Map<string, number> {
  handle.prepare(createLayerListsSql()).run()
  const query = builder.selectFrom('layer_lists').select(['layers_json', 'id']).compile()
  return new Map(handle.prepare(query.sql).raw().all() as [string, number][])
}
