import { PHASE_INDEX } from '@traceml/contracts'
import { createSharedState } from '../recorder/shared-layout.js'
import { createStepRecorder } from '../recorder/step-recorder.js'

const ROUNDS = 5
const STEPS = 200
const WARM_UP_STEPS = 400
const RING_BYTES = 65_536
const SLOTS = [
  PHASE_INDEX.input_wait,
  PHASE_INDEX.forward,
  PHASE_INDEX.backward,
  PHASE_INDEX.optimizer_step,
] as const

/**
 * What recording one step of four phases costs the training's thread, in whole nanoseconds: ten
 * clock reads and the recorder's work, measured here, beside the training, on a recorder of its
 * own. Takes about a millisecond. What the hooks of a library cost besides is not in it.
 */
export function measureStepCostNs(): number {
  recordSteps(WARM_UP_STEPS)
  const rounds = Array.from({ length: ROUNDS }, () => recordSteps(STEPS)).toSorted((a, b) => a - b)
  return Math.round(rounds[ROUNDS >> 1] ?? 0)
}

/** Nanoseconds a step, of steps that do nothing but be recorded. */
function recordSteps(count: number): number {
  // A ring that is full drops steps, which is cheaper: every round has one that holds them all.
  const shared = createSharedState({ ringBytes: RING_BYTES, outputBytes: 0 })
  const recorder = createStepRecorder({ shared })
  const began = performance.now()
  for (let step = 0; step < count; step += 1) {
    const start = performance.now()
    for (const slot of SLOTS) {
      const from = performance.now()
      recorder.add(slot, performance.now() - from)
    }
    const end = performance.now()
    recorder.commit(end - start, end)
  }
  return ((performance.now() - began) * 1e6) / count
}
