import type { LiveNode, LiveRank } from './ranks.js'
import type { LiveProgress, LiveRun } from './run.js'
import type { LiveExtraSections, LiveSections } from './sections.js'
import type { LIVE_SCHEMA_VERSION, LiveFreshness } from './state.js'
import type { LiveVerdict } from './verdict.js'

/** One line that the training wrote. */
export interface LiveLogLine {
  /** Grows with every line of the run, over all ranks. */
  readonly id: number
  readonly rank: number | null
  /** Unix seconds; null when the producer does not say. */
  readonly ts: number | null
  /** Null when the producer does not say. */
  readonly stream: 'stdout' | 'stderr' | null
  /**
   * As it would stand on a terminal: carriage returns have rewritten it; no escape sequences and no
   * control characters are left. Still hostile text for HTML.
   */
  readonly text: string
}

/** Newest output of the training. */
export interface LiveLogTail {
  readonly freshness: LiveFreshness
  /** Ranks that wrote anything, ascending. */
  readonly ranks: readonly number[]
  /** At most 50 over all ranks, oldest first; `LiveSource.logs` has more, by rank. */
  readonly lines: readonly LiveLogLine[]
}

/** How telemetry reached the aggregator, what was lost and what it cost. */
export interface LiveTelemetry {
  readonly rows_received: number
  readonly bytes_received: number
  /** Steps that producers recorded and could not send; null when none says. */
  readonly steps_lost: number | null
  readonly rows_lost: number
  readonly messages_lost: number
  /** Messages that wait to be stored. */
  readonly backlog_messages: number
  /** One sentence for everything that was lost; empty when all is well. */
  readonly notes: readonly string[]
  /** Milliseconds that the computation of this payload took. */
  readonly compute_ms: number
}

/**
 * Everything that a live view shows, computed once a tick and drawn by every surface. Plain JSON.
 *
 * @see LIVE_SCHEMA_VERSION
 */
export interface LivePayload {
  readonly schema_version: typeof LIVE_SCHEMA_VERSION
  /** Grows by one with every payload of a source; starts at 1. */
  readonly seq: number
  /** Unix seconds on the aggregator's clock. */
  readonly generated_at: number
  readonly run: LiveRun
  /** The verdict of the run: the most important of the sections', or what its state demands. */
  readonly verdict: LiveVerdict
  readonly progress: LiveProgress
  /** By node rank. */
  readonly nodes: readonly LiveNode[]
  /** By global rank; a rank that is gone stays in the list. */
  readonly ranks: readonly LiveRank[]
  readonly sections: LiveSections
  readonly extra_sections: LiveExtraSections
  readonly logs: LiveLogTail
  readonly telemetry: LiveTelemetry
}
