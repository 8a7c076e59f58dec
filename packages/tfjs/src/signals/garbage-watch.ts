import { GCProfiler } from 'node:v8'
import type { JavaScriptGarbageFact } from '@traceml/contracts'

/** Collections are observed for so long, and then not for so long: a fifth of the time. */
const OBSERVE_MS = 300
const REST_MS = 1_200
/** Before it, what was loaded is cleaned up, and the steps are compiled. */
const FIRST_STEP = 10
const US_PER_MS = 1_000

/** Time in the garbage collector of this thread, from a part of the run. */
export interface GarbageWatch {
  /** To be called now and then; returns the sums when a part has ended. */
  sample(nowMs: number, step: number): JavaScriptGarbageFact | null
  close(): void
}

/**
 * Creates the watch. It asks V8 rather than a `PerformanceObserver`, whose entries pile up while a
 * synchronous loop keeps the thread.
 */
export function createGarbageWatch(): GarbageWatch {
  let profiler: GCProfiler | null = null
  let changeMs = Number.NEGATIVE_INFINITY
  let observedMs = 0
  let garbageMs = 0
  let collections = 0
  let longestMs = 0

  function take(running: GCProfiler): void {
    const profile = running.stop()
    for (const { cost } of profile.statistics) {
      garbageMs += cost / US_PER_MS
      longestMs = Math.max(longestMs, cost / US_PER_MS)
      collections += 1
    }
    observedMs += profile.endTime - profile.startTime
  }

  return {
    sample(nowMs, step) {
      if (profiler === null) {
        if (nowMs - changeMs < REST_MS || step < FIRST_STEP) return null
        changeMs = nowMs
        profiler = new GCProfiler()
        profiler.start()
        return null
      }
      if (nowMs - changeMs < OBSERVE_MS) return null
      take(profiler)
      profiler = null
      changeMs = nowMs
      return {
        kind: 'garbage',
        observed_ms: observedMs,
        garbage_ms: garbageMs,
        collections,
        longest_ms: longestMs,
      }
    },
    close() {
      profiler?.stop()
      profiler = null
    },
  }
}
