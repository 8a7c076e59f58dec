import type {
  LiveBuckets,
  LiveLogQuery,
  LiveLogs,
  LivePayload,
  LiveSeries,
  LiveSeriesQuery,
  LiveSource,
} from '@traceml/contracts'
import { type Moment, momentOf } from './moment.js'
import { byPhase, meanPhases, median, phasesOf, round, stepTimeOf } from './numbers.js'
import { liveFixture, logLines } from './payload.js'
import { peakBytes } from './ranks.js'
import { type LiveFixtureName, scenarioOf } from './scenario.js'

/** A live source without a run behind it. */
export interface LiveSourceFixture extends LiveSource {
  /** Goes on by one tick of 2 s and tells the listeners. */
  advance(): void
}

/** Creates a source that shows an invented run; its time stands still between calls of `advance`. */
export function createLiveSourceFixture(name: LiveFixtureName, tick = 30): LiveSourceFixture {
  let now = Math.max(1, Math.trunc(tick))
  const listeners = new Set<(payload: LivePayload) => void>()
  const moment = (): Moment => momentOf(scenarioOf(name), now)
  return {
    payload: () => liveFixture(name, now),
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    series: (query = {}) => Promise.resolve(seriesAt(moment(), query)),
    logs: (query = {}) => Promise.resolve(logsAt(moment(), query)),
    advance() {
      now += 1
      const payload = liveFixture(name, now)
      for (const listener of listeners) listener(payload)
    },
  }
}

function logsAt(moment: Moment, query: LiveLogQuery): LiveLogs {
  const { rank = null, after_id: after = -1, limit = 200 } = query
  const before = query.before_id ?? Number.POSITIVE_INFINITY
  const known = logLines(moment, 2000).filter(
    (line) => (rank === null || line.rank === rank) && line.id < before,
  )
  const wanted = known.filter((line) => line.id > after)
  const lines = query.after_id === undefined ? wanted.slice(-limit) : wanted.slice(0, limit)
  return { rank, lines, has_older: known.length > 0 && known[0]?.id !== lines[0]?.id }
}

function seriesAt(moment: Moment, query: LiveSeriesQuery): LiveSeries {
  const { scenario, newestStep } = moment
  const isEmpty = scenario.status === 'waiting' || scenario.profile === 'watch'
  const from = Math.max(1, query.from_step ?? 1)
  const to = Math.min(newestStep, query.to_step ?? newestStep)
  const points = Math.max(2, query.points ?? 500)
  const width = 2 ** Math.max(0, Math.ceil(Math.log2((to - from + 1) / points)))
  const starts: number[] = []
  for (let step = from; !isEmpty && step <= to; step += width) starts.push(step)
  const ranks =
    query.rank === undefined || query.rank === null
      ? Array.from({ length: scenario.ranks }, (_, rank) => rank)
      : [query.rank]
  const stepsOf = (start: number): readonly number[] =>
    Array.from({ length: Math.min(width, to - start + 1) }, (_, index) => start + index)
  const buckets = (read: (rank: number, step: number) => number): LiveBuckets => {
    const values = starts.map((start) =>
      stepsOf(start).map((step) => median(ranks.map((rank) => read(rank, step)))),
    )
    return {
      min: values.map((all) => Math.min(...all)),
      max: values.map((all) => Math.max(...all)),
      mean: values.map((all) => round(all.reduce((sum, one) => sum + one, 0) / all.length)),
    }
  }
  const phases = starts.map((start) =>
    meanPhases(stepsOf(start).map((step) => phasesOf(scenario, ranks[0] ?? 0, step))),
  )
  return {
    rank: query.rank ?? null,
    bucket_steps: width,
    oldest_step: isEmpty ? null : 1,
    newest_step: isEmpty ? null : newestStep,
    steps: starts,
    ts: starts.map((start) => moment.startedAt + (start * scenario.meanStepMs) / 1000),
    step_time_ms: buckets((rank, step) => stepTimeOf(phasesOf(scenario, rank, step))),
    worst_rank: starts.map(() => (ranks.length > 1 ? scenario.straggler : null)),
    phases_ms: byPhase((phase) => phases.map((one) => one[phase])),
    memory_bytes: buckets((rank, step) => peakBytes(moment, rank, step)),
  }
}
