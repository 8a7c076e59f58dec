import type { Phase } from './step-time.js'

/** What a live view shows of a running training; computed by the aggregator, drawn by renderers. */
export interface RunProgress {
  readonly status: 'waiting' | 'live' | 'stale'
  /** Seconds since the aggregator started. */
  readonly elapsedSeconds: number
  /** Seconds since the newest row arrived, null before the first. */
  readonly lastRowAgeSeconds: number | null
  readonly ranksExpected: number
  readonly ranksSeen: number
  readonly ranksFinished: number
  /** False for a run that records no steps; true when absent. */
  readonly expectsSteps?: boolean
  /** What a watched program and everything it has started use; absent where none is watched. */
  readonly processes?: {
    readonly count: number
    /** Percent of one core; null when unknown. */
    readonly cpuPercent: number | null
    readonly residentBytes: number | null
  }
  /** Largest completed step of the slowest rank, 0 before the first. */
  readonly stepsCompleted: number
  /** Over the last seconds, null when unknown. */
  readonly stepsPerSecond: number | null
  /** Mean milliseconds over recent steps of all ranks; null when a phase was not measured. */
  readonly phasesMs: Readonly<Record<Phase, number | null>>
  readonly rowsWritten: number
  /** Rows or steps known to be lost so far. */
  readonly lost: number
}
