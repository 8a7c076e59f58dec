/**
 * Thrown when bytes are legal but not what a usual client writes, or not legal at all: the slow
 * path decides which. Not an Error: it is caught one frame up, and a stack would cost more than
 * the row.
 */
export const UNUSUAL: { readonly unusual: true } = /* @__PURE__ */ Object.freeze({ unusual: true })

const TWO_32 = 4_294_967_296

/**
 * Position in the bytes of a frame. One object serves all frames of a writer, so that the hot
 * functions over it stay monomorphic. Reading past the end throws (`RangeError` of the view, or
 * {@link UNUSUAL}).
 */
export interface Cursor {
  bytes: Uint8Array
  view: DataView
  at: number
}

/** A cursor without a frame. */
export function createCursor(): Cursor {
  const bytes = new Uint8Array(0)
  return { bytes, view: new DataView(bytes.buffer), at: 0 }
}

/** Points the cursor at the start of a frame. */
export function openCursor(cursor: Cursor, bytes: Uint8Array): void {
  cursor.bytes = bytes
  cursor.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  cursor.at = 0
}

/** Enters a map; returns its number of pairs. */
export function readMap(cursor: Cursor): number {
  const type = cursor.bytes[cursor.at] as number
  if (type >= 0x80 && type <= 0x8f) {
    cursor.at += 1
    return type & 0x0f
  }
  if (type !== 0xde) throw UNUSUAL
  cursor.at += 3
  return cursor.view.getUint16(cursor.at - 2)
}

/** Enters an array; returns its number of values. */
export function readArray(cursor: Cursor): number {
  const type = cursor.bytes[cursor.at] as number
  if (type >= 0x90 && type <= 0x9f) {
    cursor.at += 1
    return type & 0x0f
  }
  if (type === 0xdc) {
    cursor.at += 3
    return cursor.view.getUint16(cursor.at - 2)
  }
  if (type !== 0xdd) throw UNUSUAL
  cursor.at += 5
  return cursor.view.getUint32(cursor.at - 4)
}

/** A value for an INTEGER column: integers up to 2^53, booleans, nil. */
export function readInt(cursor: Cursor): number | null {
  const type = cursor.view.getUint8(cursor.at)
  if (type < 0x80) {
    cursor.at += 1
    return type
  }
  if (type === 0xc0) {
    cursor.at += 1
    return null
  }
  return readOtherInt(cursor, type)
}

/** A value for a REAL column: any number, booleans, nil; NaN is null. */
export function readReal(cursor: Cursor): number | null {
  const type = cursor.view.getUint8(cursor.at)
  if (type === 0xcb) {
    const value = cursor.view.getFloat64(cursor.at + 1)
    cursor.at += 9
    return Number.isNaN(value) ? null : value
  }
  if (type === 0xca) {
    const value = cursor.view.getFloat32(cursor.at + 1)
    cursor.at += 5
    return Number.isNaN(value) ? null : value
  }
  return readInt(cursor)
}

/** A value for a flag: 1, 0, or null for nil. Anything else is unusual. */
export function readFlag(cursor: Cursor): number | null {
  const type = cursor.bytes[cursor.at]
  cursor.at += 1
  if (type === 0xc3) return 1
  if (type === 0xc2) return 0
  if (type === 0xc0) return null
  throw UNUSUAL
}

/** Passes over a number, boolean or nil. */
export function skipNumber(cursor: Cursor): void {
  if (cursor.bytes[cursor.at] === 0xcf) {
    if (cursor.at + 9 > cursor.bytes.length) throw UNUSUAL
    cursor.at += 9
  } else readReal(cursor)
}

/** True, and passed, when the next value is nil. */
export function skipNil(cursor: Cursor): boolean {
  if (cursor.bytes[cursor.at] !== 0xc0) return false
  cursor.at += 1
  return true
}

function readOtherInt(cursor: Cursor, type: number): number {
  const { view, at } = cursor
  if (type >= 0xe0) {
    cursor.at = at + 1
    return type - 0x100
  }
  switch (type) {
    case 0xc2:
    case 0xc3:
      cursor.at = at + 1
      return type - 0xc2
    case 0xcc:
      cursor.at = at + 2
      return view.getUint8(at + 1)
    case 0xcd:
      cursor.at = at + 3
      return view.getUint16(at + 1)
    case 0xce:
      cursor.at = at + 5
      return view.getUint32(at + 1)
    case 0xcf: {
      const high = view.getUint32(at + 1)
      if (high >= 0x200000) throw UNUSUAL
      cursor.at = at + 9
      return high * TWO_32 + view.getUint32(at + 5)
    }
    case 0xd0:
      cursor.at = at + 2
      return view.getInt8(at + 1)
    case 0xd1:
      cursor.at = at + 3
      return view.getInt16(at + 1)
    case 0xd2:
      cursor.at = at + 5
      return view.getInt32(at + 1)
    default:
      throw UNUSUAL
  }
}
