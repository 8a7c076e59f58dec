import type {
  Clock,
  LiveEnd,
  LiveEngine,
  LiveSource,
  Logger,
  RunProgress,
  Store,
  TelemetryHealth,
} from '@traceml/contracts'
import type { TelemetryServerStats } from '@traceml/transport'
import type { HistoryFinalize, HistoryStats } from './history/history-port.js'
import type { WebSocketAddress, WebSocketOptions } from './websocket/options.js'

/** What the aggregator asks a report for. */
export interface SummaryRequest {
  /** Path of the SQLite history. */
  readonly databasePath: string
  /** Folder to write the files to; for a snapshot this is a scratch folder. */
  readonly sessionDirectory: string
  /** Rows or steps per partition that the report looks at. */
  readonly windowRows: number
  /** False for a snapshot in the middle of the run. */
  readonly final: boolean
  readonly health: TelemetryHealth
  /**
   * Opens the history for reading, by whoever has it open already and with the steps from memory;
   * the same rows as in the file. The caller closes it.
   *
   * @throws {TraceMLError} TRACEML_STORAGE_OPEN when there is nothing that can be read.
   */
  openStore(): Promise<Store>
}

/** Where a report was written, and its text. */
export interface SummaryFiles {
  readonly jsonPath: string
  readonly textPath: string
  readonly text: string
}

/** How a run is shown while it lasts. */
export interface AggregatorLive {
  /** Turns rows into payloads, for example `createLiveSession` of `@traceml/live`. */
  readonly engine: LiveEngine
  /** Seconds between two payloads while somebody looks; at least 0.1. */
  readonly intervalSeconds: number
}

/** Options of {@link startAggregator}. */
export interface AggregatorOptions {
  readonly sessionId: string
  /** Written into the history; default: nothing. */
  readonly productVersion?: string
  /** Folder of the run; created when missing. */
  readonly sessionDirectory: string
  /** Address to bind; default 127.0.0.1. */
  readonly host?: string
  /** Port to bind; default 0, any free one. */
  readonly port?: number
  /** Ranks that will report; null: as many as the ranks say, and one until they do. Default 1. */
  readonly expectedWorldSize?: number | null
  /** Window of the report; the history keeps one and a half times as many rows per partition. */
  readonly windowRows?: number
  /** Absent: pages that train cannot send. */
  readonly webSocket?: WebSocketOptions
  /** Absent: nobody looks while the run lasts, and nothing is computed for it. */
  readonly live?: AggregatorLive
  /** False: receive and count, store nothing. Default true. */
  readonly historyEnabled?: boolean
  readonly token?: string | null
  readonly allowUnauthenticated?: boolean
  readonly maxFrameBytes?: number
  /** Received bytes waiting for the writer after which sockets pause; default 16 MiB. */
  readonly highWaterBytes?: number
  readonly logger?: Logger
  readonly clock?: Clock
  /** True: write on the calling thread instead of a worker thread. Default false. */
  readonly inline?: boolean
  /** Makes a report; without it runs end without one. */
  generateSummary?(request: SummaryRequest): Promise<SummaryFiles>
}

/** Options of {@link AggregatorHandle.finalize}. */
export interface FinalizeOptions {
  /** Milliseconds for everything: waiting for ranks, writing, reporting. */
  readonly deadlineMs: number
  /** True when no rank can still connect: only open connections are waited for. */
  readonly trainingEnded: boolean
  /** What became of the training, for live views. Default `unknown`. */
  readonly outcome?: LiveEnd['outcome']
  /** Exit code of the training, for live views; null or absent: not known. */
  readonly exitCode?: number | null
}

/** How a run ended. */
export interface FinalizeResult {
  /** False when the history or the report is missing or damaged; `error` says why. */
  readonly ok: boolean
  readonly error: string | null
  /** One sentence for everything that was not as it should be. */
  readonly warnings: readonly string[]
  /** Null without `generateSummary`, without history, or when it failed. */
  readonly summary: SummaryFiles | null
  readonly health: TelemetryHealth
  /** Null when history is off. */
  readonly storage: HistoryFinalize | null
}

/** Counters of an aggregator since its start. */
export interface AggregatorStats {
  readonly server: TelemetryServerStats
  readonly history: HistoryStats
}

/** A running aggregator. Who starts it stops it. */
export interface AggregatorHandle {
  readonly host: string
  readonly port: number
  /** Null without {@link AggregatorOptions.webSocket}. */
  readonly webSocket: WebSocketAddress | null
  /** A cheap snapshot for the progress line. */
  progress(): RunProgress
  /** What live views draw; null without {@link AggregatorOptions.live}. It works on after `stop`. */
  readonly live: LiveSource | null
  stats(): AggregatorStats
  /** Waits for the ranks, closes the history and writes the report; the first call counts. */
  finalize(options: FinalizeOptions): Promise<FinalizeResult>
  /** Closes everything that is still open, without a report; idempotent. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
