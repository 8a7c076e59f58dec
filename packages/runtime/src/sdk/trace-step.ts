import type { TrainingRuntime } from '../active-runtime.js'
import { recordingRuntime } from '../active-runtime.js'
import { INPUT_SLOT } from '../recorder/step-recorder.js'
import { describe, misuse } from './misuse.js'
import { isThenable, now } from './timing.js'

/**
 * A step that was begun without a function.
 *
 * `using` cannot tell it whether the block threw: call {@link StepHandle.fail} where you catch, or
 * use `traceStep(fn)`, which sees errors by itself.
 */
export interface StepHandle {
  /** The step failed: it is not counted. */
  fail(): void
  /** Ends the step; further calls do nothing. */
  [Symbol.dispose](): void
}

/**
 * Records one training step around `fn`, which may be async, and returns what it returns. A step
 * that throws is rethrown and not counted. Inside another step it is a part of that one, so run
 * one step at a time. Without a run it only calls `fn`.
 *
 * @example
 * ```ts
 * for await (const batch of wrapDataLoader(batches)) {
 *   await traceStep(async () => {
 *     const loss = phase('forward', () => model.loss(batch))
 *     phase('backward', () => loss.backward())
 *     phase('optimizer', () => optimizer.step())
 *   })
 * }
 * ```
 * @throws {InputError} `TRACEML_SDK_MISUSE` when `fn` is given and no function.
 */
export function traceStep<Result>(fn: () => Result): Result
/** Begins a step that ends when the handle is disposed: `using step = traceStep()`. */
export function traceStep(): StepHandle
export function traceStep<Result>(fn?: () => Result): Result | StepHandle {
  if (typeof fn !== 'function') return openStep(fn)
  const runtime = recordingRuntime()
  if (runtime === null || !runtime.recorder.enabled || !runtime.phases.beginStep()) return fn()
  const { recorder, phases } = runtime
  recorder.claimBoundaries()
  const inputBefore = recorder.pendingMs(INPUT_SLOT)
  const start = now()
  let returned = false
  let pending = false
  // Returned from inside the try: V8 then keeps a numeric result unboxed in an inlined `fn`.
  try {
    const result = fn()
    pending = isThenable(result)
    returned = true
    return pending
      ? (settleStep(runtime, result as PromiseLike<unknown>, start, inputBefore) as Result)
      : result
  } finally {
    if (!pending) {
      if (returned) completeStep(runtime, start, inputBefore)
      else {
        phases.endStep()
        recorder.discard()
      }
    }
  }
}

function completeStep(runtime: TrainingRuntime, start: number, inputBefore: number): void {
  const end = now()
  const { recorder } = runtime
  // A batch that was fetched inside the step is input wait, not step time.
  const input = recorder.pendingMs(INPUT_SLOT) - inputBefore
  runtime.phases.endStep()
  recorder.commit(Math.max(0, end - start - input), end)
}

async function settleStep(
  runtime: TrainingRuntime,
  work: PromiseLike<unknown>,
  start: number,
  inputBefore: number,
): Promise<unknown> {
  let result: unknown
  try {
    result = await work
  } catch (error) {
    runtime.phases.endStep()
    runtime.recorder.discard()
    throw error
  }
  completeStep(runtime, start, inputBefore)
  return result
}

const INERT_STEP: StepHandle = { fail: () => {}, [Symbol.dispose]: () => {} }

function openStep(fn: unknown): StepHandle {
  if (fn !== undefined) {
    throw misuse(
      `traceStep was called with ${describe(fn)}; give it the function of one step, or nothing.`,
    )
  }
  const runtime = recordingRuntime()
  if (runtime === null || !runtime.recorder.enabled || !runtime.phases.beginStep()) {
    return INERT_STEP
  }
  runtime.recorder.claimBoundaries()
  const inputBefore = runtime.recorder.pendingMs(INPUT_SLOT)
  const start = now()
  let open = true
  return {
    fail() {
      if (!open) return
      open = false
      runtime.phases.endStep()
      runtime.recorder.discard()
    },
    [Symbol.dispose]() {
      if (!open) return
      open = false
      completeStep(runtime, start, inputBefore)
    },
  }
}
