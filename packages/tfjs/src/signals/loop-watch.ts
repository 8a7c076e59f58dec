import { performance } from 'node:perf_hooks'
import process from 'node:process'
import type { JavaScriptLoopFact } from '@traceml/contracts'

const TURN_MS = 50
/** Delays are counted in classes, each a quarter wider than the one before. */
const CLASS_RATIO = 1.25
const CLASSES = 80
/** Delays from which on it is of interest who waits. */
const LONG_MS = 500
/** What waits for the loop, of all that Node counts; output to a terminal is not among it. */
const WAITERS: ReadonlySet<string> = new Set([
  'Timeout',
  'TCPServerWrap',
  'TCPSocketWrap',
  'PipeServerWrap',
  'UDPWrap',
  'HTTPINCOMINGMESSAGE',
])

/** How late the event loop of this thread turns. */
export interface LoopWatch {
  /** What is known now, a block that has not ended included; null when it did not change much. */
  read(nowMs: number, step: number): JavaScriptLoopFact | null
  close(): void
}

/** Starts to watch: one timer that does not hold the process. */
export function createLoopWatch(): LoopWatch {
  const counts = new Uint32Array(CLASSES)
  const waiting = new Set<string>()
  let turns = 0
  let longestMs = 0
  let longestStep = 0
  let step = 0
  let dueMs = performance.now() + TURN_MS
  let published = ''
  const timer = setInterval(() => {
    const nowMs = performance.now()
    const delayMs = Math.max(0, nowMs - dueMs)
    counts[classOf(delayMs)] = (counts[classOf(delayMs)] as number) + 1
    turns += 1
    note(delayMs)
    dueMs = nowMs + TURN_MS
  }, TURN_MS)
  timer.unref()

  function note(delayMs: number): void {
    if (delayMs > longestMs) {
      longestMs = delayMs
      longestStep = step
    }
    if (delayMs < LONG_MS || waiting.size > 0) return
    for (const name of process.getActiveResourcesInfo()) if (WAITERS.has(name)) waiting.add(name)
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
      step = currentStep
      const openMs = Math.max(0, nowMs - dueMs)
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
    close: () => clearInterval(timer),
  }
}

function classOf(delayMs: number): number {
  if (delayMs < 1) return 0
  return Math.min(CLASSES - 1, Math.ceil(Math.log(delayMs) / Math.log(CLASS_RATIO)))
}
