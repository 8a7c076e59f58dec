import type {
  RankIdentity,
  RankMemoryColumns,
  StepMemoryColumns,
  WindowRequest,
} from '@traceml/contracts'
import { sql } from 'kysely'
import type { SqliteHandle } from '../handle.js'
import { builder } from '../schema/builder.js'
import { columnNames } from '../schema/migrate.js'
import { readGpuCapacity } from './gpu-capacity.js'
import { measuredRows, memoryDepth, readMemoryFacts } from './step-memory.js'

const PAGE_ROWS = 2000
const VALUES = [
  'peak_alloc_bytes',
  'peak_reserved_bytes',
  'live_bytes',
  'live_tensor_count',
] as const
const IDENTITY = [
  'local_rank',
  'node_rank',
  'hostname',
  'local_world_size',
  'world_size',
  'device',
] as const

/** Memory of the newest steps of every rank as columns: what `readStepMemory` gives as rows. */
export function readStepMemoryColumns(
  handle: SqliteHandle,
  request: WindowRequest,
): StepMemoryColumns {
  const present = new Set(columnNames(handle, 'step_memory_samples'))
  const usable = present.has('global_rank') && present.has('step')
  const facts = usable ? readMemoryFacts(handle) : { latestStep: null, ranksSeen: 0 }
  const ranks = usable ? readRanks(handle, present, memoryDepth(request)) : []
  return { ranks, ...facts, ...readGpuCapacity(handle) }
}

type Row = readonly [id: number, rank: number, step: number, ...values: (number | null)[]]

function readRanks(
  handle: SqliteHandle,
  present: ReadonlySet<string>,
  depth: number,
): readonly RankMemoryColumns[] {
  const measured = measuredRows(present)
  if (measured === null) return []
  const values = VALUES.map((name) => (present.has(name) ? sql.ref(name) : sql`null`))
  const query = sql`select id, global_rank, step, ${sql.join(values)} from step_memory_samples
    where global_rank is not null and step is not null and ${measured} and id < ${0}
    order by id desc limit ${PAGE_ROWS}`.compile(builder)
  const statement = handle.prepare(query.sql).raw()
  const byRank = new Map<number, NewestFirst>()
  for (let below = Number.MAX_SAFE_INTEGER; ; ) {
    const page = statement.all(below, PAGE_ROWS) as readonly Row[]
    for (const row of page) {
      let rank = byRank.get(row[1])
      if (rank === undefined) {
        rank = new NewestFirst(row[0])
        byRank.set(row[1], rank)
      }
      rank.add(row)
    }
    if (page.length < PAGE_ROWS) break
    below = page.at(-1)?.[0] as number
  }
  const readIdentity = identityReader(handle, present)
  return [...byRank]
    .toSorted(([a], [b]) => a - b)
    .map(([globalRank, rank]) => ({
      globalRank,
      ...readIdentity(globalRank, rank.newestId),
      ...rank.columns(depth),
    }))
}

type Columns = Omit<RankMemoryColumns, 'globalRank' | 'identity' | 'device'>

/** Rows of one rank as they are read, newest first. */
class NewestFirst {
  readonly newestId: number
  #count = 0
  #steps: Float64Array = new Float64Array(256)
  #slots: Float64Array[] = VALUES.map(() => new Float64Array(256))
  /** Smallest step so far: below it a step cannot have been there. */
  #smallest = Number.POSITIVE_INFINITY
  /** Null while every step was smaller than the one before, as it usually is. */
  #seen: Set<number> | null = null

  constructor(newestId: number) {
    this.newestId = newestId
  }

  /** Of several rows of a step the newest counts, which comes first. */
  add(row: Row): void {
    const step = row[2]
    if (step < this.#smallest) this.#smallest = step
    else {
      this.#seen ??= new Set(this.#steps.subarray(0, this.#count))
      if (this.#seen.has(step)) return
    }
    this.#seen?.add(step)
    if (this.#count === this.#steps.length) this.#grow()
    const at = this.#count
    this.#steps[at] = step
    for (let slot = 0; slot < VALUES.length; slot += 1) {
      ;(this.#slots[slot] as Float64Array)[at] = row[slot + 3] ?? Number.NaN
    }
    this.#count += 1
  }

  /** The newest steps, ascending. */
  columns(depth: number): Columns {
    const order = this.#order()
    const kept = order.length > depth ? order.slice(-depth) : order
    const take = (column: Float64Array): Float64Array => {
      const taken = new Float64Array(kept.length)
      for (let index = 0; index < kept.length; index += 1) {
        taken[index] = column[kept[index] as number] as number
      }
      return taken
    }
    const [allocated, reserved, live, count] = this.#slots.map(take) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ]
    return {
      steps: take(this.#steps),
      allocatedBytes: allocated,
      reservedBytes: reserved,
      liveBytes: live,
      liveTensorCount: count,
    }
  }

  #order(): Int32Array {
    const order = new Int32Array(this.#count)
    for (let at = 0; at < order.length; at += 1) order[at] = order.length - 1 - at
    if (this.#seen === null) return order
    return order.sort((a, b) => (this.#steps[a] as number) - (this.#steps[b] as number))
  }

  #grow(): void {
    const enlarge = (column: Float64Array): Float64Array => {
      const larger = new Float64Array(column.length * 2)
      larger.set(column)
      return larger
    }
    this.#steps = enlarge(this.#steps)
    this.#slots = this.#slots.map(enlarge)
  }
}

/** Reads who a row belongs to. */
function identityReader(
  handle: SqliteHandle,
  present: ReadonlySet<string>,
): (globalRank: number, id: number) => Pick<RankMemoryColumns, 'identity' | 'device'> {
  const columns = IDENTITY.map((name) =>
    present.has(name) ? sql.ref(name) : sql`null as ${sql.ref(name)}`,
  )
  const query = sql`select ${sql.join(columns)} from step_memory_samples where id = ${0}`.compile(
    builder,
  )
  const statement = handle.prepare(query.sql)
  return (globalRank, id) => {
    const { device, ...rest } = statement.get(id) as Omit<RankIdentity, 'global_rank'> & {
      readonly device: string | null
    }
    return { identity: { global_rank: globalRank, ...rest }, device }
  }
}
