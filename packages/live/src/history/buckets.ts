/** Figures of a bucket, each a number a bucket; sums stand with their counts. */
const FIELDS = {
  count: 0,
  min: 1,
  max: 2,
  sum: 3,
  worstRank: 4,
  ts: 5,
  memoryCount: 6,
  memoryMin: 7,
  memoryMax: 8,
  memorySum: 9,
  /** Six sums, then six counts. */
  parts: 10,
} as const
const PART_COUNT = 6
const WIDTH = FIELDS.parts + PART_COUNT * 2

/** Bytes that one bucket takes. @internal */
export const BUCKET_BYTES = WIDTH * 8 + 8

/** One point of a run's past, read from its bucket. @internal */
export interface BucketView {
  count: number
  min: number
  max: number
  sum: number
  worstRank: number
  ts: number
  memoryCount: number
  memoryMin: number
  memoryMax: number
  memorySum: number
  readonly partSums: Float64Array
  readonly partCounts: Float64Array
}

/** A view that holds nothing yet. @internal */
export function emptyView(): BucketView {
  return {
    count: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    sum: 0,
    worstRank: Number.NaN,
    ts: Number.NaN,
    memoryCount: 0,
    memoryMin: Number.POSITIVE_INFINITY,
    memoryMax: Number.NEGATIVE_INFINITY,
    memorySum: 0,
    partSums: new Float64Array(PART_COUNT),
    partCounts: new Float64Array(PART_COUNT),
  }
}

/**
 * The newest buckets of one resolution, in a ring that grows to its capacity.
 *
 * @internal
 */
export class BucketRing {
  /** Steps that a bucket covers. */
  readonly width: number
  readonly #capacity: number
  #ids: Float64Array
  #data: Float64Array
  #newest = -1

  constructor(width: number, capacity: number) {
    this.width = width
    this.#capacity = capacity
    const first = Math.min(64, capacity)
    this.#ids = new Float64Array(first).fill(-1)
    this.#data = new Float64Array(first * WIDTH)
  }

  /** First step that is still known in full. */
  get oldestStep(): number {
    return Math.max(0, this.#newest - this.#capacity + 1) * this.width
  }

  /** Takes the duration of a step and its parts in; NaN parts are not measured. */
  addStep(step: number, rank: number, ms: number, ts: number, parts: Float64Array): void {
    const at = this.#open(step)
    if (at < 0) return
    const data = this.#data
    if (!Number.isNaN(ms)) {
      const count = data[at + FIELDS.count] as number
      data[at + FIELDS.count] = count + 1
      data[at + FIELDS.sum] = (data[at + FIELDS.sum] as number) + ms
      if (count === 0 || ms < (data[at + FIELDS.min] as number)) data[at + FIELDS.min] = ms
      if (count === 0 || ms > (data[at + FIELDS.max] as number)) {
        data[at + FIELDS.max] = ms
        data[at + FIELDS.worstRank] = rank
      }
    }
    data[at + FIELDS.ts] = ts
    for (let part = 0; part < PART_COUNT; part += 1) {
      const value = parts[part] as number
      if (Number.isNaN(value)) continue
      const sum = at + FIELDS.parts + part
      data[sum] = (data[sum] as number) + value
      data[sum + PART_COUNT] = (data[sum + PART_COUNT] as number) + 1
    }
  }

  /** Takes the memory of a step in. */
  addMemory(step: number, bytes: number): void {
    const at = this.#open(step)
    if (at < 0) return
    const data = this.#data
    const count = data[at + FIELDS.memoryCount] as number
    data[at + FIELDS.memoryCount] = count + 1
    data[at + FIELDS.memorySum] = (data[at + FIELDS.memorySum] as number) + bytes
    if (count === 0 || bytes < (data[at + FIELDS.memoryMin] as number)) {
      data[at + FIELDS.memoryMin] = bytes
    }
    if (count === 0 || bytes > (data[at + FIELDS.memoryMax] as number)) {
      data[at + FIELDS.memoryMax] = bytes
    }
  }

  /** Adds the bucket with that number to a view; nothing when it is not known. */
  read(id: number, view: BucketView): void {
    const slot = id % this.#ids.length
    if (this.#ids[slot] !== id) return
    const at = slot * WIDTH
    const value = (field: number): number => this.#data[at + field] as number
    if (value(FIELDS.count) > 0) {
      view.count += value(FIELDS.count)
      view.sum += value(FIELDS.sum)
      view.min = Math.min(view.min, value(FIELDS.min))
      if (value(FIELDS.max) > view.max) {
        view.max = value(FIELDS.max)
        view.worstRank = value(FIELDS.worstRank)
      }
    }
    if (value(FIELDS.memoryCount) > 0) {
      view.memoryCount += value(FIELDS.memoryCount)
      view.memorySum += value(FIELDS.memorySum)
      view.memoryMin = Math.min(view.memoryMin, value(FIELDS.memoryMin))
      view.memoryMax = Math.max(view.memoryMax, value(FIELDS.memoryMax))
    }
    if (value(FIELDS.ts) > 0) view.ts = value(FIELDS.ts)
    for (let part = 0; part < PART_COUNT; part += 1) {
      const sum = FIELDS.parts + part
      view.partSums[part] = (view.partSums[part] as number) + value(sum)
      view.partCounts[part] = (view.partCounts[part] as number) + value(sum + PART_COUNT)
    }
  }

  /** Where the bucket of a step begins, emptied when it is new; -1 when it is too old. */
  #open(step: number): number {
    const id = Math.floor(step / this.width)
    if (id > this.#newest) {
      this.#grow(id)
      this.#newest = id
    }
    const slot = id % this.#ids.length
    const known = this.#ids[slot] as number
    if (known > id) return -1
    const at = slot * WIDTH
    if (known < id) {
      this.#ids[slot] = id
      this.#data.fill(0, at, at + WIDTH)
    }
    return at
  }

  #grow(id: number): void {
    const size = this.#ids.length
    if (size === this.#capacity) return
    const oldest = this.#ids.reduce((least, one) => (one >= 0 && one < least ? one : least), id)
    if (id - oldest < size) return
    let next = size
    while (next <= id - oldest && next < this.#capacity) next = Math.min(next * 2, this.#capacity)
    const ids = new Float64Array(next).fill(-1)
    const data = new Float64Array(next * WIDTH)
    for (let slot = 0; slot < size; slot += 1) {
      const known = this.#ids[slot] as number
      if (known < 0 || known <= id - next) continue
      ids[known % next] = known
      data.set(this.#data.subarray(slot * WIDTH, (slot + 1) * WIDTH), (known % next) * WIDTH)
    }
    this.#ids = ids
    this.#data = data
  }
}
