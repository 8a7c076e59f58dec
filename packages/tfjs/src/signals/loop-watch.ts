import type { JavaScriptLoopFact } from '@traceml/contracts'

const TURN_MS = 50
/** Delays are counted in classes, each a quarter wider than the one before. */
const CLASS_RATIO = 1.25
const CLASSES = 80
/** Delays from which on it is of interest who waits. */
const LONG_MS = 500
/** How late the event loop of this thread turns. */
export interface LoopWatch {
  /** What is known now, a block that has not ended included; null when it did not change much. */
  read(nowMs: number, step: number): JavaScriptLoopFact | null
  close(): void
}

/** What the host knows of its loop. */
export interface LoopHost {
  /** Who waits for the loop now, for example `TCPServerWrap`. */
  waiting(): readonly string[]
  /** True while timers are late for another reason than the training. */
  isThrottled(): boolean
}

/** Starts to watch: one timer that does not hold the process. */
export function createLoopWatch(host: LoopHost): LoopWatch {
  const counts = new Uint32Array(CLASSES)
  const waiting = new Set<string>()
  let turns = 0
  let longestMs = 0
  let longestStep = 0
  let step = 0
  let dueMs = performance.now() + TURN_MS
  let published = ''
  const timer: unknown = setInterval(() => {
    const nowMs = performance.now()
    if (host.isThrottled()) {
      dueMs = nowMs + TURN_MS
      return
    }
    const delayMs = Math.max(0, nowMs - dueMs)
    counts[classOf(delayMs)] = (counts[classOf(delayMs)] as number) + 1
    turns += 1
    note(delayMs)
    dueMs = nowMs + TURN_MS
  }, TURN_MS)
  if (isNodeTimer(timer)) timer.unref()

  /** Loading the library and the data before the first step is no training: it is forgotten. */
  function beginAt(nowMs: number): void {
    counts.fill(0)
    turns = 0
    longestMs = 0
    waiting.clear()
    dueMs = nowMs + TURN_MS
  }

  function note(delayMs: number): void {
    if (delayMs > longestMs) {
      longestMs = delayMs
      longestStep = step
    }
    if (delayMs < LONG_MS || waiting.size > 0) return
    for (const name of host.waiting()) waiting.add(name)
  }

  /** 99th percentile over the turns and the wait that is open. */
  function p99(openMs: number): number {
    let left = Math.ceil(0.99 * (turns + 1))
    const open = classOf(openMs)
    for (let index = 0; index < CLASSES; index += 1) {
      left -= (counts[index] as number) + (index === open ? 1 : 0)
      if (left <= 0) return Math.min(longestMs, CLASS_RATIO ** index)
    }
    return longestMs
  }

  return {
    read(nowMs, currentStep) {
      if (step === 0 && currentStep > 0) beginAt(nowMs)
      step = currentStep
      const openMs = host.isThrottled() ? 0 : Math.max(0, nowMs - dueMs)
      note(openMs)
      const fact: JavaScriptLoopFact = {
        kind: 'loop',
        turns,
        delay_p99_ms: p99(openMs),
        longest_ms: longestMs,
        longest_step: longestStep,
        waiting: [...waiting],
      }
      const key = `${fact.delay_p99_ms}|${Math.round(longestMs / 10)}|${waiting.size}`
      if (key === published) return null
      published = key
      return fact
    },
    close: () => clearInterval(timer as ReturnType<typeof setInterval>),
  }
}

/** A browser's timers are numbers. */
function isNodeTimer(timer: unknown): timer is { unref(): void } {
  return typeof timer === 'object' && timer !== null && 'unref' in timer
}

function classOf(delayMs: number): number {
  if (delayMs < 1) return 0
  return Math.min(CLASSES - 1, Math.ceil(Math.log(delayMs) / Math.log(CLASS_RATIO)))
}
