/** Callers that wait until a numbered frame is settled. @internal */
export interface FlushWaiters {
  /** Resolves when frame `through` is settled, on `release`, or after `timeoutMs`. */
  add(through: number, timeoutMs: number): Promise<void>
  /** Frames up to this number are settled. */
  settle(through: number): void
  /** Lets every caller go. */
  release(): void
  any(): boolean
}

interface Waiter {
  readonly through: number
  readonly finish: () => void
}

/** Creates an empty set of waiters; their timers keep the process alive. @internal */
export function createFlushWaiters(): FlushWaiters {
  const waiting = new Set<Waiter>()
  return {
    add(through, timeoutMs) {
      return new Promise((resolve) => {
        const waiter: Waiter = {
          through,
          finish() {
            clearTimeout(timer)
            waiting.delete(waiter)
            resolve()
          },
        }
        const timer = setTimeout(waiter.finish, Math.max(0, timeoutMs))
        waiting.add(waiter)
      })
    },
    settle(through) {
      for (const waiter of [...waiting]) if (waiter.through <= through) waiter.finish()
    },
    release() {
      for (const waiter of [...waiting]) waiter.finish()
    },
    any: () => waiting.size > 0,
  }
}
