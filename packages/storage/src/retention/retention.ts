import { LAYER_KINDS } from '@traceml/contracts'
import type { SqliteHandle, SqliteStatement } from '../handle.js'
import { builder } from '../schema/builder.js'
import { SAMPLE_TABLES, type SampleTable } from '../schema/tables.js'
import { TABLE } from '../writer/pending.js'
import { IdRuns } from './id-runs.js'
import { layerPartition, type PartitionKey, type RankModel } from './partitions.js'
import { RecentModels } from './recent-models.js'
import { RETAINED_LAYER_MODEL_ROWS, RETAINED_LAYER_SAMPLES } from './retained-rows.js'

/** Limits that do not follow the window of the run, by table. */
const OWN_LIMITS: ReadonlyMap<number, number> = /* @__PURE__ */ new Map([
  [TABLE.layerModels, RETAINED_LAYER_MODEL_ROWS],
  [TABLE.layerSamples, RETAINED_LAYER_SAMPLES],
])

/** Rows of one partition, and how many of the oldest are to go with the running transaction. */
interface Partition {
  readonly table: number
  readonly key: PartitionKey
  readonly ids: IdRuns
  /** Rows to keep; 0 once the partition is given up. */
  limit: number
  planned: number
  queued: boolean
}

/** Called for every partition that lost rows: all its ids up to `lastId` are gone. */
export type PrunedListener = (table: number, key: PartitionKey, lastId: number) => void

/**
 * Keeps the newest rows of every partition, without ever asking the database which those are.
 *
 * Ids are known from the inserts (or loaded once from an existing file), so that pruning deletes
 * ranges of primary keys and costs the same whatever the size of the file.
 */
export class Retention {
  readonly #limits: readonly number[]
  readonly #models = new RecentModels()
  readonly #partitions: readonly Map<PartitionKey, Partition>[]
  readonly #queue: Partition[] = []
  #planned: Partition[] = []
  readonly #handle: SqliteHandle
  readonly #deletes: (SqliteStatement | null)[] = SAMPLE_TABLES.map(() => null)

  /** @param limit - Rows kept per partition, where the table has no limit of its own. */
  constructor(handle: SqliteHandle, limit: number) {
    this.#handle = handle
    this.#limits = SAMPLE_TABLES.map((_, table) => OWN_LIMITS.get(table) ?? limit)
    this.#partitions = SAMPLE_TABLES.map(() => new Map())
  }

  /** Ids of a partition; made when it is new. */
  idsOf(table: number, key: PartitionKey): IdRuns {
    return this.#partition(table, key).ids
  }

  /** Notes that a written partition may have grown beyond its limit. */
  touch(table: number, key: PartitionKey): void {
    const partition = this.#partition(table, key)
    const limit = this.#limits[table] as number
    partition.limit = limit
    // Deleting in larger, rarer batches writes each page of an index once instead of many times.
    if (partition.ids.count > limit + Math.min(Math.floor(limit / 8), 512)) this.#enqueue(partition)
  }

  /** Notes that a model has samples of its layers; the one that had none for longest may go. */
  noteModel(model: RankModel): void {
    const given = this.#models.note(model)
    if (given === null) return
    for (const kind of LAYER_KINDS) {
      const partition = this.#partition(TABLE.layerSamples, layerPartition(given, kind))
      partition.limit = 0
      this.#enqueue(partition)
    }
  }

  /**
   * Deletes old rows inside the caller's transaction: whole partitions down to their limit, until
   * `budget` rows are gone. Nothing is forgotten before {@link Retention.commit}.
   */
  prune(budget: number): void {
    let left = budget
    for (const partition of this.#queue) {
      if (left <= 0) break
      const excess = partition.ids.count - partition.limit
      if (excess > 0) this.#delete(partition, excess)
      this.#planned.push(partition)
      left -= excess
    }
  }

  /** Deletes every row beyond the limits, inside the caller's transaction. */
  pruneAll(): void {
    for (const partitions of this.#partitions) {
      for (const partition of partitions.values()) {
        const excess = partition.ids.count - partition.limit
        if (excess <= 0) continue
        this.#delete(partition, excess)
        this.#planned.push(partition)
      }
    }
  }

  /** The transaction is written: forgets the ids that it deleted. */
  commit(onPruned: PrunedListener): void {
    for (const partition of this.#planned) {
      const lastId = partition.ids.dropOldest(partition.planned)
      partition.planned = 0
      partition.queued = false
      if (partition.limit === 0 && partition.ids.count === 0) {
        this.#partitions[partition.table]?.delete(partition.key)
      }
      if (lastId >= 0) onPruned(partition.table, partition.key, lastId)
    }
    if (this.#planned.length > 0) {
      const open = this.#queue.filter(({ queued }) => queued)
      this.#queue.length = 0
      this.#queue.push(...open)
    }
    this.#planned = []
  }

  /** The transaction is undone: so are its deletes. */
  rollback(): void {
    for (const partition of this.#planned) partition.planned = 0
    this.#planned = []
  }

  #enqueue(partition: Partition): void {
    if (partition.queued) return
    partition.queued = true
    this.#queue.push(partition)
  }

  #delete(partition: Partition, count: number): void {
    const rows = this.#deletesOf(partition.table)
    partition.planned = count
    partition.ids.visitOldest(count, (first, last, followerFirst, followerCount) => {
      rows.run(first, last)
      if (followerCount === 0) return
      this.#deletesOf(TABLE.systemGpu).run(followerFirst, followerFirst + followerCount - 1)
    })
  }

  /** Prepared when it is first needed: not every file has every table. */
  #deletesOf(table: number): SqliteStatement {
    const known = this.#deletes[table] ?? null
    if (known !== null) return known
    const statement = deleteRange(this.#handle, SAMPLE_TABLES[table] as SampleTable)
    this.#deletes[table] = statement
    return statement
  }

  #partition(table: number, key: PartitionKey): Partition {
    const partitions = this.#partitions[table] as Map<PartitionKey, Partition>
    let partition = partitions.get(key)
    if (partition === undefined) {
      const limit = this.#limits[table] as number
      partition = { table, key, ids: new IdRuns(), limit, planned: 0, queued: false }
      partitions.set(key, partition)
    }
    return partition
  }
}

function deleteRange(handle: SqliteHandle, table: SampleTable): SqliteStatement {
  const query = builder.deleteFrom(table).where('id', '>=', 0).where('id', '<=', 0).compile()
  return handle.prepare(query.sql)
}
