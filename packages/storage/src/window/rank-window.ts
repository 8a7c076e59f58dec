import { type MemoryBudget, takeBytes } from './memory-budget.js'

const FIRST_ROWS = 256
/** Fewer steps than this are kept even without any budget: the progress needs them. */
const SMALLEST_LIMIT = 64
const BYTES_OF_KEYS = 17

/** The newest steps of a rank; every array has one entry a step. */
export interface WindowColumns {
  /** Ascending. */
  readonly steps: Float64Array
  /** What the rows said about what they hold. */
  readonly present: Uint8Array
  /** By slot; NaN where a row has no value. */
  readonly slots: readonly Float64Array[]
}

/** The steps of a rank as the reader would give them, or that memory cannot tell. */
export type WindowSnapshot =
  | { readonly exact: true; readonly columns: WindowColumns }
  | { readonly exact: false }

/**
 * The newest steps of one rank as columns, kept while its rows are written.
 *
 * Holds the largest step numbers, each with the row that was written last; steps usually come in
 * order and are appended, anything else is moved into place. Remembers the largest row id that it
 * let go, by which {@link RankWindow.snapshot} knows whether the database might know more.
 */
export class RankWindow {
  readonly #slotCount: number
  readonly #budget: MemoryBudget
  #limit: number
  #capacity: number
  #start = 0
  #end = 0
  #ids: Float64Array
  #steps: Float64Array
  #present: Uint8Array
  /** By slot; null while no value came. */
  readonly #columns: (Float64Array | null)[]
  #evictedId = -1

