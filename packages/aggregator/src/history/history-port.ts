import type { LiveRowBatch, Store } from '@traceml/contracts'
import type { openHistory } from '@traceml/storage/better-sqlite3'

/** The synchronous writer that stands behind a history. */
export type HistoryWriter = ReturnType<typeof openHistory>

/** How the history was closed; the keys are those of the files of a session. */
export type HistoryFinalize = ReturnType<HistoryWriter['finalize']>

/** How far every rank is, as the history knows it. */
export type HistoryProgress = ReturnType<HistoryWriter['progressSnapshot']>

/** What a history file says about its run. */
export type HistoryFacts = NonNullable<Parameters<typeof openHistory>[0]['facts']>

/** Received payloads on their way to the writer. */
export interface FrameBatch {
  /** The payloads, one after the other, in an `ArrayBuffer` of their own. */
  readonly data: Uint8Array
  /** Length of each payload. */
  readonly lengths: Uint32Array
  /** Pairs: connection id, frames of it that are dealt with once this batch is written. */
  readonly marks: readonly number[]
  /** When the bytes came off the socket, Unix nanoseconds. */
  readonly recvTsNs: bigint
  /** True: write at once, somebody is waiting. */
  readonly urgent: boolean
}

/** Counters of a history since its start. */
export interface HistoryStats {
  readonly enabled: boolean
  readonly path: string | null
  /** Frames handed to the writer. */
  readonly framesTaken: number
  /** Frames of which nothing was or will be stored. */
  readonly framesDropped: number
  /** Frames that the writer has not looked at yet. */
  readonly framesQueued: number
  readonly rowsWritten: number
  readonly rowsRejected: number
  /** Rows that wait for the next transaction. */
  readonly rowsPending: number
  readonly lastError: string | null
}

/** News after an attempt to write. @internal */
export interface HistoryCommit {
  /** Marks of the batches that are dealt with, see {@link FrameBatch.marks}. */
  readonly marks: readonly number[]
  /** Payload bytes that need no room any more. */
  readonly bytes: number
  readonly stats: HistoryStats
  /** Null when it is not due yet. */
  readonly progress: HistoryProgress | null
}

/** The writing side of the history, on this thread or another. @internal */
export interface HistoryPort {
  take(batch: FrameBatch): void
  /** Resolves when everything taken so far is written, or could not be; at most after `timeoutMs`. */
  flush(timeoutMs: number): Promise<void>
  /** Flushes, applies retention, checkpoints and closes; at most once, within `timeoutMs`. */
  finalize(timeoutMs: number): Promise<HistoryFinalize>
  /**
   * Opens what is written for reading, also after `finalize`; the caller closes it. Steps come from
   * memory where that knows them.
   *
   * @throws {TraceMLError} TRACEML_STORAGE_OPEN when there is nothing that can be read.
   */
  openStore(): Promise<Store>
  /** Ends without the care of `finalize`; idempotent. */
  stop(): Promise<void>
  stats(): HistoryStats
}

/** What a history tells while it runs. @internal */
export interface HistoryEvents {
  onCommit(commit: HistoryCommit): void
  /** Null: nobody looks at the rows while the run lasts. */
  readonly onRows: ((batch: LiveRowBatch) => void) | null
}

/** What a history needs to start. @internal */
export interface HistorySettings {
  readonly path: string
  readonly windowRows: number
  /** Written into the file. */
  readonly facts: HistoryFacts
}

/** The result of closing something that never held a row, or that failed with `error`. @internal */
export function closedWithoutRows(error: string | null, elapsedMs = 0): HistoryFinalize {
  return {
    ok: error === null,
    elapsed_sec: elapsedMs / 1000,
    enqueued: 0,
    written: 0,
    dropped: 0,
    queue_size: 0,
    checkpoint_ok: error === null,
    error,
    prune_ok: true,
    prune_error: null,
    checkpoint_error: null,
  }
}
