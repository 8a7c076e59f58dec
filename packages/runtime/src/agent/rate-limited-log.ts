import type { Clock, Logger } from '@traceml/contracts'

const PERIOD_MS = 60_000

/** Logs a warning of one kind at most once a minute, saying how many were left out. */
export type RateLimitedLog = (
  kind: string,
  message: string,
  fields?: Record<string, unknown>,
) => void

/** Makes a {@link RateLimitedLog} over `logger`. */
export function createRateLimitedLog(logger: Logger, clock: Clock): RateLimitedLog {
  const kinds = new Map<string, { nextMs: number; suppressed: number }>()
  return (kind, message, fields = {}) => {
    const now = clock.monotonicMs()
    const state = kinds.get(kind) ?? { nextMs: Number.NEGATIVE_INFINITY, suppressed: 0 }
    kinds.set(kind, state)
    if (now < state.nextMs) {
      state.suppressed += 1
      return
    }
    const more = state.suppressed === 0 ? {} : { suppressed: state.suppressed }
    state.nextMs = now + PERIOD_MS
    state.suppressed = 0
    logger.warn(message, { ...fields, ...more })
  }
}
