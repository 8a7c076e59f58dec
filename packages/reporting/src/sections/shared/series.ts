import { SERIES_MAX_BUCKETS, type SeriesLine } from '@traceml/contracts'

/** Significant digits of a published series: what a drawing shows, at a third of the text. */
const DIGITS = 6

/** Where a sequence is cut: bucket `i` holds the positions from `edges[i]` up to `edges[i + 1]`. */
export type BucketEdges = Int32Array

/** Cuts a sequence into at most {@link SERIES_MAX_BUCKETS} buckets of almost equal length. */
export function bucketEdges(length: number): BucketEdges {
  const buckets = Math.min(length, SERIES_MAX_BUCKETS)
  return Int32Array.from({ length: buckets + 1 }, (_, i) => Math.floor((i * length) / buckets || 0))
}

/** What one row says within each bucket; NaN where it measured nothing. Shape [buckets]. */
export interface RowBuckets {
  readonly means: Float64Array
  readonly lows: Float64Array
  readonly highs: Float64Array
}

/** Mean and extremes of a column within each bucket, in one pass. */
export function bucketColumn(column: Float64Array, edges: BucketEdges): RowBuckets {
  const count = Math.max(0, edges.length - 1)
  const means = new Float64Array(count)
  const lows = new Float64Array(count)
  const highs = new Float64Array(count)
  for (let bucket = 0; bucket < count; bucket += 1) {
    const from = edges[bucket] as number
    const to = edges[bucket + 1] as number
    let sum = 0
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    for (let at = from; at < to; at += 1) {
      const value = column[at] as number
      sum += value
      if (value < low) low = value
      if (value > high) high = value
    }
    means[bucket] = sum / (to - from)
    lows[bucket] = low
    highs[bucket] = high
  }
  return { means, lows, highs }
}

/** Which parts of a line are worth their place in the file. */
export interface LineParts {
  readonly worst?: boolean
  readonly extremes?: boolean
}

/** One line of all rows; null when no row measured anything. */
export function seriesLine(rows: readonly RowBuckets[], parts: LineParts = {}): SeriesLine | null {
  const [first] = rows
  if (first === undefined || first.means.length === 0) return null
  const typical: (number | null)[] = []
  const worst: (number | null)[] = []
  const low: (number | null)[] = []
  const high: (number | null)[] = []
  const scratch = new Float64Array(rows.length)
  for (let bucket = 0; bucket < first.means.length; bucket += 1) {
    const measured = sortedMeans(rows, bucket, scratch)
    typical.push(published(middleOf(measured)))
    worst.push(published(measured.at(-1)))
    if (parts.extremes !== true) continue
    low.push(published(extremeOf(rows, bucket, 'lows', Math.min)))
    high.push(published(extremeOf(rows, bucket, 'highs', Math.max)))
  }
  if (typical.every((value) => value === null)) return null
  return {
    typical,
    ...(parts.worst && rows.length > 1 ? { worst } : {}),
    ...(parts.extremes && saysMore(typical, low, high) ? { low, high } : {}),
  }
}

/** False where every bucket holds one value: then its extremes are that value again. */
function saysMore(...lists: readonly (readonly (number | null)[])[]): boolean {
  const [typical, ...extremes] = lists
  return extremes.some((list) => list.some((value, bucket) => value !== typical?.[bucket]))
}

/** A number with as many digits as a series keeps; null for what was not measured. */
function published(value: number | undefined): number | null {
  if (value === undefined || !Number.isFinite(value)) return null
  return Number(value.toPrecision(DIGITS))
}

function sortedMeans(
  rows: readonly RowBuckets[],
  bucket: number,
  scratch: Float64Array,
): Float64Array {
  let count = 0
  for (const { means } of rows) {
    const mean = means[bucket] as number
    if (!Number.isNaN(mean)) scratch[count++] = mean
  }
  return scratch.subarray(0, count).sort()
}

function middleOf(sorted: Float64Array): number | undefined {
  const half = sorted.length >> 1
  const upper = sorted[half]
  if (sorted.length % 2 === 1 || upper === undefined) return upper
  return ((sorted[half - 1] as number) + upper) / 2
}

function extremeOf(
  rows: readonly RowBuckets[],
  bucket: number,
  key: 'lows' | 'highs',
  pick: (a: number, b: number) => number,
): number | undefined {
  let extreme: number | undefined
  for (const row of rows) {
    const value = row[key][bucket] as number
    if (!Number.isFinite(value)) continue
    extreme = extreme === undefined ? value : pick(extreme, value)
  }
  return extreme
}
