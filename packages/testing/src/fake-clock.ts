import type { Clock } from '@traceml/contracts'

/** A clock that moves only when it is told to. */
export interface FakeClock extends Clock {
  /** Moves both clocks forward by `milliseconds`. */
  advance(milliseconds: number): void
  /** Sets the wall clock alone, as a user or a time server does. */
  setWallSeconds(seconds: number): void
}

/** Makes a {@link FakeClock}; it starts at 0 ms and at `wallSeconds`, by default 1,700,000,000. */
export function createFakeClock(wallSeconds = 1_700_000_000): FakeClock {
  let monotonic = 0
  let wall = wallSeconds
  return {
    monotonicMs: () => monotonic,
    wallSeconds: () => wall,
    advance(milliseconds) {
      monotonic += milliseconds
      wall += milliseconds / 1000
    },
    setWallSeconds(seconds) {
      wall = seconds
    },
  }
}
