import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const PIECE_BYTES = 64 * 1024

/** A file that the training writes to and that is read while it grows. */
export interface CapturedFile {
  readonly path: string
  /** For the training to write to; each write goes to the end. */
  readonly fd: number
  /**
   * Reads what is new, at most `maxBytes` of it. Returns false when there is more.
   *
   * @param mayskip - When more than that is new, read only the last `maxBytes`.
   */
  read(onBytes: (bytes: Uint8Array) => void, maxBytes: number, maySkip: boolean): boolean
  close(): void
}

/**
 * Opens a file for the output of a process. A file and not a pipe: whatever becomes of the reader,
 * the training can write, never waits, and loses nothing.
 *
 * @throws When it cannot be created.
 */
export function openCapturedFile(path: string): CapturedFile {
  const fd = openSync(path, 'a')
  const reader = openSync(path, 'r')
  const buffer = new Uint8Array(PIECE_BYTES)
  let offset = fstatSync(reader).size
  return {
    path,
    fd,
    read(onBytes, maxBytes, maySkip) {
      let left = fstatSync(reader).size - offset
      if (left > maxBytes && maySkip) {
        offset += left - maxBytes
        left = maxBytes
      }
      let room = Math.min(left, maxBytes)
      while (room > 0) {
        const count = readSync(reader, buffer, 0, Math.min(room, PIECE_BYTES), offset)
        if (count === 0) return true
        offset += count
        room -= count
        onBytes(buffer.subarray(0, count))
      }
      return left <= maxBytes
    },
    close() {
      closeSync(fd)
      closeSync(reader)
    },
  }
}
