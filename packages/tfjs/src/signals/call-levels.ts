import type { JavaScriptCallLevels } from '@traceml/contracts'

/** Rises that are kept. */
const CAPACITY = 32

/** Live tensors at the ends of calls of one kind. */
export interface CallLevels {
  /** A call ended with so many live tensors; the rise is against the call before. */
  end(level: number): void
  /** A call ended that left so many more than it found. */
  add(rise: number): void
  /** The next end is compared with nothing. */
  restart(): void
  /** The newest rises were all above zero. */
  readonly isRising: boolean
  read(): JavaScriptCallLevels
}

/** Creates the levels of no call. */
export function createCallLevels(): CallLevels {
  let rises: number[] = []
  let calls = 0
  let before: number | null = null

  function add(rise: number): void {
    rises.push(rise)
    if (rises.length > CAPACITY) rises = rises.slice(-CAPACITY)
  }

  return {
    end(level) {
      calls += 1
      if (before !== null) add(level - before)
      before = level
    },
    add(rise) {
      calls += 1
      add(rise)
    },
    restart() {
      before = null
    },
    get isRising() {
      return rises.length >= 2 && rises.slice(-2).every((rise) => rise > 0)
    },
    read: () => ({ calls, rises: [...rises] }),
  }
}
