import type { Profile } from '../sampler.js'
import type { StepClock, TrainingStrategy } from '../step-time.js'
import type { LiveFreshness } from './state.js'

/** A file that the end of a run left. */
export interface LiveReport {
  readonly kind: 'text' | 'json' | 'html' | 'warning' | 'error'
  /** Absolute path on the aggregator's host. */
  readonly path: string
}

/** How the run ended. */
export interface LiveEnd {
  /** Unix seconds. */
  readonly ended_at: number
  readonly outcome: 'completed' | 'failed' | 'interrupted' | 'unknown'
  /** Exit code of the training; null when it is not known. */
  readonly exit_code: number | null
  /** One sentence, for example what went wrong with the report; null when all is well. */
  readonly message: string | null
  readonly reports: readonly LiveReport[]
}

/** The run as a whole. */
export interface LiveRun {
  readonly session_id: string
  readonly run_name: string | null
  readonly profile: Profile
  /** `waiting` until the first telemetry, `finalizing` while late telemetry and the report are awaited. */
  readonly status: 'waiting' | 'running' | 'finalizing' | 'ended'
  /** The worst of what is still going on: one stalled rank makes the run stalled. */
  readonly freshness: LiveFreshness
  /** Unix seconds; null when it is not known. */
  readonly started_at: number | null
  /** Seconds since the start; stands still after the end. */
  readonly elapsed_s: number | null
  readonly ranks_expected: number
  readonly ranks_seen: number
  readonly ranks_finished: number
  /** Global ranks without a sign of life although others have one, ascending. */
  readonly ranks_missing: readonly number[]
  /** Null until a rank has said how many ranks a node has. */
  readonly nodes_expected: number | null
  readonly nodes_seen: number
  readonly strategy: TrainingStrategy | null
  /** Clock of the step times; null before the first. */
  readonly clock: StepClock | null
  /** Seconds between two samples of the producers. */
  readonly interval_s: number
  /** False: nothing is kept beyond what a live view needs. */
  readonly history_enabled: boolean
  readonly end: LiveEnd | null
}

/** How far the run is. */
export interface LiveProgress {
  /** Newest step of the slowest rank; null before the first step. */
  readonly steps_completed: number | null
  /** Over the last half minute, the slowest rank's; null until two moments are known. */
  readonly steps_per_s: number | null
  /** Null unless the size of a batch is known. */
  readonly samples_per_s: number | null
  /** Null unless somebody said how many there will be. */
  readonly total_steps: number | null
  /** 0 to 1; null without a total. */
  readonly completed_ratio: number | null
  /** Seconds at the present speed; null without a total or a speed. */
  readonly eta_s: number | null
}