  /** @param slotCount - Values of a row. */
  constructor(slotCount: number, limit: number, budget: MemoryBudget) {
    this.#slotCount = slotCount
    this.#columns = new Array(slotCount).fill(null)
    this.#budget = budget
    this.#limit = Math.max(limit, 1)
    this.#capacity = Math.min(FIRST_ROWS, roomFor(this.#limit))
    takeBytes(budget, this.#capacity * BYTES_OF_KEYS)
    this.#ids = new Float64Array(this.#capacity)
    this.#steps = new Float64Array(this.#capacity)
    this.#present = new Uint8Array(this.#capacity)
  }

  /** Number of steps held. */
  get count(): number {
    return this.#end - this.#start
  }

  /** True when a row that was let go may still be in the database. */
  hasMore(prunedId: number): boolean {
    return this.#evictedId > prunedId
  }

  /**
   * Takes in the row of a step; `id` is larger than that of every row before.
   *
   * @param values - The row's slots begin at `source`.
   */
  add(id: number, step: number, present: number, values: ArrayLike<number>, source: number): void {
    const at = this.#place(step)
    if (at < 0) {
      this.#evictedId = id
      return
    }
    this.#ids[at] = id
    this.#steps[at] = step
    this.#present[at] = present
    for (let slot = 0; slot < this.#slotCount; slot += 1) {
      const value = values[source + slot] as number
      const column = this.#columns[slot]
      if (column) column[at] = value
      else if (!Number.isNaN(value)) this.#addColumn(slot)[at] = value
    }
    while (this.count > this.#limit) this.#evict()
  }

  /**
   * The newest `depth` steps whose rows still exist.
   *
   * @param prunedId - Rows of this rank up to this id are gone from the database.
   * @param copy - False hands out views on the storage: only when nothing is added any more.
   */
  snapshot(depth: number, prunedId: number, copy: boolean): WindowSnapshot {
    let first = this.#end
    let kept = 0
    let gaps = false
    for (let at = this.#end - 1; at >= this.#start && kept < depth; at -= 1) {
      if ((this.#ids[at] as number) <= prunedId) {
        gaps = true
        continue
      }
      kept += 1
      first = at
    }
    // Fewer steps than asked for, and a row that was let go may still be in the database.
    if (kept < depth && this.hasMore(prunedId)) return { exact: false }
    const rows = gaps ? this.#rowsAbove(prunedId, first) : null
    return { exact: true, columns: this.#read(first, rows, copy) }
  }

  /** Mean of each slot over the newest `count` steps; NaN where none of them has a value. */
  means(count: number): Float64Array {
    const means = new Float64Array(this.#slotCount).fill(Number.NaN)
    const first = Math.max(this.#start, this.#end - count)
    for (let slot = 0; slot < this.#slotCount; slot += 1) {
      const column = this.#columns[slot]
      if (!column) continue
      let sum = 0
      let measured = 0
      for (let at = first; at < this.#end; at += 1) {
        const value = column[at] as number
        if (Number.isNaN(value)) continue
        sum += value
        measured += 1
      }
      if (measured > 0) means[slot] = sum / measured
    }
    return means
  }

  #read(first: number, rows: Int32Array | null, copy: boolean): WindowColumns {
    const take = <Column extends Float64Array | Uint8Array>(column: Column): Column => {
      if (rows !== null) return pick(column, rows)
      const view = copy ? column.slice(first, this.#end) : column.subarray(first, this.#end)
      return view as Column
    }
    const steps = take(this.#steps)
    const missing = new Float64Array(steps.length).fill(Number.NaN)
    const slots = this.#columns.map((column) => (column ? take(column) : missing))
    return { steps, present: take(this.#present), slots }
  }

  #rowsAbove(prunedId: number, first: number): Int32Array {
    const rows: number[] = []
    for (let at = first; at < this.#end; at += 1) {
      if ((this.#ids[at] as number) > prunedId) rows.push(at)
    }
    return Int32Array.from(rows)
  }

  /** Where a step belongs, with room made for it; -1 when it is older than a full window. */
  #place(step: number): number {
    if (this.#end === this.#start || step > (this.#steps[this.#end - 1] as number)) {
      this.#reserve()
      this.#end += 1
      return this.#end - 1
    }
    let low = this.#start
    let high = this.#end - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#steps[middle] as number) < step) low = middle + 1
      else high = middle
    }
    if (this.#steps[low] === step) return low
    if (low === this.#start && this.count >= this.#limit) return -1
    const fromEnd = this.#end - low
    this.#reserve()
    const at = this.#end - fromEnd
    this.#shift(at)
    return at
  }

  #shift(at: number): void {
    for (const column of this.#storage()) column?.copyWithin(at + 1, at, this.#end)
    this.#end += 1
  }

  #evict(): void {
    this.#evictedId = Math.max(this.#evictedId, this.#ids[this.#start] as number)
    this.#start += 1
  }

  /** Makes room for one more row at the end. */
  #reserve(): void {
    if (this.#end < this.#capacity) return
    if (this.#capacity < roomFor(this.#limit) && this.#grow()) return
    // One place is always free at the front here: more than the limit fits.
    while (this.#start === 0) this.#evict()
    for (const column of this.#storage()) column?.copyWithin(0, this.#start, this.#end)
    this.#end -= this.#start
    this.#start = 0
  }

  /** Doubles the storage; without budget for it, the window stays as large as it is. */
  #grow(): boolean {
    const capacity = Math.min(this.#capacity * 2, roomFor(this.#limit))
    const columns = this.#columns.filter((column) => column !== null).length
    const bytes = (capacity - this.#capacity) * (BYTES_OF_KEYS + 8 * columns)
    if (!takeBytes(this.#budget, bytes)) {
      this.#limit = Math.max(1, Math.min(this.#limit, Math.floor(this.#capacity / 1.25)))
      return false
    }
    this.#ids = enlarge(this.#ids, capacity)
    this.#steps = enlarge(this.#steps, capacity)
    const present = new Uint8Array(capacity)
    present.set(this.#present)
    this.#present = present
    for (const [slot, column] of this.#columns.entries()) {
      if (column) this.#columns[slot] = enlarge(column, capacity)
    }
    this.#capacity = capacity
    return true
  }

  #addColumn(slot: number): Float64Array {
    // A column that the budget does not cover is still needed: the rows are already here.
    this.#budget.usedBytes += this.#capacity * 8
    const column = new Float64Array(this.#capacity).fill(Number.NaN)
    this.#columns[slot] = column
    return column
  }

  #storage(): readonly (Float64Array | Uint8Array | null)[] {
    return [this.#ids, this.#steps, this.#present, ...this.#columns]
  }
}

/** Rows of storage: a quarter more than the limit, so that moving them is rare. */
function roomFor(limit: number): number {
  return Math.max(SMALLEST_LIMIT, Math.ceil(limit * 1.25) + 1)
}

function enlarge(column: Float64Array, capacity: number): Float64Array {
  const grown = new Float64Array(capacity)
  grown.set(column)
  return grown
}

function pick<Column extends Float64Array | Uint8Array>(column: Column, rows: Int32Array): Column {
  const picked = column.slice(0, rows.length)
  for (const [index, row] of rows.entries()) picked[index] = column[row] as number
  return picked as Column
}
