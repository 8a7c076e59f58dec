import { errorMessage, type Logger } from '@traceml/contracts'
import type { SqliteHandle } from '../handle.js'
import { createRemainingIndexes } from '../schema/migrate.js'

/** How the last steps on a file went; null is success. */
export interface CloseOutcome {
  readonly pruneError: string | null
  readonly checkpointError: string | null
}

/**
 * Brings the file into its final shape and closes it: exact retention, all indexes, everything in
 * the main file. Each step is tried whatever the ones before did.
 */
export function closeHistory(
  handle: SqliteHandle,
  prune: () => void,
  logger: Logger,
): CloseOutcome {
  const pruneError = attempt(prune)
  if (pruneError !== null) logger.warn('The history could not be pruned.', { error: pruneError })
  const indexError = attempt(() => createRemainingIndexes(handle))
  if (indexError !== null) {
    logger.warn('The history lacks some indexes; reading it will be slower.', { error: indexError })
  }
  const checkpointError = attempt(() => checkpoint(handle))
  // In WAL mode every later reader, read-only ones too, would leave a log and an index beside it.
  if (checkpointError === null) attempt(() => void handle.pragma('journal_mode = DELETE'))
  const closeError = attempt(() => void handle.close())
  return { pruneError, checkpointError: checkpointError ?? closeError }
}

function checkpoint(handle: SqliteHandle): void {
  const [result] = handle.pragma('wal_checkpoint(TRUNCATE)') as readonly {
    readonly busy: number
  }[]
  if (result !== undefined && result.busy !== 0) {
    throw new Error('another connection is reading the history, so that its log stays beside it')
  }
}

function attempt(step: () => void): string | null {
  try {
    step()
    return null
  } catch (error) {
    return errorMessage(error)
  }
}
