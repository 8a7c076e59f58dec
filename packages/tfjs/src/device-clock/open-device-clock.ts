import { type EngineLike, hasMembers, type Members } from '../library.js'
import { wrapMethod } from '../patches.js'
import { watchContext } from '../signals/context-watch.js'
import type { TrackedRecorder } from '../tracker-types.js'
import { createDeviceClock, type DeviceClock } from './device-clock.js'
import { findWebGlTimer } from './webgl-timer.js'

/**
 * The clock of the GPU that the backend of `engine` uses now, or null where none can be read: then
 * the phases of its steps stay unknown. Also tells when the browser takes the GPU away. It never
 * throws.
 */
export function openDeviceClock(engine: EngineLike, recorder: TrackedRecorder): DeviceClock | null {
  try {
    // Without these a measured step could not be told from its neighbours.
    if (recorder.epoch === undefined || recorder.completedSteps === undefined) return null
    const { backend } = engine as unknown as Members
    const unwatch = watchContext(engine, recorder)
    const timer = findWebGlTimer(backend)
    if (timer === null) return unwatch === null ? null : { ...NO_CLOCK, close: unwatch }
    const clock = createDeviceClock({ recorder, timer })
    const gpgpu = hasMembers(backend) ? backend['gpgpu'] : null
    const restore = hasMembers(gpgpu) ? yieldToProfiler(gpgpu, clock) : null
    return {
      ...clock,
      close() {
        unwatch?.()
        restore?.()
        clock.close()
      },
    }
  } catch {
    return null
  }
}

/** A GPU without a clock whose loss is still told. */
const NO_CLOCK: DeviceClock = { enter: () => {}, yield: () => {}, close: () => {} }

/** `tf.time` and `tf.profile` use the same timer, and have a right to it. */
function yieldToProfiler(gpgpu: Members, clock: DeviceClock): (() => void) | null {
  return wrapMethod(gpgpu, 'beginQuery', (original) => {
    return function beginQuery(...args) {
      clock.yield()
      return original.apply(this, args)
    }
  })
}
