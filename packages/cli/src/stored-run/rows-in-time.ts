import type { RawRow, RawRows } from '@traceml/storage/better-sqlite3'

/** Tables that live views are made of, in the order in which their rows make sense. */
const LIVE_TABLES = [
  'system_samples',
  'system_gpu_samples',
  'process_samples',
  'step_time_samples',
  'step_memory_samples',
  'stdout_stderr_samples',
  'custom_samples',
  'layer_models',
  'layer_samples',
] as const

/** Name of one of {@link LIVE_TABLES}. */
export type LiveTable = (typeof LIVE_TABLES)[number]

/** Largest id that was read, by table. */
export type Positions = Map<LiveTable, number>

/** What was stored within about one second. */
export interface Moment {
  /** Unix seconds; never smaller than that of the moment before. */
  readonly atSeconds: number
  readonly rows: ReadonlyMap<LiveTable, readonly RawRow[]>
}

/** Rows of one moment; a burst of more is split, so that no moment is large. */
const MAX_ROWS = 20_000

/**
 * The rows of all tables after `positions`, side by side in time as they came, moment by moment.
 * `positions` moves on with what was given out. Memory does not grow with the history.
 */
export function* rowsInTime(
  history: RawRows,
  positions: Positions,
  fallbackSeconds: number,
): Generator<Moment> {
  const cursors = LIVE_TABLES.map((table) => cursorOf(history, table, positions.get(table) ?? 0))
  let latest = Number.NEGATIVE_INFINITY
  for (;;) {
    const times = cursors.flatMap((cursor) => cursor.nextSeconds(fallbackSeconds) ?? [])
    if (times.length === 0) return
    const until = Math.floor(Math.min(...times)) + 1
    const rows = new Map<LiveTable, readonly RawRow[]>()
    let newest = Math.min(...times)
    for (const cursor of cursors) {
      const taken = cursor.takeBefore(until, fallbackSeconds)
      if (taken.rows.length === 0) continue
      rows.set(cursor.table, taken.rows)
      newest = Math.max(newest, taken.newestSeconds)
      positions.set(cursor.table, taken.rows.at(-1)?.id ?? 0)
    }
    latest = Math.max(latest, newest)
    yield { atSeconds: latest, rows }
  }
}

interface Cursor {
  readonly table: LiveTable
  nextSeconds(fallback: number): number | null
  takeBefore(
    until: number,
    fallback: number,
  ): { readonly rows: readonly RawRow[]; readonly newestSeconds: number }
}

function cursorOf(history: RawRows, table: LiveTable, afterId: number): Cursor {
  const pages = history.pages({ table, rank: null, newest: null, afterId })
  let page: readonly RawRow[] = []
  let index = 0
  const head = (): RawRow | null => {
    if (index === page.length) {
      page = pages.next().value ?? []
      index = 0
    }
    return page[index] ?? null
  }
  return {
    table,
    nextSeconds: (fallback) => {
      const row = head()
      return row === null ? null : secondsOf(row, fallback)
    },
    takeBefore(until, fallback) {
      const rows: RawRow[] = []
      let newestSeconds = Number.NEGATIVE_INFINITY
      for (let row = head(); row !== null && rows.length < MAX_ROWS; row = head()) {
        const seconds = secondsOf(row, fallback)
        if (seconds >= until) break
        rows.push(row)
        newestSeconds = Math.max(newestSeconds, seconds)
        index += 1
      }
      return { rows, newestSeconds }
    },
  }
}

/** When the row was made, else when it came, else the fallback. */
function secondsOf(row: RawRow, fallback: number): number {
  const made = row['sample_ts_s']
  if (typeof made === 'number' && made > 0) return made
  const received = row['recv_ts_ns']
  if (typeof received === 'number' || typeof received === 'bigint') return Number(received) / 1e9
  return fallback
}
