import { SERIES_MAX_BUCKETS, type SeriesLine, type SummarySeries } from '@traceml/contracts'
import { type LineParts, type RowBuckets, seriesLine } from './series.js'

/** One line over time: where a sample holds its value, and which parts are kept. */
export interface TimeLine<Sample> {
  readonly name: string
  read(sample: Sample): number | null
  readonly parts?: LineParts
}

/** A moment of one row. */
export interface TimedSample {
  readonly sample_ts_s: number | null
}

interface Grid {
  readonly start: number
  /** Seconds from one bucket to the next; 0 when there is one. */
  readonly width: number
  readonly count: number
}

/**
 * Values of samples over time, on one grid for all rows. Buckets are as many as the row with the
 * most samples has, up to the limit, so that samples taken at a regular pace leave no gap; buckets
 * in which no row has a sample are left out.
 *
 * @param rows - The samples of each row; those without a time are not drawn.
 */
export function timeSeries<Sample extends TimedSample>(
  rows: readonly (readonly Sample[])[],
  wanted: readonly TimeLine<Sample>[],
): SummarySeries | null {
  const grid = gridOf(rows)
  if (grid === null) return null
  const places = rows.map((samples) => placesOf(samples, grid))
  const used = usedBuckets(places, grid.count)
  const lines: Record<string, SeriesLine> = {}
  for (const { name, read, parts } of wanted) {
    const buckets = rows.map((samples, row) =>
      bucketSamples(samples, places[row] as Int32Array, read, grid.count, used),
    )
    const line = seriesLine(buckets, parts)
    if (line !== null) lines[name] = line
  }
  if (Object.keys(lines).length === 0) return null
  const at = Array.from(used, (bucket) => round(grid.start + bucket * grid.width))
  return { axis: 'unix_s', at, lines }
}

/** Milliseconds are enough for a drawing. */
const round = (seconds: number): number => Math.round(seconds * 1000) / 1000

function gridOf(rows: readonly (readonly TimedSample[])[]): Grid | null {
  let start = Number.POSITIVE_INFINITY
  let end = Number.NEGATIVE_INFINITY
  let most = 0
  for (const samples of rows) {
    let timed = 0
    for (const { sample_ts_s: at } of samples) {
      if (at === null) continue
      timed += 1
      if (at < start) start = at
      if (at > end) end = at
    }
    most = Math.max(most, timed)
  }
  if (most === 0) return null
  const count = end > start ? Math.min(most, SERIES_MAX_BUCKETS) : 1
  return { start, width: count > 1 ? (end - start) / (count - 1) : 0, count }
}

/** Bucket of every sample; -1 for those without a time. */
function placesOf(samples: readonly TimedSample[], grid: Grid): Int32Array {
  return Int32Array.from(samples, ({ sample_ts_s: at }) => {
    if (at === null) return -1
    return grid.width === 0 ? 0 : Math.round((at - grid.start) / grid.width)
  })
}

function usedBuckets(places: readonly Int32Array[], count: number): Int32Array {
  const isUsed = new Uint8Array(count)
  for (const row of places) for (const bucket of row) if (bucket >= 0) isUsed[bucket] = 1
  return Int32Array.from(isUsed.keys()).filter((bucket) => isUsed[bucket] === 1)
}

function bucketSamples<Sample>(
  samples: readonly Sample[],
  places: Int32Array,
  read: (sample: Sample) => number | null,
  count: number,
  used: Int32Array,
): RowBuckets {
  const sums = new Float64Array(count)
  const counts = new Int32Array(count)
  const lows = new Float64Array(count).fill(Number.POSITIVE_INFINITY)
  const highs = new Float64Array(count).fill(Number.NEGATIVE_INFINITY)
  for (let index = 0; index < samples.length; index += 1) {
    const bucket = places[index] as number
    const value = bucket < 0 ? null : read(samples[index] as Sample)
    if (value === null) continue
    sums[bucket] = (sums[bucket] as number) + value
    counts[bucket] = (counts[bucket] as number) + 1
    if (value < (lows[bucket] as number)) lows[bucket] = value
    if (value > (highs[bucket] as number)) highs[bucket] = value
  }
  const pick = (column: Float64Array): Float64Array =>
    Float64Array.from(used, (bucket) => column[bucket] as number)
  const means = Float64Array.from(used, (bucket) => {
    const measured = counts[bucket] as number
    return measured === 0 ? Number.NaN : (sums[bucket] as number) / measured
  })
  return { means, lows: pick(lows), highs: pick(highs) }
}
