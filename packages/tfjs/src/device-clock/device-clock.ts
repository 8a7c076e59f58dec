import type { DeviceStepTime, DeviceTimeFact } from '@traceml/contracts'
import { DEVICE_TIME_TOPIC } from '@traceml/contracts'
import type { TrackedRecorder } from '../tracker-types.js'
import type { WebGlTimer } from './webgl-timer.js'

/** What the GPU is given to do. */
type DevicePart = 'forward' | 'backward' | 'optimizer'

/** Follows the parts of steps on the clock of the GPU. Nothing here throws or waits. */
export interface DeviceClock {
  /** A part begins, and with it ends the one before; null: what belongs to none. */
  enter(part: DevicePart | null): void
  /** Somebody else measures with the same timer: what is being measured is given up. */
  yield(): void
  close(): void
}

/** Between two looks whether the GPU has got to what was measured. */
const POLL_MS = 50
/** Spans that may wait for the GPU; a page that never yields is measured up to here. */
const MAX_PENDING = 4_096

interface Span {
  readonly part: DevicePart | null
  readonly timed: object
}

interface Step {
  readonly step: number
  readonly epoch: number
  readonly gap: object | null
  readonly spans: Span[]
  /** Something of it could not be measured. */
  broken: boolean
}

/** Options of {@link createDeviceClock}. */
export interface DeviceClockOptions {
  readonly recorder: TrackedRecorder
  readonly timer: WebGlTimer
}

/**
 * Creates the clock. Every moment between the first and the last step is covered by one span of the
 * GPU's timer, so that the parts of a step add up; they are read when the GPU has got there, never
 * in the loop, and published in batches with the number of their step. A step that was discarded,
 * disturbed or cannot be told from its neighbours is left out.
 */
export function createDeviceClock({ recorder, timer }: DeviceClockOptions): DeviceClock {
  /** Complete steps that the GPU has not got to, oldest first. */
  let waiting: Step[] = []
  let pending = 0
  let current: Step | null = null
  let part: DevicePart | null = null
  let open: object | null = null
  let poll: ReturnType<typeof setTimeout> | null = null
  let closed = false

  const epoch = (): number => recorder.epoch ?? 0
  const completed = (): number => recorder.completedSteps?.() ?? 0
  const publish = (fact: DeviceTimeFact): void => recorder.publish(DEVICE_TIME_TOPIC, fact)
  const release = (timed: object | null): void => {
    if (timed === null) return
    timer.release(timed)
    pending -= 1
  }
  const drop = (step: Step): void => {
    release(step.gap)
    for (const span of step.spans) release(span.timed)
  }

  /** The step that was being made has been committed, or never will be. */
  const settle = (): void => {
    if (current === null || current.epoch === epoch()) return
    const isNext = epoch() === current.epoch + 1 && completed() === current.step
    if (isNext && !current.broken) waiting.push(current)
    else drop(current)
    current = null
  }

  /** Puts the span that has just ended where it belongs; `next` is what begins. */
  const place = (next: DevicePart | null): void => {
    const ended = open
    open = null
    settle()
    if (current === null && next !== null) {
      // What came between two steps belongs to the second.
      const gap = part === null ? ended : null
      current = { step: completed() + 1, epoch: epoch(), gap, spans: [], broken: false }
      if (gap !== null) return
      if (ended !== null) release(ended)
    } else if (ended !== null) {
      if (current === null) release(ended)
      else current.spans.push({ part, timed: ended })
    }
  }

  const look = (): void => {
    poll = null
    if (closed) return
    settle()
    const known: DeviceStepTime[] = []
    const disturbed = waiting.length > 0 && timer.wasDisturbed()
    if (disturbed && current !== null) current.broken = true
    let read = 0
    for (const step of waiting) {
      const time = disturbed ? null : timeOf(step, timer)
      if (time === null && !disturbed) break
      if (time !== null) known.push(time)
      drop(step)
      read += 1
    }
    waiting = waiting.slice(read)
    if (known.length > 0) publish({ kind: 'steps', steps: known })
    if (waiting.length > 0 || current !== null) schedule()
  }
  const schedule = (): void => {
    poll ??= setTimeout(guarded(look), POLL_MS)
  }
  /** Measuring ends for good rather than hurt the training. */
  const guarded = (work: () => void) => (): void => {
    try {
      work()
    } catch {
      close()
    }
  }
  const close = (): void => {
    if (closed) return
    closed = true
    if (poll !== null) clearTimeout(poll)
    try {
      timer.end()
    } catch {
      // The context is gone.
    }
    publish({ kind: 'end' })
  }

  publish({ kind: 'start' })
  return {
    enter(next) {
      if (closed || !recorder.enabled) return
      try {
        const timed = pending < MAX_PENDING ? timer.next() : null
        if (timed === null) timer.end()
        else pending += 1
        place(next)
        if (timed === null && current !== null) current.broken = true
        open = timed
        part = next
        if (next === null) timer.flush()
        schedule()
      } catch {
        close()
      }
    },
    yield() {
      if (current !== null) current.broken = true
      guarded(timer.end)()
    },
    close,
  }
}

/** What a step took, or null when the GPU has not got to its end. */
function timeOf(step: Step, timer: WebGlTimer): DeviceStepTime | null {
  const times = step.spans.map(({ timed }) => timer.read(timed))
  const gapMs = step.gap === null ? null : timer.read(step.gap)
  if (times.includes(null) || (step.gap !== null && gapMs === null)) return null
  const sum = (part: DevicePart | null): number | null => {
    const own = step.spans.flatMap((span, at) => (span.part === part ? [times[at] ?? 0] : []))
    return own.length === 0 ? null : own.reduce((total, ms) => total + ms, 0)
  }
  return {
    step: step.step,
    gap_ms: gapMs,
    forward_ms: sum('forward'),
    backward_ms: sum('backward'),
    optimizer_ms: sum('optimizer'),
    span_ms: times.reduce<number>((total, ms) => total + (ms ?? 0), 0),
  }
}
