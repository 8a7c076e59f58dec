import { type ResourceLimits, Worker } from 'node:worker_threads'
import { errorMessage, type Logger, StorageError } from '@traceml/contracts'
import {
  closedWithoutRows,
  type HistoryCommit,
  type HistoryEvents,
  type HistoryFinalize,
  type HistoryPort,
  type HistorySettings,
  type HistoryStats,
} from './history-port.js'
import { openCarriedStore, type ReadAnswer, type ReadCall } from './read-calls.js'
import type { ReadFailure, WriterReply, WriterRequest } from './worker-messages.js'

/** Rows live until the next flush: smaller costs copying, larger costs memory (both measured). */
const LIMITS: ResourceLimits = { maxYoungGenerationSizeMb: 32 }

const STOP_MS = 5000

/** A read that waits for its answer. */
interface Read {
  resolve(answer: ReadAnswer): void
  reject(error: Error): void
}

/** A history that is written by a thread of its own. @internal */
export function createWorkerHistory(
  entry: URL,
  settings: HistorySettings,
  logger: Logger,
  { onCommit, onRows }: HistoryEvents,
): HistoryPort {
  // Flags of the host (loaders, inspectors, export conditions) are not meant for this thread.
  const worker = new Worker(entry, {
    workerData: { settings, live: onRows !== null },
    resourceLimits: LIMITS,
    execArgv: [],
  })
  const flushes = new Map<number, () => void>()
  const reads = new Map<number, Read>()
  let nextId = 0
  let finishing = false
  let ended = false
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
    ended = true
    for (const done of [...flushes.values()]) done()
    whenFinished?.()
    const reason = failure ?? 'The writer thread has ended; open the file of the history instead.'
    for (const { reject } of reads.values()) reject(readError({ message: reason, code: null }))
    reads.clear()
  }

  worker.on('message', (reply: WriterReply) => {
    if (reply.type === 'commit') commit(reply.commit)
    else if (reply.type === 'rows') onRows?.(reply.batch)
    else if (reply.type === 'log') logger[reply.level](reply.message, reply.fields)
    else if (reply.type === 'flushed') flushes.get(reply.id)?.()
    else if (reply.type === 'answer') settle(reply.id)?.resolve(reply.answer)
    else if (reply.type === 'failed') settle(reply.id)?.reject(readError(reply.failure))
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

  const settle = (id: number): Read | undefined => {
    const read = reads.get(id)
    reads.delete(id)
    return read
  }

  const carry = (call: ReadCall): Promise<ReadAnswer> =>
    new Promise((resolve, reject) => {
      if (ended) {
        reject(readError({ message: 'The writer thread has ended.', code: null }))
        return
      }
      const id = nextId++
      reads.set(id, { resolve, reject })
      send({ type: 'read', id, call })
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
      // Asked for a second time it answers the second time, too.
      finishing = true
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
        const id = nextId++
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
    async openStore() {
      // A thread that is busy with the end or gone has no time to read; the file is there anyway.
      if (!ended && (finished !== null || !finishing)) return openCarriedStore(carry)
      const { openStore } = await import('@traceml/storage/better-sqlite3')
      return openStore(settings.path)
    },
    async stop() {
      await finish(STOP_MS)
      await worker.terminate()
    },
    stats,
  }
}

function readError({ message, code }: ReadFailure): Error {
  return code === null ? new Error(message) : new StorageError(code, message)
}
