import type {
  IngestStats,
  LiveRowBatch,
  Logger,
  StepTimeRequest,
  StepTimeSnapshot,
  WindowRequest,
} from '@traceml/contracts'
import type { HistoryFacts } from '../schema/meta.js'
import type { SampleTable } from '../schema/tables.js'
import type { MemorySteps } from '../window/memory-windows.js'
import type { RankProgress } from '../window/step-windows.js'

/** How a history is written. */
export interface HistoryWriterOptions {
  /** Rows of the analysed window; half as many again are kept per rank or node. Default 10,000. */
  readonly windowRows?: number
  readonly logger?: Logger
  /** Written into the file. */
  readonly facts?: HistoryFacts
  /** Messages that may wait for a flush; more are flushed at once. Default 50,000. */
  readonly maxPendingMessages?: number
  /** Rows that may wait for a flush; more are flushed at once. Default 100,000. */
  readonly maxPendingRows?: number
  /**
   * What a full buffer does: `flush` writes it, and only drops messages while the database refuses
   * to be written; `drop` drops them at once. Default `flush`.
   */
  readonly whenFull?: 'flush' | 'drop'
  /** Memory for the step windows of all ranks together. Default 192 MiB. */
  readonly windowBytes?: number
  /**
   * Gets the new rows at every flush, whether or not the database takes them: for live views.
   * Its arrays are the receiver's own.
   */
  readonly onRows?: (batch: LiveRowBatch) => void
}

/** What became of one frame or message. */
export interface IngestResult {
  /** Rows that were buffered. */
  readonly rows: number
  /** False: the bytes are no message at all, or the buffer was full. */
  readonly accepted: boolean
  /** Items that are neither telemetry nor control. */
  readonly ignored: number
  /** Control messages, as they travelled; see `parseControl` of `@traceml/codec`. */
  readonly controls: readonly Readonly<Record<string, unknown>>[]
}

/** Counters of a writer. */
export interface HistoryWriterStats extends IngestStats {
  readonly path: string
  /** Messages with telemetry that were taken in. */
  readonly messagesEnqueued: number
  /** Frames that are no message. */
  readonly framesInvalid: number
  /** Rows that wait for the next flush. */
  readonly rowsPending: number
  readonly flushes: number
  /** Flushes that the database refused; their rows are kept and tried again. */
  readonly flushesFailed: number
  readonly rowsWrittenByTable: Readonly<Record<SampleTable, number>>
}

/** How far every rank is. */
export interface ProgressSnapshot {
  /** Ascending by rank; ranks appear with their first written step row. */
  readonly ranks: readonly RankProgress[]
  readonly rowsWritten: number
}

/** How the history was closed. Keys as in the files of a session. */
export interface FinalizeResult {
  /** Everything that was taken in is written, checkpointed and closed. */
  readonly ok: boolean
  readonly elapsed_sec: number
  /** Messages. */
  readonly enqueued: number
  /** Rows. */
  readonly written: number
  /** Messages. */
  readonly dropped: number
  /** Messages that could not be written. */
  readonly queue_size: number
  readonly checkpoint_ok: boolean
  readonly error: string | null
  readonly prune_ok: boolean
  readonly prune_error: string | null
  readonly checkpoint_error: string | null
}

/** Writes the history of one run. Synchronous; owned by one thread. */
export interface HistoryWriter {
  readonly path: string
  /**
   * Takes in the payload of one frame. Never throws on bad data.
   *
   * @param recvTsNs - Unix nanoseconds.
   */
  ingestFrame(payload: Uint8Array, recvTsNs: bigint): IngestResult
  /** Takes in a decoded message: a list of items, or one item. */
  ingest(value: unknown, recvTsNs: bigint): IngestResult
  /**
   * Writes the buffered rows, up to 8192 a transaction. A row that the database refuses is rejected
   * alone. On a disk that is nearly full, less is written at a time, so that what fits is stored;
   * the rest stays for the next flush, as all does when the database cannot be written at all.
   *
   * @returns Rows written.
   */
  flush(): number
  readonly pendingRows: number
  stats(): HistoryWriterStats
  progressSnapshot(): ProgressSnapshot
  /**
   * The snapshot of the written rows that `Store.readStepTime` would give, from memory; null when
   * memory cannot tell, and the file has to be read. Works after {@link HistoryWriter.finalize},
   * when its arrays are views on the writer's own storage.
   */
  stepTimeSnapshot(request: StepTimeRequest): StepTimeSnapshot | null
  /** The same for `Store.readStepMemoryColumns`, without the capacity of the devices. */
  stepMemorySnapshot(request: WindowRequest): MemorySteps | null
  /** Writes what is left, prunes exactly, builds the remaining indexes, closes. Idempotent. */
  finalize(): FinalizeResult
}
