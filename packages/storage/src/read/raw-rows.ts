import { sql } from 'kysely'
import type { SqliteHandle } from '../handle.js'
import { builder } from '../schema/builder.js'
import { columnNames } from '../schema/migrate.js'
import { SAMPLE_TABLES, type SampleTable } from '../schema/tables.js'
import { unreadable } from '../unreadable.js'
import { createNameFiller } from './layer-names.js'

/** Rows that are read at once: no read lasts longer, so that no writer's checkpoint waits for one. */
const PAGE_ROWS = 500

/** A row as it is stored, by column name; the names of layers, which rows share, are put into it. */
export type RawRow = Readonly<Record<string, unknown>> & { readonly id: number }

/** Which rows to read. */
export interface RawRowsQuery {
  readonly table: SampleTable
  /** Only rows of this global rank; null for all. */
  readonly rank: number | null
  /** Only the newest rows; null for all. */
  readonly newest: number | null
  /** Only rows with a larger id: how to go on where an earlier reading ended. Default: all. */
  readonly afterId?: number
}

/** A table of a history. */
export interface TableSize {
  readonly table: SampleTable
  readonly rows: number
  /** Ranks that have rows, ascending; empty when the rows name none. */
  readonly ranks: readonly number[]
}

/** The rows of a history as they are stored, for people and exports. */
export interface RawRows {
  /** The tables that the file has, in their usual order. O(rows). */
  sizes(): readonly TableSize[]
  /** Pages of rows, oldest first. Rows that are deleted in between are left out. */
  pages(query: RawRowsQuery): IterableIterator<readonly RawRow[]>
  close(): void
}

/**
 * Reads rows over a connection, which is closed with the result. Every page is a read of its own: a
 * writer is never held up.
 *
 * @param name - What to call the history in errors, for example its path.
 * @returns Methods throw {@link StorageError} `TRACEML_STORAGE_OPEN` when the file is damaged.
 */
export function createRawRows(handle: SqliteHandle, name: string): RawRows {
  const read = <Result>(body: () => Result): Result => {
    try {
      return body()
    } catch (error) {
      throw unreadable(name, error)
    }
  }
  const all = (query: {
    compile(): { sql: string; parameters: readonly unknown[] }
  }): unknown[] => {
    const { sql: text, parameters } = query.compile()
    return read(() => handle.prepare(text).all(...parameters))
  }
  /** Older files know `rank` only. */
  const rankColumn = (table: SampleTable): 'global_rank' | 'rank' | null => {
    const names = read(() => columnNames(handle, table))
    return names.includes('global_rank') ? 'global_rank' : names.includes('rank') ? 'rank' : null
  }
  const existing = (): readonly SampleTable[] =>
    SAMPLE_TABLES.filter((table) => read(() => columnNames(handle, table)).length > 0)

  const fill = createNameFiller(handle)
  const withNames = (row: RawRow): RawRow => read(() => fill(row))

  function* pages({
    table,
    rank,
    newest,
    afterId,
  }: RawRowsQuery): IterableIterator<readonly RawRow[]> {
    if (!existing().includes(table) || newest === 0) return
    const column = rankColumn(table)
    const reference = sql.ref<number>(column ?? 'id')
    const rows = () => {
      const query = builder.selectFrom(table).selectAll()
      return rank === null ? query : query.where(reference, '=', column === null ? -1 : rank)
    }
    let after = afterId ?? 0
    if (newest !== null) {
      const query = rows().clearSelect().select('id').orderBy('id', 'desc').limit(1)
      const [first] = all(query.offset(newest - 1)) as { readonly id: number }[]
      after = Math.max(after, first === undefined ? 0 : first.id - 1)
    }
    for (;;) {
      const page = all(
        rows().where('id', '>', after).orderBy('id').limit(PAGE_ROWS),
      ) as readonly RawRow[]
      if (page.length > 0) yield table === 'layer_samples' ? page.map(withNames) : page
      if (page.length < PAGE_ROWS) return
      after = page.at(-1)?.id ?? after
    }
  }

  return {
    sizes: () =>
      existing().map((table) => {
        const column = rankColumn(table)
        const [count] = all(
          builder.selectFrom(table).select(({ fn }) => fn.countAll<number>().as('rows')),
        ) as { readonly rows: number }[]
        const reference = sql.ref<number | null>(column ?? 'id')
        const found =
          column === null
            ? []
            : (all(builder.selectFrom(table).select(reference.as('rank')).distinct()) as {
                readonly rank: number | null
              }[])
        const ranks = found.map(({ rank }) => rank).filter((rank) => rank !== null)
        return { table, rows: count?.rows ?? 0, ranks: ranks.toSorted((a, b) => a - b) }
      }),
    pages,
    close: () => {
      handle.close()
    },
  }
}
