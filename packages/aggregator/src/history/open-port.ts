import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { errorMessage, type Logger } from '@traceml/contracts'
import type { HistoryEvents, HistoryPort, HistorySettings } from './history-port.js'
import { createWorkerHistory } from './worker-history.js'

/**
 * Opens a history on a thread of its own; where the built thread entry is not there (sources,
 * bundles) or no thread can start, on the calling thread. @internal
 */
export async function openHistoryPort(
  settings: HistorySettings,
  inline: boolean,
  logger: Logger,
  events: HistoryEvents,
): Promise<HistoryPort> {
  const entry = inline ? null : workerEntry()
  if (entry !== null) {
    try {
      return createWorkerHistory(entry, settings, logger, events)
    } catch (error) {
      logger.warn('the writer thread could not start; rows are written on the main thread', {
        error: errorMessage(error),
      })
    }
  }
  // The database is loaded by the thread that writes it, and by no other.
  const { createInlineHistory } = await import('./inline-history.js')
  return createInlineHistory(settings, logger, events)
}

/** The built entry: beside this file, or in the package when this file was bundled elsewhere. */
function workerEntry(): URL | null {
  const beside = new URL('./writer-worker.js', import.meta.url)
  if (isFile(beside)) return beside
  try {
    const entry = new URL(import.meta.resolve('@traceml/aggregator/writer-worker'))
    return entry.pathname.endsWith('.js') && isFile(entry) ? entry : null
  } catch {
    return null
  }
}

function isFile(url: URL): boolean {
  return url.protocol === 'file:' && existsSync(fileURLToPath(url))
}
