import type { MessagePort } from 'node:worker_threads'
import type { Logger } from '@traceml/contracts'
import { createHistoryCore } from './history-core.js'
import type { HistorySettings } from './history-port.js'
import type { LogLevel, WriterReply, WriterRequest } from './worker-messages.js'

/** Serves a history over a message port, until it is told to finalise. @internal */
export function runWriter(port: MessagePort, settings: HistorySettings): void {
  const send = (reply: WriterReply): void => port.postMessage(reply)
  const core = createHistoryCore(settings, portLogger(send), (commit) => {
    send({ type: 'commit', commit })
  })
  port.on('message', (request: WriterRequest) => {
    if (request.type === 'batch') core.take(request.batch)
    else if (request.type === 'flush') {
      core.flush()
      send({ type: 'flushed', id: request.id })
    } else {
      const result = core.finalize()
      const commit = { marks: [], bytes: 0, stats: core.stats(), progress: null }
      send({ type: 'finalized', result, commit })
      port.close()
    }
  })
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
