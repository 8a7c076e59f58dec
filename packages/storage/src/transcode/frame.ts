import { MessageReader } from '@traceml/codec'
import { SAMPLER_NAMES } from '@traceml/contracts'
import type { Pending } from '../writer/pending.js'
import { type Cursor, createCursor, openCursor, readArray, readMap, UNUSUAL } from './cursor.js'
import { createEventList } from './event-text.js'
import { readMemoryRow, readProcessRow } from './flat-rows.js'
import { createIdentity, type LabelTables, readIdentity } from './identity.js'
import { keyTable, readKey } from './keys.js'
import { createNameTable, type NameTable, readName } from './names.js'
import { readStepRow, type StepRowContext } from './step-row.js'

const MAX_NAMES = 128
const MAX_HOSTS = 1024
const META = /* @__PURE__ */ keyTable(['meta'])
const BODY = /* @__PURE__ */ keyTable(['body'])
const TABLES = /* @__PURE__ */ keyTable(['tables'])

/** Turns the bytes of usual envelopes straight into rows; keeps the names that it has seen. */
export interface Transcoder extends StepRowContext {
  readonly cursor: Cursor
  readonly labels: LabelTables
  readonly tableNames: NameTable
}

/** A transcoder that has seen nothing yet. */
export function createTranscoder(): Transcoder {
  return {
    cursor: createCursor(),
    identity: createIdentity(),
    events: createNameTable(MAX_NAMES),
    devices: createNameTable(MAX_NAMES),
    labels: { samplers: createNameTable(MAX_NAMES), hosts: createNameTable(MAX_HOSTS) },
    tableNames: createNameTable(MAX_NAMES),
    list: createEventList(),
    stats: { cpu: null, gpu: null, duration: null, calls: null, isGpu: null },
  }
}

/** Starts a frame; returns its number of items, or -1 when the frame is not a list. */
export function openFrame(transcoder: Transcoder, payload: Uint8Array): number {
  openCursor(transcoder.cursor, payload)
  try {
    return readArray(transcoder.cursor)
  } catch {
    return -1
  }
}

/** Starts a frame that holds one item. */
export function openItem(transcoder: Transcoder, payload: Uint8Array): void {
  openCursor(transcoder.cursor, payload)
}

/**
 * Buffers the rows of the next item when it is an envelope of a hot sampler, written as usual
 * clients write it. Otherwise returns false; rows may have been buffered then, and the position is
 * anywhere: the caller takes both back.
 */
export function transcodeItem(transcoder: Transcoder, recvTsNs: bigint, pending: Pending): boolean {
  const { cursor, identity } = transcoder
  try {
    if (readMap(cursor) !== 2) return false
    readKey(cursor, META, 0)
    readIdentity(cursor, transcoder.labels, identity)
    const { sampler } = identity
    if (!isHot(sampler)) return false
    readKey(cursor, BODY, 0)
    if (readMap(cursor) !== 1) return false
    readKey(cursor, TABLES, 0)
    if (readMap(cursor) !== 1) return false
    readName(cursor, transcoder.tableNames)
    const rows = readArray(cursor)
    if (sampler === SAMPLER_NAMES.stepTime.sampler) {
      for (let row = 0; row < rows; row += 1) readStepRow(cursor, transcoder, recvTsNs, pending)
    } else if (sampler === SAMPLER_NAMES.stepMemory.sampler) {
      for (let row = 0; row < rows; row += 1) {
        readMemoryRow(cursor, identity, recvTsNs, transcoder.devices, pending)
      }
    } else {
      for (let row = 0; row < rows; row += 1) readProcessRow(cursor, identity, recvTsNs, pending)
    }
    return cursor.at <= cursor.bytes.length
  } catch (error) {
    if (error === UNUSUAL || error instanceof RangeError) return false
    throw error
  }
}

/** The bytes of the item that starts at a position; the cursor is moved behind it. */
export function takeItem(transcoder: Transcoder, start: number): Uint8Array {
  const { cursor } = transcoder
  const reader = new MessageReader(cursor.bytes.subarray(start))
  reader.skip()
  cursor.at = start + reader.position
  return cursor.bytes.subarray(start, cursor.at)
}

function isHot(sampler: string | null): boolean {
  return (
    sampler === SAMPLER_NAMES.stepTime.sampler ||
    sampler === SAMPLER_NAMES.stepMemory.sampler ||
    sampler === SAMPLER_NAMES.process.sampler
  )
}
