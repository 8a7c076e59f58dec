import type { LiveLogLine, LivePayload } from './payload.js'
import type { LivePhase } from './ranks.js'

/** Which part of a run's past to show. */
export interface LiveSeriesQuery {
  /** First step; default: the oldest that is known. */
  readonly from_step?: number
  /** Last step; default: the newest. */
  readonly to_step?: number
  /** Points at most, 2 to 5,000; default 500. */
  readonly points?: number
  /** Global rank; null or absent: over all ranks. */
  readonly rank?: number | null
}

/** Smallest, largest and mean of each point's steps; null where nothing was measured. */
export interface LiveBuckets {
  readonly min: readonly (number | null)[]
  readonly max: readonly (number | null)[]
  readonly mean: readonly (number | null)[]
}

/**
 * A run's past at the wanted resolution. Points cover whole buckets of steps, so that no extreme is
 * lost; all arrays are equally long, oldest first.
 */
export interface LiveSeries {
  /** Null: over all ranks. */
  readonly rank: number | null
  /** Steps that each point covers; 1 is full resolution. */
  readonly bucket_steps: number
  /** Oldest and newest step that can be asked for; null before the first. */
  readonly oldest_step: number | null
  readonly newest_step: number | null
  /** First step of each point. */
  readonly steps: readonly number[]
  /** Unix seconds at which the point's newest step arrived; null when unknown. */
  readonly ts: readonly (number | null)[]
  readonly step_time_ms: LiveBuckets
  /** Rank of the longest step of each point; null for one rank's series. */
  readonly worst_rank: readonly (number | null)[]
  /** Means of the parts of the step. */
  readonly phases_ms: Readonly<Record<LivePhase, readonly (number | null)[]>>
  /** Peak of the device's memory, or live tensors where there is no such peak. */
  readonly memory_bytes: LiveBuckets
}

/** Which lines to show. */
export interface LiveLogQuery {
  /** Global rank; null or absent: all. */
  readonly rank?: number | null
  /** Only lines with a larger id. */
  readonly after_id?: number
  /** Only lines with a smaller id: how to scroll back. */
  readonly before_id?: number
  /** Lines at most, 1 to 2,000; the newest ones, or with `after_id` the oldest. Default 200. */
  readonly limit?: number
}

/** Lines of the training's output, oldest first. */
export interface LiveLogs {
  readonly rank: number | null
  readonly lines: readonly LiveLogLine[]
  /** Older lines are there, too. */
  readonly has_older: boolean
}

/**
 * Where a surface gets what it draws: a running aggregator, a stored session, a fixture.
 *
 * Nothing here waits for a drawing: a listener that throws is dropped, its error logged once.
 */
export interface LiveSource {
  /** The newest payload; one in state `waiting` before the first tick. Never throws. */
  payload(): LivePayload
  /**
   * Calls `listener` after every tick, not at once. Payloads are only computed while somebody
   * listens, and when one is asked for.
   *
   * @returns A function that ends it.
   */
  subscribe(listener: (payload: LivePayload) => void): () => void
  /** @throws {InputError} `TRACEML_INPUT_INVALID` for a query that is no query. */
  series(query?: LiveSeriesQuery): Promise<LiveSeries>
  /** @throws {InputError} `TRACEML_INPUT_INVALID` for a query that is no query. */
  logs(query?: LiveLogQuery): Promise<LiveLogs>
}

/** Answers of the JSON interface by path. Every error is a {@link LiveApiError}. */
export interface LiveApi {
  /** The whole payload. */
  readonly '/api/live.json': LivePayload
  /** State, verdict and progress only: for scripts and health checks. */
  readonly '/api/status.json': LiveStatus
  /** Query: `from_step`, `to_step`, `points`, `rank`. */
  readonly '/api/series.json': LiveSeries
  /** Query: `rank`, `after_id`, `before_id`, `limit`. */
  readonly '/api/logs.json': LiveLogs
}

/** The short answer. */
export type LiveStatus = Pick<
  LivePayload,
  'schema_version' | 'seq' | 'generated_at' | 'run' | 'verdict' | 'progress'
>

/** What the JSON interface answers with a status of 400 and above. */
export interface LiveApiError {
  readonly error: {
    /** Code of an error of traceml. */
    readonly code: string
    /** One sentence. */
    readonly message: string
  }
}
