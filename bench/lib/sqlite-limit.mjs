// The floor of the platform: better-sqlite3 inserting the step-time rows of an existing history
// into the same table with the same indexes, JSON text ready, 2,000 rows a transaction.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import Database from 'better-sqlite3'

const TABLE = 'step_time_samples'
const ROWS = 50_000
const ROWS_PER_TRANSACTION = 2000

/** @param {string} databasePath @returns {{ rowsPerSecond: number, cpuSecondsPer100k: number }} */
export function measureSqliteLimit(databasePath) {
  const source = new Database(databasePath, { readonly: true })
  const ddl = source
    .prepare('select sql from sqlite_master where tbl_name = ? and sql is not null')
    .pluck()
    .all(TABLE)
  const columns = source.pragma(`table_info(${TABLE})`).map(({ name }) => name)
  const values = columns.filter((name) => name !== 'id')
  const rows = source
    .prepare(`select ${values.join(', ')} from ${TABLE} order by id limit ${ROWS}`)
    .raw()
    .all()
  source.close()

  const folder = mkdtempSync(join(tmpdir(), 'traceml-bench-'))
  const target = new Database(join(folder, 'limit'))
  target.pragma('journal_mode = WAL')
  target.pragma('synchronous = NORMAL')
  for (const sql of ddl) target.exec(sql)
  const marks = values.map(() => '?').join(', ')
  const insert = target.prepare(`insert into ${TABLE} (${values.join(', ')}) values (${marks})`)
  const insertAll = target.transaction((from) => {
    for (const row of rows.slice(from, from + ROWS_PER_TRANSACTION)) insert.run(row)
  })
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  for (let from = 0; from < rows.length; from += ROWS_PER_TRANSACTION) insertAll(from)
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  target.close()
  rmSync(folder, { recursive: true })
  return {
    rowsPerSecond: rows.length / seconds,
    cpuSecondsPer100k: ((user + system) / 1e6 / rows.length) * 100_000,
  }
}
