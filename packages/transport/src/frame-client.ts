import { encodeFrame } from '@traceml/codec'
import {
  type Exporter,
  type ExporterStats,
  type ExportItem,
  errorMessage,
  type Logger,
  noopLogger,
} from '@traceml/contracts'
import type { ClientConnection, ClientConnectionEvents } from './connection.js'
import { createFlushWaiters } from './flush-waiters.js'
import { type HeldTimer, startTimer } from './held-timer.js'
import { createSendBuffer } from './send-buffer.js'

const CHUNK_BYTES = 256 * 1024
const FIRST_BACKOFF_MS = 100
const MAX_BACKOFF_MS = 5000
/** Attempts in a row that may fail before the user is told, and before a flush gives up. */
const PATIENCE = 3

/** What every client may be told, over whichever connection it sends. */
export interface ClientLimits {
  /** Bytes of frames kept until they are acknowledged; default 32 MiB. */
  readonly maxBufferedBytes?: number
  /** Frames kept until they are acknowledged; default 65,536. */
  readonly maxBufferedFrames?: number
  readonly logger?: Logger
  /** Called with one sentence for the user: once when nobody is there, once when it refuses. */
  onWarning?(message: string): void
}

/** How a client reaches its server. @internal */
export interface FrameClientOptions extends ClientLimits {
  readonly id: string
  /** The server as a message names it, for example `127.0.0.1:29765`. */
  readonly place: string
  connect(events: ClientConnectionEvents): ClientConnection
  /** Runs `send` soon, once for the frames of one turn. */
  defer(send: () => void): void
}

/** Counters of a telemetry client. Batches are frames; `exportedBatches` are those that arrived. */
export interface TelemetryClientStats extends ExporterStats {
  readonly connected: boolean
  /** Connections made so far. */
  readonly connections: number
  readonly bufferedBatches: number
  readonly bufferedBytes: number
  /** Batches that could not be encoded; also counted as dropped. */
  readonly unencodableBatches: number
}

/** An {@link Exporter} that sends to a telemetry server. */
export interface TelemetryClient extends Exporter {
  /**
   * Queues a frame that is already encoded, length included; returns at once and never throws.
   * The bytes must not change afterwards.
   */
  exportFrame(frame: Uint8Array, rowCount: number): void
  stats(): TelemetryClientStats
}

/**
 * Creates a client that connects in the background, at once and again after every loss, until a
 * server refuses it.
 *
 * Delivery is at least once: frames stay in a bounded buffer until the server acknowledges them,
 * and travel again after a reconnect. A full buffer drops its oldest telemetry and counts it;
 * controls are kept. With a server that never acknowledges, a frame counts as delivered when it was
 * written. Nothing here keeps the process alive, except a flush that is being awaited. @internal
 */
