import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { JsonObject } from '@traceml/contracts'

/**
 * Replaces a file as a whole: temporary sibling, fsync, rename. A reader sees the old text or the
 * new one, never a part. Parent folders are created; on failure the target is untouched.
 *
 * @throws the error of the file system.
 */
export async function writeTextAtomic(path: string, text: string): Promise<void> {
  const target = resolve(path)
  const folder = dirname(target)
  await mkdir(folder, { recursive: true })
  const temporary = join(folder, `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text, 'utf8')
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** Writes JSON with an indentation of 2, ASCII only, by {@link writeTextAtomic}. */
export function writeJsonAtomic(path: string, value: JsonObject): Promise<void> {
  const text = JSON.stringify(value, null, 2).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return writeTextAtomic(path, text)
}

/** UTC in ISO 8601 with microseconds and an explicit offset, as the other files of a session. */
export function isoTimestamp(unixSeconds: number): string {
  const whole = Math.floor(unixSeconds)
  const micros = Math.min(999_999, Math.round((unixSeconds - whole) * 1e6))
  const seconds = new Date(whole * 1000).toISOString().slice(0, 19)
  return `${seconds}.${String(micros).padStart(6, '0')}+00:00`
}
