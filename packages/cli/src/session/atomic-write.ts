import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { makeFolder } from './make-folder.js'
import { randomHex } from './random-hex.js'

/** How a file is written. */
export interface AtomicWriteOptions {
  /** Of the new file, before the umask. Default 0o666. */
  readonly mode?: number
  /** False for what can be made again: it need not outlive a loss of power. Default true. */
  readonly durable?: boolean
}

/**
 * Writes a text so that a reader sees the old file or the new one, never a part. On failure the
 * old file is untouched, nothing is left behind, and the error of the file system is thrown.
 */
export function writeFileAtomically(
  path: string,
  text: string,
  { mode = 0o666, durable = true }: AtomicWriteOptions = {},
): void {
  const folder = dirname(path)
  makeFolder(folder)
  const temporary = join(folder, `.${basename(path)}.${randomHex(8)}.tmp`)
  try {
    const file = openSync(temporary, 'w', mode)
    try {
      writeSync(file, text)
      if (durable) fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/**
 * Writes a text over an existing file without needing another block of the disk: the last resort
 * when the disk is full. A reader may see a part of it.
 *
 * @throws the error of the file system.
 */
export function overwriteInPlace(path: string, text: string): void {
  const file = openSync(path, 'r+')
  try {
    const bytes = Buffer.from(text)
    const written = writeSync(file, bytes, 0, bytes.length, 0)
    if (written < bytes.length) throw new Error('no space left on the device')
    ftruncateSync(file, bytes.length)
  } finally {
    closeSync(file)
  }
}
