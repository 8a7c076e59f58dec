import { ProtocolError } from '@traceml/contracts'
import { createKeyCache } from './key-cache.js'
import { utf8Decode } from './text-codec.js'

/** Deeper payloads are refused before the stack is at risk. */
const MAX_DEPTH = 64
/** Maps and arrays of one payload; each costs far more memory than its one byte on the wire. */
const MAX_CONTAINERS = 2_000_000
const TWO_32 = 4_294_967_296

/** A value of a MessagePack extension type; none is used by this protocol. */
export interface MessageExtension {
  readonly extensionType: number
  readonly data: Uint8Array
}

const keyCache = /* @__PURE__ */ createKeyCache()

/**
 * Reads MessagePack from bytes that nobody vouches for.
 *
 * Nothing is allocated for announced but absent data: a container or string that claims more than
 * the rest of the payload is an error, and so is nesting deeper than 64 levels. Integers beyond
 * 2^53 come out as `bigint`, so that a single one can be refused.
 *
 * Every method throws `ProtocolError` (TRACEML_PROTOCOL_FRAME) for malformed bytes.
 */
export class MessageReader {
  #bytes: Uint8Array
  #view: DataView
  #position = 0
  #containers = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Offset of the next unread byte. */
  get position(): number {
    return this.#position
  }

  /** Unread bytes. */
  get remaining(): number {
    return this.#bytes.length - this.#position
  }

  /** Reads one value of any type. */
  value(): unknown {
    return this.#value(0)
  }

