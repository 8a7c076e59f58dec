/** Time as a component sees it; injected, so that tests and pure code stay deterministic. */
export interface Clock {
  /** Monotonic milliseconds from an arbitrary origin. Durations are differences of this. */
  monotonicMs(): number
  /** Wall clock in Unix seconds with fraction. Only ever a label, never subtracted. */
  wallSeconds(): number
}
