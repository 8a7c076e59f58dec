import { CONTROL_KEY, decodePayload, normalizeEnvelope } from '@traceml/codec'
import { isMap } from '../internal/values.js'
import { projectEnvelope } from '../projection/project.js'
import {
  openFrame,
  openItem,
  type Transcoder,
  takeItem,
  transcodeItem,
} from '../transcode/frame.js'
import { markRows, type Pending, rollbackRows } from './pending.js'

/** What the items of one message were. */
export interface ItemCounts {
  /** True when at least one item is not a control message. */
  telemetry: boolean
  ignored: number
  readonly controls: Readonly<Record<string, unknown>>[]
}

/** Nothing counted yet. */
export function createItemCounts(): ItemCounts {
  return { telemetry: false, ignored: 0, controls: [] }
}

/**
 * Buffers the rows of a frame: usual items straight from their bytes, others decoded one by one.
 *
 * @returns False when the bytes are no message; nothing is buffered then.
 */
export function ingestPayload(
  payload: Uint8Array,
  recvTsNs: bigint,
  transcoder: Transcoder,
  pending: Pending,
  counts: ItemCounts,
): boolean {
  const start = markRows(pending)
  try {
    if (ingestItems(payload, recvTsNs, transcoder, pending, counts)) return true
  } catch {
    // Malformed, or legal in a way that only the decoder of whole payloads knows: it decides.
  }
  rollbackRows(pending, start)
  counts.telemetry = false
  counts.ignored = 0
  counts.controls.length = 0
  let value: unknown
  try {
    value = decodePayload(payload)
  } catch {
    return false
  }
  ingestValue(value, recvTsNs, pending, counts)
  return true
}

/** Buffers the rows of a decoded message: a list of items, or one item. */
export function ingestValue(
  value: unknown,
  recvTsNs: bigint,
  pending: Pending,
  counts: ItemCounts,
): void {
  if (!Array.isArray(value)) ingestItem(value, recvTsNs, pending, counts)
  else for (const item of value) ingestItem(item, recvTsNs, pending, counts)
}

function ingestItems(
  payload: Uint8Array,
  recvTsNs: bigint,
  transcoder: Transcoder,
  pending: Pending,
  counts: ItemCounts,
): boolean {
  const list = openFrame(transcoder, payload)
  if (list < 0) openItem(transcoder, payload)
  const { cursor } = transcoder
  for (let item = 0; item < Math.abs(list); item += 1) {
    const at = cursor.at
    const mark = markRows(pending)
    if (transcodeItem(transcoder, recvTsNs, pending)) {
      counts.telemetry = true
      continue
    }
    rollbackRows(pending, mark)
    ingestItem(decodePayload(takeItem(transcoder, at)), recvTsNs, pending, counts)
  }
  return cursor.at === payload.length
}

function ingestItem(value: unknown, recvTsNs: bigint, pending: Pending, counts: ItemCounts): void {
  if (isMap(value) && Object.hasOwn(value, CONTROL_KEY)) {
    counts.controls.push(value)
    return
  }
  if (value === null || value === undefined) return
  counts.telemetry = true
  const mark = markRows(pending)
  try {
    const envelope = normalizeEnvelope(value)
    if (envelope === null) counts.ignored += 1
    else projectEnvelope(envelope, recvTsNs, pending)
  } catch {
    // A value that even the tolerant reading cannot take costs its envelope only.
    rollbackRows(pending, mark)
    counts.ignored += 1
  }
}
