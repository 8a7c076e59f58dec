/**
 * Time during which at least one of several overlapping waits is open, without the spans in which
 * the thread was busy with something else (suspended). All times in milliseconds.
 */
export interface IntervalClock {
  /** Waits begun since the last reset. */
  readonly seen: number
  /** True while a wait is open. */
  readonly isOpen: boolean
  begin(nowMs: number): void
  /** Returns the milliseconds that closing this wait added. */
  end(nowMs: number): number
  suspend(nowMs: number): void
  resume(nowMs: number): void
  /** Union of the waits since the last reset, up to now. */
  total(nowMs: number): number
  /** Forgets the time so far; waits that are open go on counting from now. */
  reset(nowMs: number): void
}

/** Creates a clock that stands still. */
export function createIntervalClock(): IntervalClock {
  let open = 0
  let suspensions = 0
  let startMs = 0
  let totalMs = 0
  let seen = 0

  function settle(nowMs: number): number {
    if (open === 0 || suspensions > 0) return 0
    const spanMs = Math.max(0, nowMs - startMs)
    totalMs += spanMs
    startMs = nowMs
    return spanMs
  }

  return {
    get seen() {
      return seen
    },
    get isOpen() {
      return open > 0
    },
    begin(nowMs) {
      if (open++ === 0) startMs = nowMs
      seen++
    },
    end(nowMs) {
      const addedMs = settle(nowMs)
      if (open > 0) open--
      return addedMs
    },
    suspend(nowMs) {
      settle(nowMs)
      suspensions++
    },
    resume(nowMs) {
      if (suspensions > 0) suspensions--
      if (suspensions === 0) startMs = nowMs
    },
    total(nowMs) {
      settle(nowMs)
      return totalMs
    },
    reset(nowMs) {
      totalMs = 0
      seen = open
      startMs = nowMs
    },
  }
}
