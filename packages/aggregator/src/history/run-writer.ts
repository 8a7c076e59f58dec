import type { MessagePort } from 'node:worker_threads'
import { errorMessage, type Logger, type Store, TraceMLError } from '@traceml/contracts'
import { buffersOfLiveRows } from '@traceml/storage/live'
import { createHistoryCore, type HistoryCore } from './history-core.js'
import { answerCall, type ReadAnswer, type ReadCall, transferOf } from './read-calls.js'
import type {
  LogLevel,
  ReadFailure,
  WriterData,
  WriterReply,
  WriterRequest,
} from './worker-messages.js'

/** Serves a history over a message port, until the thread is ended. @internal */
export function runWriter(port: MessagePort, { settings, live }: WriterData): void {
  const send = (reply: WriterReply, transfer: readonly ArrayBuffer[] = []): void =>
    port.postMessage(reply, transfer)
  const core = createHistoryCore(settings, portLogger(send), {
    onCommit: (commit) => send({ type: 'commit', commit }),
    onRows: live ? (batch) => send({ type: 'rows', batch }, buffersOfLiveRows(batch)) : null,
  })
  const reader = createReader(core)
  port.on('message', (request: WriterRequest) => {
    if (request.type === 'batch') core.take(request.batch)
    else if (request.type === 'flush') {
      core.flush()
      send({ type: 'flushed', id: request.id })
    } else if (request.type === 'read') {
      const { id } = request
      void reader(request.call).then(
        (answer) => send({ type: 'answer', id, answer }, transferOf(answer)),
        (error: unknown) => send({ type: 'failed', id, failure: failureOf(error) }),
      )
    } else {
      const result = core.finalize()
      const commit = { marks: [], bytes: 0, stats: core.stats(), progress: null }
      send({ type: 'finalized', result, commit })
    }
  })
}

/** Answers read calls; the store is open only while somebody reads. */
function createReader(core: HistoryCore): (call: ReadCall) => Promise<ReadAnswer> {
  let store: Store | null = null
  let readers = 0
  const gone = new Set<string>()
  const nothing: ReadAnswer = { rows: [], rest: null }
  return async (call) => {
    if (call.read === 'open') {
      store ??= core.openStore((read) => !gone.has(read))
      readers += 1
      return nothing
    }
    if (call.read === 'close') {
      readers -= 1
      if (readers > 0 || store === null) return nothing
      const last = store
      store = null
      await last.close()
      return nothing
    }
    if (store === null) throw new Error('The history is not open for reading.')
    const answer = await answerCall(store, call)
    // The columns are handed over, and after the end of the run there are no others.
    if (core.isFinalized()) {
      if (call.read === 'stepTime') gone.add('stepTime')
      if (call.read === 'stepMemoryColumns') gone.add('stepMemory')
    }
    return answer
  }
}

function failureOf(error: unknown): ReadFailure {
  const code = TraceMLError.isInstance(error) ? error.code : null
  return { message: errorMessage(error), code }
}

function portLogger(
  send: (reply: WriterReply) => void,
  base: Record<string, unknown> = {},
): Logger {
  const at =
    (level: LogLevel) =>
    (message: string, fields: Record<string, unknown> = {}): void => {
      send({ type: 'log', level, message, fields: transferable({ ...base, ...fields }) })
    }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => portLogger(send, { ...base, ...fields }),
  }
}

/** Fields may hold anything; only plain values can cross threads. */
function transferable(fields: Record<string, unknown>): Record<string, unknown> {
  const plain: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fields)) {
    const simple = value === null || ['string', 'number', 'boolean'].includes(typeof value)
    plain[key] = simple ? value : String(value)
  }
  return plain
}
