import type { EngineLike } from '../library.js'
import type { CallSite } from './call-site.js'
import { createLeakTracer } from './leak-tracer.js'

/** Steps of a window; live tensors are compared at its ends. */
const WINDOW = 16
/** More tensors over a window than this are suspicious: one in every other step. */
const SUSPICIOUS_RISE = WINDOW / 2
/** Windows in a row that must be suspicious. */
const WINDOWS = 2
/** Steps after which a tensor is no intermediate result any more. */
const SURVIVAL_STEPS = 8
/** A few looks tell; each costs the step that is looked at some milliseconds. */
const MAX_LOOKS = 8
const LOOK_EVERY_MS = 250
/** One look may see every other tensor; the second sees the others, also in a short run. */
const FIRST_LOOKS = 3

/** Watches live tensors from step to step, and looks for the line that makes them when they rise. */
export interface LeakWatch {
  /** A step has ended. One read of a counter, and a comparison every 16 steps. */
  noteStep(nowMs: number): void
  /** True between {@link LeakWatch.beginCall} and {@link LeakWatch.endCall}. */
  readonly isInCall: boolean
  /** Calls of one kind leave tensors behind: looks until `endCall`; what stays is known at the next. */
  beginCall(): void
  endCall(): void
  close(): void
}

/** Creates the watch of an engine; `found` is called with lines that make what stays. */
export function createLeakWatch(
  engine: EngineLike,
  root: string,
  found: (site: CallSite) => void,
): LeakWatch {
  const tracer = createLeakTracer(engine, root)
  let steps = 0
  let base = 0
  let risen = 0
  let looks = 0
  let lookedMs = Number.NEGATIVE_INFINITY
  let callLooks = 0
  // What the samples of the tracer are of; one look at a time.
  let state: 'idle' | 'step' | 'step-due' | 'call' | 'call-due' = 'idle'
  let dueStep = 0

  function compare(): void {
    const level = engine.state?.numTensors ?? 0
    risen = level - base >= SUSPICIOUS_RISE ? risen + 1 : 0
    base = level
  }

  function followStep(nowMs: number): void {
    if (state === 'step') {
      tracer.endLook()
      state = 'step-due'
      dueStep = steps + SURVIVAL_STEPS
    } else if (state === 'step-due' && steps >= dueStep) {
      state = 'idle'
      tracer.findSurvivors(found)
    }
    const isTime = looks < FIRST_LOOKS || nowMs - lookedMs >= LOOK_EVERY_MS
    if (state !== 'idle' || risen < WINDOWS || looks >= MAX_LOOKS || !isTime) return
    lookedMs = nowMs
    looks += 1
    state = 'step'
    tracer.beginLook()
  }

  return {
    noteStep(nowMs) {
      steps += 1
      if (steps % WINDOW === 0) compare()
      if (risen >= WINDOWS || state !== 'idle') followStep(nowMs)
    },
    get isInCall() {
      return state === 'call'
    },
    beginCall() {
      if (state === 'call-due') {
        state = 'idle'
        tracer.findSurvivors(found)
      }
      if (state !== 'idle' || callLooks >= MAX_LOOKS) return
      callLooks += 1
      state = 'call'
      tracer.beginLook()
    },
    endCall() {
      if (state !== 'call') return
      tracer.endLook()
      state = 'call-due'
    },
    close() {
      if (state === 'step-due' || state === 'call-due') tracer.findSurvivors(found)
      tracer.close()
      state = 'idle'
    },
  }
}
