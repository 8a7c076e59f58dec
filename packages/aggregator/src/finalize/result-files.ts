import type { JsonObject } from '@traceml/contracts'
import { isoTimestamp, writeJsonAtomic } from '../atomic-write.js'
import type { HistoryFinalize, HistoryStats } from '../history/history-port.js'

/** Content of `finalization_warning.json` beside its status and time. @internal */
export interface WarningFacts {
  readonly messages: readonly string[]
  /** Set when ranks are missing. */
  readonly ranks: {
    readonly expected: number
    readonly finished: readonly number[]
    readonly missing: readonly number[]
  } | null
  /** Set when closing the history left something undone. */
  readonly storage: HistoryFinalize | null
  /** Set when the report raised after its files were there. */
  readonly summaryError: string | null
}

/** Writes the warning file of a run. @throws the error of the file system. @internal */
export function writeWarningFile(
  path: string,
  wallSeconds: number,
  facts: WarningFacts,
): Promise<void> {
  return writeJsonAtomic(path, {
    status: 'warning',
    completed_at: isoTimestamp(wallSeconds),
    message: facts.messages.join(' '),
    ...(facts.ranks === null
      ? {}
      : {
          expected_world_size: facts.ranks.expected,
          finished_ranks: facts.ranks.finished,
          missing_ranks: facts.ranks.missing,
        }),
    ...(facts.storage === null ? {} : { sqlite_finalize: storageJson(facts.storage) }),
    ...(facts.summaryError === null ? {} : { generate_summary_error: facts.summaryError }),
  })
}

/** Content of `finalization_error.json` beside its status and time. @internal */
export interface ErrorFacts {
  readonly error: string
  readonly expected: number
  readonly finished: readonly number[]
  readonly storage: HistoryFinalize | null
  readonly history: HistoryStats
}

/** Writes the error file of a run. @throws the error of the file system. @internal */
export function writeErrorFile(
  path: string,
  wallSeconds: number,
  facts: ErrorFacts,
): Promise<void> {
  const { history } = facts
  return writeJsonAtomic(path, {
    status: 'error',
    completed_at: isoTimestamp(wallSeconds),
    error: facts.error,
    finished_ranks: facts.finished,
    expected_world_size: facts.expected,
    sqlite_finalize: facts.storage === null ? null : storageJson(facts.storage),
    writer: {
      enabled: history.enabled,
      path: history.path,
      enqueued: history.framesTaken,
      dropped: history.framesDropped,
      written: history.rowsWritten,
      queue_size: history.framesQueued,
      last_error: history.lastError,
    },
  })
}

function storageJson(result: HistoryFinalize): JsonObject {
  return { ...result }
}
