import type { SqliteHandle, SqliteStatement } from '../handle.js'
import { builder } from '../schema/builder.js'
import { SAMPLE_TABLES, type SampleTable } from '../schema/tables.js'
import { TABLE } from '../writer/pending.js'
import { IdRuns } from './id-runs.js'
import { LIMITED_TABLES, type PartitionKey } from './partitions.js'

/** Rows of one partition, and how many of the oldest are to go with the running transaction. */
interface Partition {
  readonly table: number
  readonly key: PartitionKey
  readonly ids: IdRuns
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
  readonly #limit: number
  readonly #slack: number
  readonly #partitions: readonly Map<PartitionKey, Partition>[]
  readonly #queue: Partition[] = []
  #planned: Partition[] = []
  readonly #deletes: readonly (SqliteStatement | null)[]

  /** @param limit - Rows kept per partition. */
  constructor(handle: SqliteHandle, limit: number) {
    this.#limit = limit
    // Deleting in larger, rarer batches writes each page of an index once instead of many times.
    this.#slack = Math.min(Math.floor(limit / 8), 512)
    this.#partitions = SAMPLE_TABLES.map(() => new Map())
    this.#deletes = SAMPLE_TABLES.map((name, table) =>
      LIMITED_TABLES.includes(table) || table === TABLE.systemGpu
        ? deleteRange(handle, name)
        : null,
    )
  }

  /** Ids of a partition; made when it is new. */
  idsOf(table: number, key: PartitionKey): IdRuns {
    return this.#partition(table, key).ids
  }

  /** Notes that a written partition may have grown beyond its limit. */
  touch(table: number, key: PartitionKey): void {
    const partition = this.#partition(table, key)
    if (!partition.queued && partition.ids.count > this.#limit + this.#slack) {
      partition.queued = true
      this.#queue.push(partition)
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
      const excess = partition.ids.count - this.#limit
      if (excess > 0) this.#delete(partition, excess)
      this.#planned.push(partition)
      left -= excess
    }
  }

  /** Deletes every row beyond the limits, inside the caller's transaction. */
  pruneAll(): void {
    for (const partitions of this.#partitions) {
      for (const partition of partitions.values()) {
        const excess = partition.ids.count - this.#limit
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

  #delete(partition: Partition, count: number): void {
    const rows = this.#deletes[partition.table] as SqliteStatement
    const followers = this.#deletes[TABLE.systemGpu] as SqliteStatement
    partition.planned = count
    partition.ids.visitOldest(count, (first, last, followerFirst, followerCount) => {
      rows.run(first, last)
      if (followerCount > 0) followers.run(followerFirst, followerFirst + followerCount - 1)
    })
  }

  #partition(table: number, key: PartitionKey): Partition {
    const partitions = this.#partitions[table] as Map<PartitionKey, Partition>
    let partition = partitions.get(key)
    if (partition === undefined) {
      partition = { table, key, ids: new IdRuns(), planned: 0, queued: false }
      partitions.set(key, partition)
    }
    return partition
  }
}

function deleteRange(handle: SqliteHandle, table: SampleTable): SqliteStatement {
  const query = builder.deleteFrom(table).where('id', '>=', 0).where('id', '<=', 0).compile()
  return handle.prepare(query.sql)
}
