import { type Cursor, UNUSUAL } from './cursor.js'

/** Keys that a map of a usual client may have, each as its bytes on the wire, header included. */
export type KeyTable = readonly Uint8Array[]

/** The bytes of ASCII text. */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (unit) => unit.charCodeAt(0))
}

/** Wire bytes of keys shorter than 32 bytes. */
export function keyTable(keys: readonly string[]): KeyTable {
  return keys.map((key) => Uint8Array.of(0xa0 | key.length, ...asciiBytes(key)))
}

/**
 * Reads a key; returns its position in the table. Clients write their keys in one order, so the
 * key after the last one is tried first.
 */
export function readKey(cursor: Cursor, keys: KeyTable, expected: number): number {
  const count = keys.length
  let index = expected < count ? expected : 0
  for (let tries = 0; tries < count; tries += 1) {
    const key = keys[index] as Uint8Array
    if (startsWith(cursor.bytes, cursor.at, key)) {
      cursor.at += key.length
      return index
    }
    index = index + 1 === count ? 0 : index + 1
  }
  throw UNUSUAL
}

/** True when the bytes at a position are these. */
export function startsWith(bytes: Uint8Array, at: number, prefix: Uint8Array): boolean {
  for (let index = 0; index < prefix.length; index += 1) {
    if (bytes[at + index] !== prefix[index]) return false
  }
  return true
}
