import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RankStepColumns, StepTimeSnapshot } from '@traceml/contracts'
import { PHASES } from '@traceml/contracts'
import { SAMPLE_TABLES } from '@traceml/storage'
import Database from 'better-sqlite3'

const VECTORS = new URL('./vectors/', import.meta.url)

/** A folder that is removed at the end of its scope. */
export function temporaryFolder(): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'traceml-storage-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** A vector file; `{"$float": "nan"}` and the like become numbers. */
export function loadVectors<Vectors>(name: string): Vectors {
  const floats: Record<string, number> = {
    nan: Number.NaN,
    inf: Number.POSITIVE_INFINITY,
    '-inf': Number.NEGATIVE_INFINITY,
  }
  return JSON.parse(readFileSync(new URL(name, VECTORS), 'utf8'), (_key, value) =>
    typeof value?.$float === 'string' ? floats[value.$float] : value,
  ) as Vectors
}

/** A copy of a database that another implementation wrote. */
export function copyDatabase(name: string, folder: string): string {
  const path = join(folder, `${name}.sqlite`)
  copyFileSync(new URL(`databases/${name}.sqlite`, VECTORS), path)
  return path
}

/** Names of all databases in the vectors. */
export const DATABASES = [
  'warmup_one_step',
  'odd_event_values',
  'null_identity',
  'dup_out_of_order',
  'missing_tables',
  'no_data',
  'real_single300',
  'multi_node_2x2',
  'mem_pressure_imbalance',
] as const

export type Row = Record<string, unknown>

/** All rows of a table by id. */
export function readTable(path: string, table: string): Row[] {
  const database = new Database(path, { readonly: true })
  try {
    return database.prepare(`select * from ${table} order by id`).all() as Row[]
  } finally {
    database.close()
  }
}

/** Number of rows per sample table; tables that are missing are left out. */
export function countRows(path: string): Record<string, number> {
  const database = new Database(path, { readonly: true })
  try {
    const tables = database
      .prepare("select name from sqlite_master where type = 'table'")
      .pluck()
      .all() as string[]
    const known = SAMPLE_TABLES.filter((table) => tables.includes(table))
    return Object.fromEntries(
      known.map((table) => [
        table,
        database.prepare(`select count(*) from ${table}`).pluck().get() as number,
      ]),
    )
  } finally {
    database.close()
  }
}

/** A snapshot as plain rows, as the vectors have them. */
export function rowsOf(snapshot: StepTimeSnapshot): Row[] {
  return snapshot.ranks.flatMap((rank) =>
    Array.from(rank.steps, (step, index) => ({
      global_rank: rank.globalRank,
      step,
      metrics: metricsOf(rank, index),
    })),
  )
}

function metricsOf(rank: RankStepColumns, index: number): Row {
  const metrics: Row = {}
  for (const [phase, name] of PHASES.entries()) {
    if ((rank.present[index]! & (1 << phase)) === 0) continue
    metrics[name] = {
      cpu_ms: orNull(rank.cpuMs[phase]![index]!),
      gpu_ms: orNull(rank.gpuMs[phase]![index]!),
    }
  }
  return metrics
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
