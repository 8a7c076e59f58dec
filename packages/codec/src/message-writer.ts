import { ProtocolError } from '@traceml/contracts'
import { FLOAT_KEYS, Float64 } from './float64.js'
import { utf8Encode } from './text-codec.js'

const INITIAL_BYTES = 4096
const FRAME_HEADER_BYTES = 4
/** Deeper values are refused: they are cycles or mistakes. */
const MAX_DEPTH = 64
const SHORT_TEXT = 64
const TWO_32 = 4_294_967_296

/**
 * Writes MessagePack into one growing buffer that is reused from message to message.
 *
 * Integers take their smallest form and floats are always float64. For hot paths call the typed
 * methods in the order of the wire; {@link MessageWriter.value} encodes anything that survives
 * JSON, `bigint`, `Uint8Array` and {@link Float64}.
 *
 * @example
 * ```ts
 * const writer = new MessageWriter()
 * writer.beginFrame()
 * writer.mapHeader(1)
 * writer.text('step')
 * writer.integer(7)
 * socket.write(writer.endFrame())
 * ```
 */
export class MessageWriter {
  #bytes: Uint8Array = new Uint8Array(INITIAL_BYTES)
  #view: DataView = new DataView(this.#bytes.buffer)
  #length = 0
  #frameStart = -1

  /** Bytes written since the last {@link MessageWriter.reset}. */
  get length(): number {
    return this.#length
  }

  /** Forgets what was written; the buffer is kept. */
  reset(): void {
    this.#length = 0
    this.#frameStart = -1
  }

  /** A copy of everything written since the last reset. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  /** Resets the writer and leaves room for the length of a frame. */
  beginFrame(): void {
    this.reset()
    this.#frameStart = 0
    this.#reserve(FRAME_HEADER_BYTES)
    this.#length = FRAME_HEADER_BYTES
  }

  /** A copy of the finished frame: 4-byte big-endian length, then the payload. */
  endFrame(): Uint8Array {
    if (this.#frameStart !== 0) {
      throw new ProtocolError(
        'TRACEML_PROTOCOL_FRAME',
        `endFrame was called after ${this.#length} bytes without beginFrame; call beginFrame first.`,
      )
    }
    this.#view.setUint32(0, this.#length - FRAME_HEADER_BYTES)
    return this.toBytes()
  }

  /** Starts a map of `count` pairs; write each key with {@link MessageWriter.text}, then its value. */
  mapHeader(count: number): void {
    this.#containerHeader(count, 0x80, 0xde)
  }

  /** Starts an array of `count` values. */
  arrayHeader(count: number): void {
    this.#containerHeader(count, 0x90, 0xdc)
  }

  nil(): void {
    this.#byte(0xc0)
  }

  boolean(value: boolean): void {
    this.#byte(value ? 0xc3 : 0xc2)
  }

  /** Writes `value` as float64, whole or not. */
  float64(value: number): void {
    this.#reserve(9)
    this.#bytes[this.#length] = 0xcb
    this.#view.setFloat64(this.#length + 1, value)
    this.#length += 9
  }

