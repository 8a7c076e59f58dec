import { StorageError } from '@traceml/contracts'
import {
  closedWithoutRows,
  type HistoryCommit,
  type HistoryPort,
  type HistoryStats,
} from './history-port.js'

/** Stands in for a history that is switched off: counts, acknowledges, stores nothing. @internal */
export function createNoHistory(onCommit: (commit: HistoryCommit) => void): HistoryPort {
  let framesTaken = 0
  const stats = (): HistoryStats => ({
    enabled: false,
    path: null,
    framesTaken,
    framesDropped: 0,
    framesQueued: 0,
    rowsWritten: 0,
    rowsRejected: 0,
    rowsPending: 0,
    lastError: null,
  })
  return {
    take(batch) {
      framesTaken += batch.lengths.length
      onCommit({ marks: batch.marks, bytes: batch.data.length, stats: stats(), progress: null })
    },
    flush: async () => {},
    finalize: async () => closedWithoutRows(null),
    async openStore() {
      throw new StorageError(
        'TRACEML_STORAGE_OPEN',
        'This aggregator keeps no history; start it with one to read it.',
      )
    },
    stop: async () => {},
    stats,
  }
}
