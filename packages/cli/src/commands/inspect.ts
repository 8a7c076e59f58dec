import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { InputError } from '@traceml/contracts'
import type { SampleTable } from '@traceml/storage'
import {
  openRawRows,
  type RawRow,
  type RawRows,
  type TableSize,
} from '@traceml/storage/better-sqlite3'
import { parsedJson, ROW_COLUMNS, TABLE_NAMES } from '../inspect/tables.js'
import { bold, wantsColor } from '../output/color.js'
import { jsonText } from '../output/json-text.js'
import { writeStderr, writeStdout } from '../output/streams.js'
import { type PrintColumn, printTable } from '../output/table.js'

/** An `inspect` as it was typed. */
export interface InspectRequest {
  /** A session folder or a history file. */
  readonly path: string
  /** Null for an overview of the tables. */
  readonly table: string | null
  /** Only rows of this rank; null for all. */
  readonly rank: number | null
  /** The newest rows only; null for all, undefined for what suits the output. */
  readonly limit: number | null | undefined
  readonly json: boolean
  readonly cwd: string
}

/** Rows that a table shows when nobody says how many. */
const USUAL_ROWS = 20

/**
 * Prints the rows of a session as they are stored: a table, or JSON lines. Reads page by page, so
 * that size does not matter, and beside a run that goes on. Returns 0.
 *
 * @throws {InputError} TRACEML_INPUT_INVALID for a path or a table that is not there.
 */
export async function inspect(request: InspectRequest): Promise<number> {
  const rows = openRawRows(historyPath(request))
  try {
    if (request.table === null) await printOverview(rows.sizes(), request)
    else if (request.json) await printJsonLines(rows, tableOf(request.table), request)
    else await printRows(rows, tableOf(request.table), request)
    return 0
  } finally {
    rows.close()
  }
}

function historyPath({ path, cwd }: InspectRequest): string {
  const absolute = resolve(cwd, path)
  const stats = statSync(absolute, { throwIfNoEntry: false })
  if (stats === undefined) {
    throw invalid(`"${path}" does not exist; name a session folder or its history file`)
  }
  if (!stats.isDirectory()) return absolute
  const history = join(absolute, 'aggregator', 'telemetry')
  if (statSync(history, { throwIfNoEntry: false })?.isFile() === true) return history
  throw invalid(
    `"${path}" has no history at aggregator/telemetry; name a session folder that keeps one`,
  )
}

function invalid(problem: string): InputError {
  return new InputError('TRACEML_INPUT_INVALID', `${problem}.`)
}

function tableOf(name: string): SampleTable {
  const byShortName = Object.hasOwn(TABLE_NAMES, name) ? TABLE_NAMES[name] : undefined
  const table = byShortName ?? Object.values(TABLE_NAMES).find((full) => full === name)
  if (table !== undefined) return table
  throw invalid(`There is no table "${name}"; tables are ${Object.keys(TABLE_NAMES).join(', ')}`)
}

function shortName(table: SampleTable): string {
  return Object.entries(TABLE_NAMES).find(([, full]) => full === table)?.[0] ?? table
}

function limitOf(columns: number | undefined): number {
  return process.stdout.isTTY === true ? (columns ?? 80) : Number.POSITIVE_INFINITY
}

function ranksText(ranks: readonly number[]): string {
  const [first, last] = [ranks[0], ranks.at(-1)]
  if (first === undefined || last === undefined) return ''
  if (ranks.length > 2 && last - first === ranks.length - 1) return `r${first} to r${last}`
  const named = ranks.slice(0, 8).map((rank) => `r${rank}`)
  return ranks.length > 8 ? `${named.join(' ')} and ${ranks.length - 8} more` : named.join(' ')
}

async function printOverview(sizes: readonly TableSize[], request: InspectRequest): Promise<void> {
  if (request.json) {
    const lines = sizes.map((size) => jsonText({ ...size, name: shortName(size.table) }, 0))
    await writeStdout(lines.map((line) => `${line}\n`).join(''))
    return
  }
  const columns: readonly PrintColumn[] = [
    { title: 'TABLE', align: 'left', paint: bold },
    { title: 'ROWS', align: 'right' },
    { title: 'RANKS', align: 'left', minWidth: 10 },
  ]
  const cells = sizes.map(({ table, rows, ranks }) => [
    shortName(table),
    String(rows),
    ranksText(ranks),
  ])
  const options = { limit: limitOf(process.stdout.columns), color: wantsColor(process.stdout) }
  await writeStdout(`${printTable(columns, cells, options).join('\n')}\n`)
  await writeStderr('\nRows of a table: --table step_time, with --rank, --limit and --json.\n')
}

/** False once nobody reads what is written. */
function isRead(): boolean {
  return !process.stdout.destroyed && process.stdout.writable
}

async function printJsonLines(
  rows: RawRows,
  table: SampleTable,
  { rank, limit }: InspectRequest,
): Promise<void> {
  for (const page of rows.pages({ table, rank, newest: limit ?? null })) {
    await writeStdout(page.map((row) => `${jsonText(publicRow(row), 0)}\n`).join(''))
    if (!isRead()) return
  }
}

/** A row with the JSON texts in it as values. */
function publicRow(row: RawRow): object {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key.replace(/_json$/, ''),
      key.endsWith('_json') ? parsedJson(value) : value,
    ]),
  )
}

async function printRows(
  rows: RawRows,
  table: SampleTable,
  { rank, limit }: InspectRequest,
): Promise<void> {
  const newest = limit === undefined ? USUAL_ROWS : limit
  const options = { limit: limitOf(process.stdout.columns), color: wantsColor(process.stdout) }
  let columns: readonly (typeof ROW_COLUMNS)[SampleTable][number][] = []
  let isFirst = true
  for (const page of rows.pages({ table, rank, newest })) {
    if (isFirst) columns = measuredColumns(ROW_COLUMNS[table], page)
    const cells = page.map((row) => columns.map((column) => column.cell(row)))
    const lines = printTable(columns, cells, { ...options, header: isFirst })
    await writeStdout(`${lines.join('\n')}\n`)
    isFirst = false
    if (!isRead()) return
  }
  if (isFirst) await writeStderr(`traceml: The table ${shortName(table)} has no such rows.\n`)
}

/** The columns that have a value in some row of a page. */
function measuredColumns<Column extends { cell(row: RawRow): string }>(
  columns: readonly Column[],
  page: readonly RawRow[],
): readonly Column[] {
  return columns.filter((column) => page.some((row) => column.cell(row) !== 'n/a'))
}
