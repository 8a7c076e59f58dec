import { PHASE_INDEX } from '@traceml/contracts'
import type { TrainingRuntime } from '../active-runtime.js'
import { recordingRuntime } from '../active-runtime.js'
import { describe, misuse } from './misuse.js'
import { isThenable, now } from './timing.js'

/** Names of {@link phase} that mean one of the measured phases. Any other is an event of its own. */
const PHASE_NAMES: Readonly<Record<string, number>> = {
  input_wait: PHASE_INDEX.input_wait,
  h2d: PHASE_INDEX.h2d,
  forward: PHASE_INDEX.forward,
  backward: PHASE_INDEX.backward,
  optimizer: PHASE_INDEX.optimizer_step,
  optimizer_step: PHASE_INDEX.optimizer_step,
}

const SLOTS: ReadonlyMap<string, number> = /* @__PURE__ */ new Map(Object.entries(PHASE_NAMES))

/**
 * Times `fn`, which may be async, as a phase of the step, and returns what it returns. Names:
 * `input_wait`, `h2d`, `forward`, `backward`, `optimizer`; any other name is an event of your own.
 * Of nested regions of one phase only the outermost counts; an error is rethrown and not counted.
 * Without a run it only calls `fn`.
 *
 * @throws {InputError} `TRACEML_SDK_MISUSE` for an empty name or when `fn` is no function.
 */
export function phase<Result>(name: string, fn: () => Result): Result {
  if (typeof fn !== 'function' || typeof name !== 'string' || name === '') {
    throw misuse(
      `phase was called with ${describe(name)} and ${describe(fn)}; give it a name and a function.`,
    )
  }
  const runtime = recordingRuntime()
  if (runtime === null || !runtime.recorder.enabled) return fn()
  const slot = SLOTS.get(name) ?? runtime.recorder.slot(name)
  if (!runtime.phases.enterPhase(slot)) return runUntimed(runtime, slot, fn)
  const start = now()
  let returned = false
  let pending = false
  // Returned from inside the try: V8 then keeps a numeric result unboxed in an inlined `fn`.
  try {
    const result = fn()
    pending = isThenable(result)
    returned = true
    return pending
      ? (settlePhase(runtime, slot, start, result as PromiseLike<unknown>) as Result)
      : result
  } finally {
    if (!pending) {
      runtime.phases.leavePhase(slot)
      if (returned) runtime.recorder.add(slot, now() - start)
    }
  }
}

/** A nested region, or one outside a step: only its depth is kept. */
function runUntimed<Result>(runtime: TrainingRuntime, slot: number, fn: () => Result): Result {
  let pending = false
  try {
    const result = fn()
    pending = isThenable(result)
    return pending
      ? (settlePhase(runtime, slot, null, result as PromiseLike<unknown>) as Result)
      : result
  } finally {
    if (!pending) runtime.phases.leavePhase(slot)
  }
}

async function settlePhase(
  runtime: TrainingRuntime,
  slot: number,
  start: number | null,
  work: PromiseLike<unknown>,
): Promise<unknown> {
  let result: unknown
  try {
    result = await work
  } finally {
    runtime.phases.leavePhase(slot)
  }
  if (start !== null) runtime.recorder.add(slot, now() - start)
  return result
}
