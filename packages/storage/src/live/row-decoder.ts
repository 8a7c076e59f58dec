import type { LiveRowBatch } from '@traceml/contracts'
import { createTranscoder } from '../transcode/frame.js'
import { createItemCounts, ingestPayload } from '../writer/ingest.js'
import { clearRows, countRows, createPending, markRows, rollbackRows } from '../writer/pending.js'
import { createLiveRowCollector } from './row-collector.js'

/** Reads frames for a live view where nothing is stored. */
export interface LiveRowDecoder {
  /** Takes in the payload of one frame. Never throws on bad data; false for what is no message. */
  ingestFrame(payload: Uint8Array, recvTsNs: bigint): boolean
  /** What came since the call before; null when nothing did. */
  drain(): LiveRowBatch | null
}

/** Creates a decoder. It keeps nothing but the rows that wait for the next {@link LiveRowDecoder.drain}. */
export function createLiveRowDecoder(): LiveRowDecoder {
  const pending = createPending()
  const transcoder = createTranscoder()
  const collector = createLiveRowCollector()
  const none = markRows(pending)
  return {
    ingestFrame(payload, recvTsNs) {
      const mark = markRows(pending)
      try {
        return ingestPayload(payload, recvTsNs, transcoder, pending, createItemCounts())
      } catch {
        rollbackRows(pending, mark)
        return false
      }
    },
    drain() {
      if (countRows(pending) === 0) return null
      const batch = collector.collect(pending, none)
      clearRows(pending)
      return batch
    },
  }
}
