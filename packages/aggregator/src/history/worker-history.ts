import { type ResourceLimits, Worker } from 'node:worker_threads'
import { errorMessage, type Logger } from '@traceml/contracts'
import {
  closedWithoutRows,
  type HistoryCommit,
  type HistoryFinalize,
  type HistoryPort,
  type HistorySettings,
  type HistoryStats,
} from './history-port.js'
import type { WriterReply, WriterRequest } from './worker-messages.js'

/** Rows live until the next flush: smaller costs copying, larger costs memory (both measured). */
const LIMITS: ResourceLimits = { maxYoungGenerationSizeMb: 32 }

const STOP_MS = 5000

/** A history that is written by a thread of its own. @internal */
export function createWorkerHistory(
  entry: URL,
  settings: HistorySettings,
  logger: Logger,
  onCommit: (commit: HistoryCommit) => void,
): HistoryPort {
  // Flags of the host (loaders, inspectors, export conditions) are not meant for this thread.
  const worker = new Worker(entry, { workerData: settings, resourceLimits: LIMITS, execArgv: [] })
  const flushes = new Map<number, () => void>()
  let nextFlush = 0
  /** Frames of each connection that the thread was given and has not dealt with. */
  const given = new Map<number, number>()
  let taken = 0
  let framesDropped = 0
  let failure: string | null = null
  let finished: HistoryFinalize | null = null
  let whenFinished: (() => void) | null = null
  let last: HistoryStats = {
    enabled: true,
    path: settings.path,
    framesTaken: 0,
    framesDropped: 0,
    framesQueued: 0,
    rowsWritten: 0,
    rowsRejected: 0,
    rowsPending: 0,
    lastError: null,
  }

  const send = (request: WriterRequest, transfer: readonly ArrayBuffer[] = []): void => {
    worker.postMessage(request, transfer)
  }

  const commit = (news: HistoryCommit): void => {
    last = news.stats
    for (let index = 0; index + 1 < news.marks.length; index += 2) {
      const id = news.marks[index] ?? 0
      if (given.get(id) === news.marks[index + 1]) given.delete(id)
    }
    onCommit(news)
  }

  const endWaiting = (): void => {
    for (const done of [...flushes.values()]) done()
    whenFinished?.()
  }

  worker.on('message', (reply: WriterReply) => {
    if (reply.type === 'commit') commit(reply.commit)
    else if (reply.type === 'log') logger[reply.level](reply.message, reply.fields)
    else if (reply.type === 'flushed') flushes.get(reply.id)?.()
    else {
      finished = reply.result
      commit(reply.commit)
      whenFinished?.()
    }
  })
  worker.on('error', (error) => {
    failure = `The writer thread ended: ${errorMessage(error)}`
    logger.error(`${failure}; the training is not affected, but nothing more is stored`)
    framesDropped += Math.max(0, taken - last.framesTaken)
    // What it held is lost. Sockets must not stay paused for it, nor senders wait for an answer.
    onCommit({
      marks: [...given].flat(),
      bytes: Number.MAX_SAFE_INTEGER,
      stats: stats(),
      progress: null,
    })
    endWaiting()
  })
  worker.on('exit', endWaiting)

  const stats = (): HistoryStats => ({
    ...last,
    framesTaken: taken,
    framesDropped: last.framesDropped + framesDropped,
    framesQueued: failure === null ? Math.max(0, taken - last.framesTaken) : 0,
    lastError: failure ?? last.lastError,
  })

  /** Tells the thread to finish and waits for its answer, its end or the deadline. */
  const finish = (timeoutMs: number): Promise<void> => {
    if (failure !== null || finished !== null) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, timeoutMs))
      whenFinished = () => {
        clearTimeout(timer)
        resolve()
      }
      send({ type: 'finalize' })
    })
  }

  return {
    take(batch) {
      taken += batch.lengths.length
      if (failure !== null || finished !== null) {
        framesDropped += batch.lengths.length
        onCommit({ marks: batch.marks, bytes: batch.data.length, stats: stats(), progress: null })
        return
      }
      for (let index = 0; index + 1 < batch.marks.length; index += 2) {
        given.set(batch.marks[index] ?? 0, batch.marks[index + 1] ?? 0)
      }
      const buffers = [batch.data.buffer as ArrayBuffer, batch.lengths.buffer as ArrayBuffer]
      send({ type: 'batch', batch }, buffers)
    },
    flush(timeoutMs) {
      if (failure !== null || finished !== null) return Promise.resolve()
      return new Promise((resolve) => {
        const id = nextFlush++
        const done = (): void => {
          clearTimeout(timer)
          flushes.delete(id)
          resolve()
        }
        const timer = setTimeout(done, Math.max(0, timeoutMs))
        flushes.set(id, done)
        send({ type: 'flush', id })
      })
    },
    async finalize(timeoutMs) {
      const started = performance.now()
      await finish(timeoutMs)
      if (finished !== null) return finished
      const elapsedMs = performance.now() - started
      const late = `The history did not close within ${(elapsedMs / 1000).toFixed(1)} seconds.`
      return closedWithoutRows(failure ?? late, elapsedMs)
    },
    async stop() {
      await finish(STOP_MS)
      await worker.terminate()
    },
    stats,
  }
}
