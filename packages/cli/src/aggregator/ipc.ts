import type { LivePayload, Profile, RunProgress, RunStatus } from '@traceml/contracts'
import type { PolicySetName } from '@traceml/diagnostics'

/** What live views have to know of a run. */
export interface LiveRunOptions {
  /** Seconds between two samples of the ranks. */
  readonly intervalSeconds: number
  /** Steps after which recording stops, or null for never. */
  readonly traceMaxSteps: number | null
  /** Steps that the training will make, or null when nobody said so. */
  readonly totalSteps: number | null
}

/** The dashboard that an aggregator process serves. */
export interface DashboardOptions {
  readonly host: string
  /** Tried first; 0: any. */
  readonly port: number
  /** URLs of the modules with panels. */
  readonly panelModules: readonly string[]
}

/** What an aggregator process is told to do; the first message that it receives. */
export interface AggregatorOptions {
  readonly sessionId: string
  readonly sessionDirectory: string
  /** Name of the run in its report. */
  readonly runName: string
  readonly host: string
  /** 0: chosen by the system. */
  readonly port: number
  /** Null: as many as the ranks say. */
  readonly expectedWorldSize: number | null
  readonly windowRows: number
  readonly historyEnabled: boolean
  readonly profile: Profile
  /** URLs of the modules with sections of the report. */
  readonly sectionModules: readonly string[]
  /** Thresholds of the report's verdicts. */
  readonly policy: PolicySetName
  /** Write the report as a page, too. */
  readonly htmlReport: boolean
  readonly token: string | null
  /** Accept peers without the token. */
  readonly allowAnonymous: boolean
  /** Budget of a finalisation that nobody asked for, because the launcher is gone. */
  readonly finalizeTimeoutMs: number
  /** Milliseconds between two progress messages, or null for none. */
  readonly progressIntervalMs: number | null
  /** Null: nobody looks while the run lasts. */
  readonly live: LiveRunOptions | null
  /** Null: none is served. Needs `live`. */
  readonly dashboard: DashboardOptions | null
  /** Milliseconds between two live payloads for the launcher, or null for none. */
  readonly liveIntervalMs: number | null
  /** The process holds the launcher's terminal, to give it back if the launcher is lost. */
  readonly holdsTerminal: boolean
}

/** Asks for the report. */
export interface FinalizeMessage {
  readonly type: 'finalize'
  readonly deadlineMs: number
  /** What became of the run. */
  readonly status: RunStatus
  /** Of the training; null when it is not known. */
  readonly exitCode: number | null
}

/** How to give the launcher's terminal back when the launcher is lost. */
export interface TerminalMessage {
  readonly type: 'terminal'
  /** To be written to it; '' for nothing. */
  readonly text: string
  /** Settings for `stty`, or null when they were not changed. */
  readonly modes: string | null
}

/** Messages of the launcher to its aggregator. */
export type LauncherMessage =
  | { readonly type: 'start'; readonly options: AggregatorOptions }
  | FinalizeMessage
  | TerminalMessage

/** The report of a run as the launcher shows it. */
export interface FinalizedReport {
  /** Text card, or null when no report could be made. */
  readonly text: string | null
  readonly jsonPath: string | null
  readonly textPath: string | null
  /** Null when no page was asked for, or none could be written. */
  readonly htmlPath: string | null
  /** Steps that were recorded; null when that is not known or none were meant to be. */
  readonly stepsRecorded: number | null
  /** Why there is no report, or why its files are missing. */
  readonly problem: string | null
}

/** Messages of the aggregator to its launcher. */
export type AggregatorMessage =
  | { readonly type: 'ready'; readonly host: string; readonly port: number }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'progress'; readonly progress: RunProgress }
  | { readonly type: 'live'; readonly payload: LivePayload }
  /** Sent once the dashboard can be reached; the lines are for the user. */
  | { readonly type: 'dashboard'; readonly url: string; readonly lines: readonly string[] }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'finalized'; readonly report: FinalizedReport }
