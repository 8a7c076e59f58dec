const INITIAL_BYTES = 65_536
const TWO_32 = 4_294_967_296
const encoder = new TextEncoder()

/**
 * Writes rows as MessagePack into one buffer that is reused, for the samplers with many thousand
 * rows a second. The bytes equal those of the generic encoder of `@traceml/codec`.
 */
export class RowWriter {
  #bytes: Uint8Array = new Uint8Array(INITIAL_BYTES)
  #view: DataView = new DataView(this.#bytes.buffer)
  #length = 0

  /** Everything written since the last call, valid until the next write. */
  take(): Uint8Array {
    const rows = this.#bytes.subarray(0, this.#length)
    this.#length = 0
    return rows
  }

  /** Copies bytes that are MessagePack already. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  float(value: number): void {
    this.#reserve(9)
    this.#bytes[this.#length] = 0xcb
    this.#view.setFloat64(this.#length + 1, value)
    this.#length += 9
  }

  /** A number ≥ 0 in its smallest form; one that is no safe integer becomes a float. */
  count(value: number): void {
    if (!(Number.isSafeInteger(value) && value >= 0)) {
      this.float(value)
      return
    }
    this.#reserve(9)
    const at = this.#length
    if (value < 0x80) {
      this.#bytes[at] = value
      this.#length = at + 1
    } else if (value < 0x100) {
      this.#bytes[at] = 0xcc
      this.#bytes[at + 1] = value
      this.#length = at + 2
    } else if (value < 0x10000) {
      this.#bytes[at] = 0xcd
      this.#view.setUint16(at + 1, value)
      this.#length = at + 3
    } else if (value < TWO_32) {
      this.#bytes[at] = 0xce
      this.#view.setUint32(at + 1, value)
      this.#length = at + 5
    } else {
      this.#bytes[at] = 0xcf
      this.#view.setUint32(at + 1, Math.floor(value / TWO_32))
      this.#view.setUint32(at + 5, value % TWO_32)
      this.#length = at + 9
    }
  }

  nil(): void {
    this.#reserve(1)
    this.#bytes[this.#length] = 0xc0
    this.#length += 1
  }

  #reserve(count: number): void {
    const needed = this.#length + count
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}

/** What a prepared piece of a row is made of: texts, and bytes that stand for themselves. */
export type TemplatePart = string | readonly number[]

/** MessagePack bytes of a fixed piece of a row, for {@link RowWriter.raw}. */
export function template(...parts: readonly TemplatePart[]): Uint8Array {
  const bytes: number[] = []
  for (const part of parts) {
    if (typeof part === 'string') bytes.push(...text(part))
    else bytes.push(...part)
  }
  return new Uint8Array(bytes)
}

/** Header of a map of `count` pairs. */
export function mapHeader(count: number): readonly number[] {
  return count < 16 ? [0x80 | count] : [0xde, count >> 8, count & 0xff]
}

function text(value: string): number[] {
  const bytes = encoder.encode(value)
  const size = bytes.length
  if (size < 32) return [0xa0 | size, ...bytes]
  return size < 0x100 ? [0xd9, size, ...bytes] : [0xda, (size >> 8) & 0xff, size & 0xff, ...bytes]
}
