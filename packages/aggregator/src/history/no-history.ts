import { StorageError } from '@traceml/contracts'
import type { LiveRowDecoder } from '@traceml/storage/live'
import {
  closedWithoutRows,
  type FrameBatch,
  type HistoryEvents,
  type HistoryPort,
  type HistoryStats,
} from './history-port.js'

/**
 * Stands in for a history that is switched off: counts, acknowledges, stores nothing. A live view
 * gets its rows all the same. @internal
 */
export async function createNoHistory({ onCommit, onRows }: HistoryEvents): Promise<HistoryPort> {
  const decoder = onRows === null ? null : await loadDecoder()
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
      if (decoder !== null) decode(batch, decoder)
      const rows = decoder?.drain() ?? null
      if (rows !== null) onRows?.(rows)
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

async function loadDecoder(): Promise<LiveRowDecoder> {
  const { createLiveRowDecoder } = await import('@traceml/storage/live')
  return createLiveRowDecoder()
}

function decode({ data, lengths, recvTsNs }: FrameBatch, decoder: LiveRowDecoder): void {
  let offset = 0
  for (const length of lengths) {
    decoder.ingestFrame(data.subarray(offset, offset + length), recvTsNs)
    offset += length
  }
}