  /** Writes a safe integer in its smallest form; any other number becomes float64. */
  integer(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
      this.float64(value)
      return
    }
    this.#reserve(9)
    const bytes = this.#bytes
    const view = this.#view
    const at = this.#length
    if (value >= 0) {
      if (value < 0x80) {
        bytes[at] = value
        this.#length = at + 1
      } else if (value < 0x100) {
        bytes[at] = 0xcc
        bytes[at + 1] = value
        this.#length = at + 2
      } else if (value < 0x10000) {
        bytes[at] = 0xcd
        view.setUint16(at + 1, value)
        this.#length = at + 3
      } else if (value < TWO_32) {
        bytes[at] = 0xce
        view.setUint32(at + 1, value)
        this.#length = at + 5
      } else {
        bytes[at] = 0xcf
        view.setUint32(at + 1, Math.floor(value / TWO_32))
        view.setUint32(at + 5, value % TWO_32)
        this.#length = at + 9
      }
    } else if (value >= -0x20) {
      view.setInt8(at, value)
      this.#length = at + 1
    } else if (value >= -0x80) {
      bytes[at] = 0xd0
      view.setInt8(at + 1, value)
      this.#length = at + 2
    } else if (value >= -0x8000) {
      bytes[at] = 0xd1
      view.setInt16(at + 1, value)
      this.#length = at + 3
    } else if (value >= -0x80000000) {
      bytes[at] = 0xd2
      view.setInt32(at + 1, value)
      this.#length = at + 5
    } else {
      bytes[at] = 0xd3
      view.setBigInt64(at + 1, BigInt(value))
      this.#length = at + 9
    }
  }

  /** Writes a string; unpaired surrogates become U+FFFD. */
  text(value: string): void {
    const count = value.length
    if (count < SHORT_TEXT) {
      this.#reserve(count + 2)
      const bytes = this.#bytes
      const start = this.#length + (count < 32 ? 1 : 2)
      let index = 0
      for (; index < count; index += 1) {
        const code = value.charCodeAt(index)
        if (code > 0x7f) break
        bytes[start + index] = code
      }
      if (index === count) {
        if (count < 32) bytes[start - 1] = 0xa0 | count
        else {
          bytes[start - 2] = 0xd9
          bytes[start - 1] = count
        }
        this.#length = start + count
        return
      }
    }
    const encoded = utf8Encode(value)
    const size = encoded.length
    if (size < 32) this.#byte(0xa0 | size)
    else this.#sizedHeader(size, 0xd9, 0xda, 0xdb)
    this.raw(encoded)
  }

  /** Writes binary data. */
  binary(value: Uint8Array): void {
    this.#sizedHeader(value.length, 0xc4, 0xc5, 0xc6)
    this.raw(value)
  }

  /** Copies bytes that are already MessagePack, for example a prepared prefix. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Writes a number: whole ones as integers, the others as float64. */
  number(value: number): void {
    if (Number.isSafeInteger(value)) this.integer(value)
    else this.float64(value)
  }

  /**
   * Writes any value. Object keys with an `undefined` value are left out; numbers under
   * {@link FLOAT_KEYS} are float64.
   *
   * @throws {TraceMLError} TRACEML_PROTOCOL_FRAME for functions, symbols and values that nest
   * deeper than 64 levels.
   */
  value(value: unknown): void {
    this.#value(value, false, 0)
  }

  #value(value: unknown, asFloat: boolean, depth: number): void {
    switch (typeof value) {
      case 'number':
        if (asFloat) this.float64(value)
        else this.number(value)
        return
      case 'string':
        this.text(value)
        return
      case 'boolean':
        this.boolean(value)
        return
      case 'undefined':
        this.nil()
        return
      case 'bigint':
        this.#bigint(value)
        return
      case 'object':
        this.#object(value, asFloat, depth)
        return
      default:
        throw unencodable(`a ${typeof value}`)
    }
  }

  #object(value: object | null, asFloat: boolean, depth: number): void {
    if (value === null) {
      this.nil()
      return
    }
    if (depth >= MAX_DEPTH) throw unencodable(`a value nested deeper than ${MAX_DEPTH} levels`)
    if (Array.isArray(value)) {
      this.arrayHeader(value.length)
      for (const item of value) this.#value(item, asFloat, depth + 1)
    } else if (value instanceof Uint8Array) this.binary(value)
    else if (value instanceof Float64) this.float64(value.value)
    else this.#map(value as Record<string, unknown>, depth)
  }

  #map(map: Record<string, unknown>, depth: number): void {
    const keys = Object.keys(map)
    let count = keys.length
    for (const key of keys) if (map[key] === undefined) count -= 1
    this.mapHeader(count)
    for (const key of keys) {
      const item = map[key]
      if (item === undefined) continue
      this.text(key)
      this.#value(item, FLOAT_KEYS.has(key), depth + 1)
    }
  }

  #bigint(value: bigint): void {
    if (value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER) {
      this.integer(Number(value))
      return
    }
    if (value >= 2n ** 64n || value < -(2n ** 63n)) throw unencodable(`the integer ${value}`)
    this.#reserve(9)
    this.#bytes[this.#length] = value > 0n ? 0xcf : 0xd3
    if (value > 0n) this.#view.setBigUint64(this.#length + 1, value)
    else this.#view.setBigInt64(this.#length + 1, value)
    this.#length += 9
  }

  #containerHeader(count: number, fix: number, wide: number): void {
    if (count < 16) this.#byte(fix | count)
    else this.#sizedHeader(count, wide, wide, wide + 1)
  }

  /** Header with the smallest size field; where `tiny` equals `small` there is no 8-bit form. */
  #sizedHeader(size: number, tiny: number, small: number, wide: number): void {
    this.#reserve(5)
    const at = this.#length
    if (size < 0x100 && tiny !== small) {
      this.#bytes[at] = tiny
      this.#bytes[at + 1] = size
      this.#length = at + 2
    } else if (size < 0x10000) {
      this.#bytes[at] = small
      this.#view.setUint16(at + 1, size)
      this.#length = at + 3
    } else {
      this.#bytes[at] = wide
      this.#view.setUint32(at + 1, size)
      this.#length = at + 5
    }
  }

  #byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length] = value
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

function unencodable(what: string): ProtocolError {
  return new ProtocolError(
    'TRACEML_PROTOCOL_FRAME',
    `Cannot encode ${what}; send only values that survive JSON, bigint up to 64 bits or Uint8Array.`,
  )
}
