import { jsonString } from '../internal/json-text.js'
import { phaseOfEvent } from '../step-events/phase-row.js'
import { type Cursor, UNUSUAL } from './cursor.js'
import { asciiBytes, startsWith } from './keys.js'

/** A text that comes again and again: an event, a device, a host. */
export interface KnownName {
  /** Bytes on the wire, header included. */
  readonly wire: Uint8Array
  readonly text: string
  /** Position among the known names in the order of their text. */
  order: number
  /** Position of the phase that an event of this name measures, or -1. */
  readonly phase: number
  /** Position in the list of names, by age. */
  readonly index: number
  /** By device name index: `"event":{"device":{"cpu_ms":`. */
  readonly prefixes: Uint8Array[]
}

/** Texts seen so far; bounded, so that no sender can make it grow. */
export interface NameTable {
  readonly names: KnownName[]
  /** Where the next name is looked for first. */
  next: number
  /** Senders with more names than this take the slow path. */
  readonly limit: number
}

/** A table without names. */
export function createNameTable(limit: number): NameTable {
  return { names: [], next: 0, limit }
}

/** Reads ASCII text that has been seen before, or remembers it. */
export function readName(cursor: Cursor, table: NameTable): KnownName {
  const { names } = table
  const count = names.length
  let index = table.next < count ? table.next : 0
  for (let tries = 0; tries < count; tries += 1) {
    const name = names[index] as KnownName
    index = index + 1 === count ? 0 : index + 1
    if (!startsWith(cursor.bytes, cursor.at, name.wire)) continue
    cursor.at += name.wire.length
    table.next = index
    return name
  }
  return addName(cursor, table)
}

/** The start of an event's text on one device, made once. */
export function eventPrefix(event: KnownName, device: KnownName): Uint8Array {
  const known = event.prefixes[device.index]
  if (known !== undefined) return known
  const text = `${jsonString(event.text)}:{${jsonString(device.text)}:{"cpu_ms":`
  const prefix = asciiBytes(text)
  event.prefixes[device.index] = prefix
  return prefix
}

function addName(cursor: Cursor, table: NameTable): KnownName {
  const { bytes, at } = cursor
  const size = textSize(cursor)
  const end = at + size.header + size.text
  if (table.names.length >= table.limit || end > bytes.length) throw UNUSUAL
  let text = ''
  for (let index = at + size.header; index < end; index += 1) {
    const byte = bytes[index] as number
    if (byte > 0x7f) throw UNUSUAL
    text += String.fromCharCode(byte)
  }
  const name: KnownName = {
    wire: bytes.slice(at, end),
    text,
    order: 0,
    phase: phaseOfEvent(text),
    index: table.names.length,
    prefixes: [],
  }
  cursor.at = end
  table.names.push(name)
  const sorted = table.names.toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
  for (const [order, each] of sorted.entries()) each.order = order
  return name
}

function textSize(cursor: Cursor): { readonly header: number; readonly text: number } {
  const type = cursor.bytes[cursor.at] as number
  if (type >= 0xa0 && type <= 0xbf) return { header: 1, text: type & 0x1f }
  if (type !== 0xd9) throw UNUSUAL
  return { header: 2, text: cursor.view.getUint8(cursor.at + 1) }
}
