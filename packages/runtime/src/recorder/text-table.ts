import { NAME_ENTRY_BYTES } from './shared-layout.js'

const LENGTH_BYTES = 2
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * Writes one text into a table of fixed entries; text beyond the entry is cut at a character.
 * The writer publishes the entry afterwards by raising its count atomically.
 */
export function writeTextEntry(table: Uint8Array, index: number, text: string): void {
  const start = index * NAME_ENTRY_BYTES
  const room = table.subarray(start + LENGTH_BYTES, start + NAME_ENTRY_BYTES)
  const { written } = encoder.encodeInto(text, room)
  table[start] = written & 0xff
  table[start + 1] = written >> 8
}

/** Reads an entry that has been published. */
export function readTextEntry(table: Uint8Array, index: number): string {
  const start = index * NAME_ENTRY_BYTES
  const length = (table[start] ?? 0) | ((table[start + 1] ?? 0) << 8)
  // A copy: TextDecoder does not take views on shared memory.
  return decoder.decode(table.slice(start + LENGTH_BYTES, start + LENGTH_BYTES + length))
}

/** Writes the whole text to the start of `target`; returns its bytes, or 0 when it does not fit. */
export function writeText(target: Uint8Array, text: string): number {
  const bytes = encoder.encode(text)
  if (bytes.length > target.length) return 0
  target.set(bytes)
  return bytes.length
}

/** Reads `length` bytes of text from the start of `source`. */
export function readText(source: Uint8Array, length: number): string {
  return decoder.decode(source.slice(0, length))
}
