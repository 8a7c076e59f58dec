import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Logger } from '@traceml/contracts'

const MAX_BYTES = 1_000_000

/**
 * Logs warnings and errors as lines of JSON into a file, which is made with the first one. It
 * stops at one megabyte, and a file that cannot be written is passed over.
 */
export function createFileLogger(path: string, now: () => Date): Logger {
  return loggerWith(path, now, {}, { bytes: 0 })
}

function loggerWith(
  path: string,
  now: () => Date,
  base: Record<string, unknown>,
  written: { bytes: number },
): Logger {
  const write =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}): void => {
      if (written.bytes > MAX_BYTES) return
      try {
        const entry = { time: now().toISOString(), level, message, ...base, ...fields }
        const line = `${JSON.stringify(entry)}\n`
        if (written.bytes === 0) mkdirSync(dirname(path), { recursive: true })
        appendFileSync(path, line)
        written.bytes += line.length
      } catch {
        // A log that cannot be written must not become a failure of what it describes.
      }
    }
  return {
    debug: () => {},
    info: () => {},
    warn: write('warn'),
    error: write('error'),
    child: (fields) => loggerWith(path, now, { ...base, ...fields }, written),
  }
}