export function createFrameClient(options: FrameClientOptions): TelemetryClient {
  const logger = options.logger ?? noopLogger
  const buffer = createSendBuffer({
    maxBytes: options.maxBufferedBytes ?? 32 * 1024 * 1024,
    maxFrames: options.maxBufferedFrames ?? 65_536,
  })
  let connection: ClientConnection | null = null
  let connected = false
  let blocked = false
  let connections = 0
  let failures = 0
  let retryTimer: HeldTimer | null = null
  let pumpScheduled = false
  let warned = false
  let closed = false
  let lateBatches = 0
  let lateRows = 0
  let unencodable = 0
  /** Failures seen by the flush that is being awaited; a dead server must not cost its time. */
  let flushFailures = 0

  const waiters = createFlushWaiters()

  const settle = (): void => {
    waiters.settle(buffer.settledThrough)
    if (!waiters.any()) connection?.unref()
  }

  const pump = (): void => {
    pumpScheduled = false
    while (connected && connection !== null && !blocked) {
      const chunk = buffer.take(CHUNK_BYTES)
      if (chunk === null) return
      blocked = !connection.write(chunk.bytes, chunk.frames)
    }
  }

  const schedulePump = (): void => {
    if (pumpScheduled || !connected || blocked) return
    pumpScheduled = true
    options.defer(pump)
  }

  const tell = (what: string): void => {
    const message = `traceml: the aggregator at ${options.place} ${what}`
    logger.warn(message)
    options.onWarning?.(message)
  }

  const retryDelay = (): number => {
    if (waiters.any()) return FIRST_BACKOFF_MS
    const delay = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 10))
    // Spread out, so that the ranks of a run do not all come back in the same instant.
    return delay * (0.5 + Math.random() / 2)
  }

  /** Nothing more is sent, and what waits is given up and counted. */
  const close = (): void => {
    closed = true
    retryTimer?.cancel()
    buffer.abandon()
    waiters.release()
  }

  const onLost = (reason: string, refused = false): void => {
    connection = null
    connected = false
    blocked = false
    buffer.rewind()
    if (closed) return
    if (refused) {
      tell(`takes nothing from this training (${reason}); it goes on unrecorded.`)
      close()
      return
    }
    failures += 1
    if (failures >= PATIENCE && !warned) {
      warned = true
      tell(
        `cannot be reached (${reason}); training goes on, and telemetry is kept for it up to a limit.`,
      )
    }
    if (waiters.any()) {
      flushFailures += 1
      if (flushFailures >= PATIENCE) waiters.release()
    }
    settle()
    logger.debug('connection to the aggregator lost', { reason, failures })
    retryTimer = startTimer(retryDelay(), waiters.any(), open)
  }

  const open = (): void => {
    retryTimer = null
    if (closed) return
    const attempt = options.connect({
      onOpen() {
        connected = true
        connections += 1
        pump()
      },
      onConfirm(frames) {
        buffer.confirm(frames)
        settle()
      },
      onHealthy() {
        failures = 0
        flushFailures = 0
      },
      onDrain() {
        blocked = false
        pump()
      },
      onClose: onLost,
    })
    connection = attempt
    if (waiters.any()) attempt.ref()
  }

  const enqueue = (frame: Uint8Array, rows: number, keep: boolean): void => {
    if (closed) {
      lateBatches += 1
      lateRows += rows
      return
    }
    buffer.add(frame, rows, keep)
    schedulePump()
  }

  const forceFlush = (timeoutMs: number): Promise<void> => {
    if (closed || buffer.settledThrough >= buffer.newest) return Promise.resolve()
    flushFailures = 0
    const done = waiters.add(buffer.newest, timeoutMs)
    connection?.ref()
    retryTimer?.hold(true)
    if (connection === null && retryTimer !== null) {
      retryTimer.cancel()
      open()
    }
    return done.then(settle)
  }

  let shuttingDown: Promise<void> | null = null
  const shutdown = async (timeoutMs: number): Promise<void> => {
    await forceFlush(timeoutMs)
    close()
    connection?.unref()
    connection?.end()
  }

  open()
  return {
    apiVersion: 1,
    kind: 'exporter',
    id: options.id,
    export(items) {
      if (items.length === 0) return
      const rows = countRows(items)
      try {
        enqueue(encodeFrame(items), rows, items.some(isControl))
      } catch (error) {
        unencodable += 1
        lateBatches += 1
        lateRows += rows
        logger.warn('a batch could not be encoded', { error: errorMessage(error) })
      }
    },
    exportFrame: (frame, rowCount) => enqueue(frame, rowCount, false),
    forceFlush,
    shutdown(timeoutMs) {
      shuttingDown ??= shutdown(timeoutMs)
      return shuttingDown
    },
    stats() {
      const held = buffer.stats()
      return {
        exportedBatches: held.deliveredFrames,
        droppedBatches: held.droppedFrames + lateBatches,
        droppedRows: held.droppedRows + lateRows,
        connected,
        connections,
        bufferedBatches: held.frames,
        bufferedBytes: held.bytes,
        unencodableBatches: unencodable,
      }
    },
  }
}

function isControl(item: ExportItem): boolean {
  return '_traceml_control' in item
}

function countRows(items: readonly ExportItem[]): number {
  let rows = 0
  for (const item of items) {
    if (!('body' in item)) continue
    for (const table of Object.values(item.body.tables)) rows += table.length
  }
  return rows
}
