import { errorMessage, type Logger, type Store } from '@traceml/contracts'
import { openHistory, openStore } from '@traceml/storage/better-sqlite3'
import { createLiveRowDecoder } from '@traceml/storage/live'
import {
  closedWithoutRows,
  type FrameBatch,
  type HistoryEvents,
  type HistoryFinalize,
  type HistoryProgress,
  type HistorySettings,
  type HistoryStats,
  type HistoryWriter,
} from './history-port.js'

/** Rows that make a transaction worth its cost. */
const FLUSH_ROWS = 2000
/** Longest time that a row waits for company. */
const FLUSH_MS = 100
/** Pause before a database that refused to be written is tried again. */
const RETRY_MS = 1000
const PROGRESS_MS = 250

/** Takes in payloads: a writer, or the decoder of a live view. */
interface FrameTarget {
  ingestFrame(payload: Uint8Array, recvTsNs: bigint): unknown
}

/** The writer of the history, without a thread of its own. @internal */
export interface HistoryCore {
  take(batch: FrameBatch): void
  flush(): void
  finalize(): HistoryFinalize
  isFinalized(): boolean
  stats(): HistoryStats
  /**
   * Opens what is written for reading, with the steps from memory where that knows them. After
   * `finalize` their columns are the writer's own: whoever takes them away has `useMemory` answer
   * false for that read from then on.
   *
   * @throws {TraceMLError} TRACEML_STORAGE_OPEN
   */
  openStore(useMemory?: (read: 'stepTime' | 'stepMemory') => boolean): Store
}

/**
 * Creates the writer. It never throws: a database that cannot be opened or written is reported
 * once, and what it could not store is counted.
 *
 * @param events - `onCommit` is called after every attempt to write, also after a failed one: the rows
 * then wait here, within a bound, and a sender must not keep its own copy of what may never be stored.
 * @internal
 */
export function createHistoryCore(
  settings: HistorySettings,
  logger: Logger,
  events: HistoryEvents,
): HistoryCore {
  const { onRows } = events
  let openError: string | null = null
  let frameError: string | null = null
  let framesTaken = 0
  let framesDropped = 0
  let marks: number[] = []
  let bytes = 0
  let timer: NodeJS.Timeout | null = null
  let lastProgress = Number.NEGATIVE_INFINITY
  let result: HistoryFinalize | null = null

  const open = (): HistoryWriter | null => {
    try {
      return openHistory({ ...settings, logger, ...(onRows === null ? {} : { onRows }) })
    } catch (error) {
      openError = `The history "${settings.path}" cannot be opened: ${errorMessage(error)}`
      logger.error(`${openError}; nothing is stored, the training is not affected`)
      return null
    }
  }
  const writer = open()
  // A live view does not need the file.
  const decoder = writer === null && onRows !== null ? createLiveRowDecoder() : null

  const stats = (): HistoryStats => {
    const written = writer?.stats()
    return {
      enabled: true,
      path: settings.path,
      framesTaken,
      framesDropped: framesDropped + (written?.messagesDropped ?? 0),
      framesQueued: 0,
      rowsWritten: written?.rowsWritten ?? 0,
      rowsRejected: written?.rowsRejected ?? 0,
      rowsPending: written?.rowsPending ?? 0,
      lastError: openError ?? written?.lastError ?? frameError,
    }
  }

  const progress = (): HistoryProgress | null => {
    const now = performance.now()
    if (writer === null || now - lastProgress < PROGRESS_MS) return null
    lastProgress = now
    return writer.progressSnapshot()
  }

  const arm = (delayMs: number): void => {
    timer ??= setTimeout(flush, delayMs)
  }

  const flush = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (writer !== null && result === null) {
      writer.flush()
      if (writer.pendingRows > 0) arm(RETRY_MS)
    }
    const done = { marks, bytes }
    marks = []
    bytes = 0
    const unstored = decoder?.drain() ?? null
    if (unstored !== null) onRows?.(unstored)
    events.onCommit({ ...done, stats: stats(), progress: progress() })
  }

  const ingest = (batch: FrameBatch, target: FrameTarget): void => {
    let offset = 0
    for (const length of batch.lengths) {
      const payload = batch.data.subarray(offset, offset + length)
      offset += length
      try {
        target.ingestFrame(payload, batch.recvTsNs)
      } catch (error) {
        framesDropped += 1
        if (frameError === null) {
          logger.error('a frame could not be stored', { error: errorMessage(error) })
        }
        frameError = errorMessage(error)
      }
    }
  }

  return {
    take(batch) {
      framesTaken += batch.lengths.length
      if (writer === null || result !== null) framesDropped += batch.lengths.length
      else ingest(batch, writer)
      if (decoder !== null) ingest(batch, decoder)
      for (const mark of batch.marks) marks.push(mark)
      bytes += batch.data.length
      const rows = result === null ? (writer?.pendingRows ?? 0) : 0
      // Rows that an earlier attempt left behind are tried by the clock, not by every batch.
      if (batch.urgent || rows >= FLUSH_ROWS) flush()
      else arm(FLUSH_MS)
    },
    flush,
    finalize() {
      if (result !== null) return result
      if (writer === null) {
        flush()
        result = closedWithoutRows(openError)
        return result
      }
      lastProgress = Number.NEGATIVE_INFINITY
      flush()
      if (timer !== null) clearTimeout(timer)
      result = writer.finalize()
      return result
    },
    isFinalized: () => result !== null,
    stats,
    openStore(useMemory = () => true) {
      return openStore(settings.path, {
        memory: {
          stepTime: (request) =>
            useMemory('stepTime') ? (writer?.stepTimeSnapshot(request) ?? null) : null,
          stepMemory: (request) =>
            useMemory('stepMemory') ? (writer?.stepMemorySnapshot(request) ?? null) : null,
        },
      })
    },
  }
}
