import { closeSync, openSync, readSync } from 'node:fs'

const BUFFER_BYTES = 8_192

/** A file of `/proc` that is read again and again through one open descriptor. */
export interface ProcFile {
  /** The first 8 KiB of the file as it is now, or null when it cannot be read. */
  read(): string | null
  close(): void
}

/** Opens a file of `/proc`; where there is none, every read is null. */
export function openProcFile(path: string): ProcFile {
  const buffer = new Uint8Array(BUFFER_BYTES)
  const decoder = new TextDecoder()
  let descriptor: number | null = null
  try {
    descriptor = openSync(path, 'r')
  } catch {
    // Not Linux, or not permitted: the caller has another source.
  }
  return {
    read() {
      if (descriptor === null) return null
      try {
        const count = readSync(descriptor, buffer, 0, BUFFER_BYTES, 0)
        return decoder.decode(buffer.subarray(0, count))
      } catch {
        return null
      }
    },
    close() {
      if (descriptor !== null) closeSync(descriptor)
      descriptor = null
    },
  }
}