  /** Passes over one value of any type without creating it; text is not checked. */
  skip(): void {
    // Values still to pass: a flat count needs no recursion and no depth limit.
    let pending = 1
    while (pending > 0) {
      pending -= 1
      pending += this.#skipOne()
      if (pending > this.remaining) throw truncated(this.#position)
    }
  }

  /** Number of pairs when the next value is a map (which is entered), else -1 and nothing moves. */
  mapHeader(): number {
    const type = this.#bytes[this.#position] ?? this.#fail()
    if (type >= 0x80 && type <= 0x8f) {
      this.#position += 1
      return this.#checkCount(type & 0x0f, 2)
    }
    if (type !== 0xde && type !== 0xdf) return -1
    this.#position += 1
    return this.#checkCount(type === 0xde ? this.#uint16() : this.#uint32(), 2)
  }

  /** Number of values when the next value is an array (which is entered), else -1. */
  arrayHeader(): number {
    const type = this.#bytes[this.#position] ?? this.#fail()
    if (type >= 0x90 && type <= 0x9f) {
      this.#position += 1
      return this.#checkCount(type & 0x0f, 1)
    }
    if (type !== 0xdc && type !== 0xdd) return -1
    this.#position += 1
    return this.#checkCount(type === 0xdc ? this.#uint16() : this.#uint32(), 1)
  }

  /** Reads the key of a map entry; numbers, booleans and nil become text. */
  key(): string {
    const type = this.#bytes[this.#position] ?? this.#fail()
    if (type >= 0xa0 && type <= 0xbf) {
      this.#position += 1
      return this.#keyText(type & 0x1f)
    }
    if (type === 0xd9) {
      this.#position += 1
      return this.#keyText(this.#uint8())
    }
    const key = this.#value(MAX_DEPTH)
    if (typeof key === 'object' && key !== null) {
      throw malformed(`a map key of a type other than text at byte ${this.#position}`)
    }
    return String(key)
  }

  #value(depth: number): unknown {
    const type = this.#bytes[this.#position] ?? this.#fail()
    this.#position += 1
    if (type < 0x80) return type
    if (type >= 0xe0) return type - 0x100
    if (type < 0x90) return this.#map(type & 0x0f, depth)
    if (type < 0xa0) return this.#array(type & 0x0f, depth)
    if (type < 0xc0) return this.#text(type & 0x1f)
    switch (type) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc4:
        return this.#binary(this.#uint8())
      case 0xc5:
        return this.#binary(this.#uint16())
      case 0xc6:
        return this.#binary(this.#uint32())
      case 0xca: {
        const at = this.#take(4)
        return this.#view.getFloat32(at)
      }
      case 0xcb: {
        const at = this.#take(8)
        return this.#view.getFloat64(at)
      }
      case 0xcc:
        return this.#uint8()
      case 0xcd:
        return this.#uint16()
      case 0xce:
        return this.#uint32()
      case 0xcf:
        return this.#uint64()
      case 0xd0:
        return this.#view.getInt8(this.#take(1))
      case 0xd1:
        return this.#view.getInt16(this.#take(2))
      case 0xd2:
        return this.#view.getInt32(this.#take(4))
      case 0xd3:
        return this.#int64()
      case 0xd9:
        return this.#text(this.#uint8())
      case 0xda:
        return this.#text(this.#uint16())
      case 0xdb:
        return this.#text(this.#uint32())
      case 0xdc:
        return this.#array(this.#uint16(), depth)
      case 0xdd:
        return this.#array(this.#uint32(), depth)
      case 0xde:
        return this.#map(this.#uint16(), depth)
      case 0xdf:
        return this.#map(this.#uint32(), depth)
      default:
        return this.#extension(type)
    }
  }

  #array(announced: number, depth: number): unknown[] {
    const count = this.#checkCount(announced, 1)
    this.#checkContainer(depth)
    const array: unknown[] = []
    for (let index = 0; index < count; index += 1) array.push(this.#value(depth + 1))
    return array
  }

  #map(announced: number, depth: number): Record<string, unknown> {
    const count = this.#checkCount(announced, 2)
    this.#checkContainer(depth)
    const map: Record<string, unknown> = {}
    for (let index = 0; index < count; index += 1) {
      const key = this.key()
      const value = this.#value(depth + 1)
      if (key === '__proto__') {
        // Plain assignment would replace the prototype instead of adding a key.
        Object.defineProperty(map, key, {
          value,
          enumerable: true,
          configurable: true,
          writable: true,
        })
      } else map[key] = value
    }
    return map
  }

  #extension(type: number): MessageExtension {
    const size = this.#extensionSize(type)
    const extensionType = this.#view.getInt8(this.#take(1))
    return { extensionType, data: this.#binary(size) }
  }

  #extensionSize(type: number): number {
    if (type >= 0xd4 && type <= 0xd8) return 1 << (type - 0xd4)
    if (type === 0xc7) return this.#uint8()
    if (type === 0xc8) return this.#uint16()
    if (type === 0xc9) return this.#uint32()
    throw malformed(`the reserved type byte 0xc1 at byte ${this.#position - 1}`)
  }

  /** Passes over one value's own bytes; returns the number of values inside it. */
  #skipOne(): number {
    const type = this.#bytes[this.#position] ?? this.#fail()
    this.#position += 1
    if (type < 0x80 || type >= 0xe0) return 0
    if (type < 0x90) return (type & 0x0f) * 2
    if (type < 0xa0) return type & 0x0f
    if (type < 0xc0) {
      this.#take(type & 0x1f)
      return 0
    }
    switch (type) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return 0
      case 0xc4:
      case 0xd9:
        this.#take(this.#uint8())
        return 0
      case 0xc5:
      case 0xda:
        this.#take(this.#uint16())
        return 0
      case 0xc6:
      case 0xdb:
        this.#take(this.#uint32())
        return 0
      case 0xcc:
      case 0xd0:
        this.#take(1)
        return 0
      case 0xcd:
      case 0xd1:
        this.#take(2)
        return 0
      case 0xca:
      case 0xce:
      case 0xd2:
        this.#take(4)
        return 0
      case 0xcb:
      case 0xcf:
      case 0xd3:
        this.#take(8)
        return 0
      case 0xdc:
        return this.#uint16()
      case 0xdd:
        return this.#uint32()
      case 0xde:
        return this.#uint16() * 2
      case 0xdf:
        return this.#uint32() * 2
      default:
        this.#take(this.#extensionSize(type) + 1)
        return 0
    }
  }

  #text(size: number): string {
    const start = this.#take(size)
    const bytes = this.#bytes
    if (size < 24) {
      let text = ''
      let index = 0
      for (; index < size; index += 1) {
        const byte = bytes[start + index] as number
        if (byte > 0x7f) break
        text += String.fromCharCode(byte)
      }
      if (index === size) return text
    }
    try {
      return utf8Decode(bytes.subarray(start, start + size))
    } catch (cause) {
      throw malformed(`text that is not UTF-8 at byte ${start}`, cause)
    }
  }

  #keyText(size: number): string {
    const start = this.#take(size)
    const cached = keyCache.find(this.#bytes, start, size)
    if (cached !== null) return cached
    this.#position = start
    const text = this.#text(size)
    keyCache.store(this.#bytes, start, size, text)
    return text
  }

  #binary(size: number): Uint8Array {
    const start = this.#take(size)
    return new Uint8Array(this.#bytes.subarray(start, start + size))
  }

  #uint8(): number {
    return this.#bytes[this.#take(1)] as number
  }

  #uint16(): number {
    return this.#view.getUint16(this.#take(2))
  }

  #uint32(): number {
    return this.#view.getUint32(this.#take(4))
  }

  #uint64(): number | bigint {
    const at = this.#take(8)
    const high = this.#view.getUint32(at)
    if (high < 0x200000) return high * TWO_32 + this.#view.getUint32(at + 4)
    return this.#view.getBigUint64(at)
  }

  #int64(): number | bigint {
    const value = this.#view.getBigInt64(this.#take(8))
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  }

  /** Moves over `size` bytes and returns where they start. */
  #take(size: number): number {
    const start = this.#position
    if (size > this.#bytes.length - start) throw truncated(start)
    this.#position = start + size
    return start
  }

  #checkCount(count: number, bytesEach: number): number {
    if (count * bytesEach > this.remaining) throw truncated(this.#position)
    return count
  }

  #checkContainer(depth: number): void {
    if (depth >= MAX_DEPTH) throw malformed(`nesting deeper than ${MAX_DEPTH} levels`)
    this.#containers += 1
    if (this.#containers > MAX_CONTAINERS) {
      throw malformed(`more than ${MAX_CONTAINERS} maps and arrays`)
    }
  }

  #fail(): never {
    throw truncated(this.#position)
  }
}

function truncated(position: number): ProtocolError {
  return malformed(`less data than announced at byte ${position}`)
}

function malformed(what: string, cause?: unknown): ProtocolError {
  return new ProtocolError(
    'TRACEML_PROTOCOL_FRAME',
    `The payload is not valid MessagePack: it has ${what}; check the sender's codec.`,
    { cause },
  )
}
