import type { SqliteHandle } from '../handle.js'
import { builder } from '../schema/builder.js'
import { columnNames } from '../schema/migrate.js'
import { SAMPLE_TABLES } from '../schema/tables.js'
import { TABLE } from '../writer/pending.js'
import { firstNumber, LIMITED_TABLES, PARTITION_COLUMNS, partitionOfValues } from './partitions.js'
import type { Retention } from './retention.js'

type Value = number | string | null
type LimitedTable = keyof typeof PARTITION_COLUMNS

/** Fills a retention with the ids of an existing file. Linear in its rows; once, at opening. */
export function loadRetention(handle: SqliteHandle, retention: Retention): void {
  const followers = loadGpuRuns(handle)
  for (const table of LIMITED_TABLES) {
    const name = SAMPLE_TABLES[table] as LimitedTable
    if (columnNames(handle, name).length === 0) continue
    const query = builder
      .selectFrom(name)
      .select(['id', ...PARTITION_COLUMNS[name]] as never[])
      .orderBy('id')
      .compile()
    const keys = new Set<number | string>()
    for (const row of handle.prepare(query.sql).raw().iterate()) {
      const [id, ...values] = row as readonly [number, ...Value[]]
      const key = partitionOfValues(table, values)
      keys.add(key)
      if (table === TABLE.layerSamples) {
        retention.noteModel({ rank: firstNumber(values[0], values[1]), model: values[2] ?? null })
      }
      if (table === TABLE.system) {
        const run = followers.get(id)
        retention.idsOf(table, key).pushWithFollowers(id, run?.first ?? 0, run?.count ?? 0)
      } else retention.idsOf(table, key).push(id)
    }
    for (const key of keys) retention.touch(table, key)
  }
}

interface GpuRun {
  readonly first: number
  count: number
}

/**
 * Runs of GPU rows by the id of the snapshot that they belong to: the newest run of a node, rank and
 * sequence number to the newest snapshot with these, and so on backwards. Rows of one snapshot are
 * written together, so they are one run.
 */
function loadGpuRuns(handle: SqliteHandle): ReadonlyMap<number, GpuRun> {
  const bySnapshot = readGpuRuns(handle)
  const runs = new Map<number, GpuRun>()
  if (bySnapshot.size === 0) return runs
  const snapshots = builder
    .selectFrom('system_samples')
    .select(['id', 'global_rank', 'node_rank', 'seq'])
    .orderBy('id', 'desc')
    .compile()
  for (const row of handle.prepare(snapshots.sql).raw().iterate()) {
    const [id, ...key] = row as readonly [number, Value, Value, Value]
    const run = bySnapshot.get(key.join('/'))?.pop()
    if (run !== undefined) runs.set(id, run)
  }
  return runs
}

function readGpuRuns(handle: SqliteHandle): ReadonlyMap<string, GpuRun[]> {
  const query = builder
    .selectFrom('system_gpu_samples')
    .select(['id', 'global_rank', 'node_rank', 'seq'])
    .orderBy('id')
    .compile()
  const bySnapshot = new Map<string, GpuRun[]>()
  let current: { readonly key: string; readonly run: GpuRun } | null = null
  for (const row of handle.prepare(query.sql).raw().iterate()) {
    const [id, ...parts] = row as readonly [number, Value, Value, Value]
    const key = parts.join('/')
    if (current !== null && current.key === key && current.run.first + current.run.count === id) {
      current.run.count += 1
      continue
    }
    current = { key, run: { first: id, count: 1 } }
    const runs = bySnapshot.get(key)
    if (runs === undefined) bySnapshot.set(key, [current.run])
    else runs.push(current.run)
  }
  return bySnapshot
}
