import { ConfigError } from '@traceml/contracts'
import { randomHex } from './random-hex.js'

const SAFE_SEGMENT = /^[A-Za-z0-9._-]+$/
const ONLY_DOTS = /^\.+$/
const MAX_LENGTH = 200

/**
 * Accepts a name that is one safe path segment: letters, digits, `.`, `_`, `-`, not only dots.
 *
 * @throws {ConfigError} TRACEML_RUN_NAME_INVALID
 */
export function checkRunName(name: string): void {
  if (SAFE_SEGMENT.test(name) && !ONLY_DOTS.test(name) && name.length <= MAX_LENGTH) return
  throw new ConfigError(
    'TRACEML_RUN_NAME_INVALID',
    `The run name "${name}" cannot name a folder; use letters, digits, ".", "_" and "-" only.`,
    { details: { runName: name } },
  )
}

/** A name for a run without one: `session_<date>_<time>_<6 hex digits>`, local time. */
export function generateSessionId(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`
  return `session_${date}_${time}_${randomHex(6)}`
}
