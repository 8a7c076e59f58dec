import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { errorMessage, type Logger } from '@traceml/contracts'
import type { HistoryCommit, HistoryPort, HistorySettings } from './history-port.js'
import { createWorkerHistory } from './worker-history.js'

/**
 * Opens a history on a thread of its own; where the built thread entry is not there (sources,
 * bundles) or no thread can start, on the calling thread. @internal
 */
export async function openHistoryPort(
  settings: HistorySettings,
  inline: boolean,
  logger: Logger,
  onCommit: (commit: HistoryCommit) => void,
): Promise<HistoryPort> {
  const entry = inline ? null : workerEntry()
  if (entry !== null) {
    try {
      return createWorkerHistory(entry, settings, logger, onCommit)
    } catch (error) {
      logger.warn('the writer thread could not start; rows are written on the main thread', {
        error: errorMessage(error),
      })
    }
  }
  // The database is loaded by the thread that writes it, and by no other.
  const { createInlineHistory } = await import('./inline-history.js')
  return createInlineHistory(settings, logger, onCommit)
}

function workerEntry(): URL | null {
  const built = new URL('./writer-worker.js', import.meta.url)
  return built.protocol === 'file:' && existsSync(fileURLToPath(built)) ? built : null
}
