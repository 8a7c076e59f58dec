import {
  InputError,
  LIVE_PHASES,
  type LiveBuckets,
  type LivePhase,
  type LiveSeries,
  type LiveSeriesQuery,
} from '@traceml/contracts'
import { byPhase } from '../by-phase.js'
import type { BucketView } from './buckets.js'
import type { StepHistory } from './step-history.js'

const DEFAULT_POINTS = 500
const MAX_POINTS = 5000

/**
 * Answers a query for a run's past.
 *
 * @throws {InputError} `TRACEML_INPUT_INVALID` @internal
 */
export function querySeries(
  history: StepHistory | null,
  query: LiveSeriesQuery,
  wallOf: (arrivedS: number) => number,
): LiveSeries {
  const rank = query.rank ?? null
  const points = whole('points', query.points ?? DEFAULT_POINTS, 2, MAX_POINTS)
  const oldest = history?.oldestStep ?? null
  const newest = history?.newestStep ?? null
  const from = whole('from_step', query.from_step ?? oldest ?? 0, 0)
  const to = whole('to_step', query.to_step ?? newest ?? from, 0)
  const isEmpty = history === null || oldest === null || newest === null || from > to
  const read = isEmpty
    ? { bucketSteps: 1, starts: [], views: [] }
    : history.read(Math.max(from, oldest), Math.min(to, newest), points)
  const { views } = read
  return {
    rank,
    bucket_steps: read.bucketSteps,
    oldest_step: oldest,
    newest_step: newest,
    steps: read.starts,
    ts: views.map(({ ts }) => (Number.isNaN(ts) ? null : wallOf(ts))),
    step_time_ms: buckets(views, (view) => [view.count, view.min, view.max, view.sum]),
    worst_rank: views.map(({ worstRank, count }) =>
      rank !== null || count === 0 || Number.isNaN(worstRank) ? null : worstRank,
    ),
    phases_ms: byPhase((phase) => views.map((view) => partMean(view, phase))),
    memory_bytes: buckets(views, (view) => [
      view.memoryCount,
      view.memoryMin,
      view.memoryMax,
      view.memorySum,
    ]),
  }
}

function buckets(
  views: readonly BucketView[],
  read: (view: BucketView) => readonly [count: number, min: number, max: number, sum: number],
): LiveBuckets {
  const min: (number | null)[] = []
  const max: (number | null)[] = []
  const mean: (number | null)[] = []
  for (const view of views) {
    const [count, smallest, largest, sum] = read(view)
    min.push(count === 0 ? null : smallest)
    max.push(count === 0 ? null : largest)
    mean.push(count === 0 ? null : sum / count)
  }
  return { min, max, mean }
}

function partMean(view: BucketView, phase: LivePhase): number | null {
  const index = LIVE_PHASES.indexOf(phase)
  const count = view.partCounts[index] ?? 0
  return count === 0 ? null : (view.partSums[index] ?? 0) / count
}

/** A whole number within its limits. @throws {InputError} @internal */
export function whole(
  name: string,
  value: number,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value
  const limits = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`
  throw new InputError(
    'TRACEML_INPUT_INVALID',
    `${name} is ${String(value)}; give a whole number ${limits}.`,
  )
}
