/** Monotonic milliseconds, the clock of every duration. */
export const now: () => number = performance.now.bind(performance)

/** True for a promise or anything that can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { readonly then?: unknown }).then === 'function'
  )
}
