/** Bytes at the start of an arena in which a text is put together. */
const SCRATCH = 65_536
const FIRST_BYTES = 1_048_576
/** A larger arena is given back when it is emptied. */
const KEPT_BYTES = 16_777_216
const HEADER = 4

/**
 * ASCII texts as bytes outside the heap of objects: texts that wait for a flush are not moved about
 * by the garbage collector, and become strings only when they are bound.
 */
export interface TextArena {
  bytes: Buffer
  /** Where the next text goes. */
  used: number
  /** Where the scratch is filled up to; it begins at 0. */
  scratch: number
}

/** An empty arena. */
export function createTextArena(): TextArena {
  return { bytes: Buffer.allocUnsafe(FIRST_BYTES), used: SCRATCH, scratch: 0 }
}

/** Forgets all texts. */
export function clearTexts(arena: TextArena): void {
  if (arena.bytes.length > KEPT_BYTES) arena.bytes = Buffer.allocUnsafe(FIRST_BYTES)
  arena.used = SCRATCH
}

/** True when the scratch has room for this many bytes. */
export function hasScratch(arena: TextArena, size: number): boolean {
  return arena.scratch + size <= SCRATCH
}

/** Starts a text of at most `size` bytes; returns the handle by which {@link readText} finds it. */
export function openText(arena: TextArena, size: number): number {
  const end = arena.used + HEADER + size
  if (end > arena.bytes.length) {
    const grown = Buffer.allocUnsafe(Math.max(end, arena.bytes.length * 2))
    arena.bytes.copy(grown, 0, 0, arena.used)
    arena.bytes = grown
  }
  const handle = arena.used
  arena.used += HEADER
  return handle
}

/** Ends the text that was opened last. */
export function closeText(arena: TextArena, handle: number): void {
  arena.bytes.writeUInt32LE(arena.used - handle - HEADER, handle)
}

/** The text of a handle. */
export function readText(arena: TextArena, handle: number): string {
  const start = handle + HEADER
  return arena.bytes.toString('latin1', start, start + arena.bytes.readUInt32LE(handle))
}

/** Adds ASCII text to the scratch. */
export function putText(arena: TextArena, text: string): void {
  const { bytes } = arena
  let at = arena.scratch
  for (let index = 0; index < text.length; index += 1) bytes[at++] = text.charCodeAt(index)
  arena.scratch = at
}

/** Adds bytes to the scratch. */
export function putBytes(arena: TextArena, part: Uint8Array): void {
  const { bytes } = arena
  let at = arena.scratch
  for (let index = 0; index < part.length; index += 1) bytes[at++] = part[index] as number
  arena.scratch = at
}
