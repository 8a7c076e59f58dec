import { activeRuntime, getInitConfig } from '@traceml/runtime/browser'
import { openDeviceClock } from './device-clock/open-device-clock.js'
import { instrumentTensorFlow } from './instrument-tensorflow.js'
import type { TensorFlowLike } from './library.js'
import { createPageHost } from './signals/page-host.js'

/**
 * Finds the steps and phases of a TensorFlow.js training in a page or a worker of a page, for the
 * runtime that `init` of `@traceml/runtime/browser` started: call it after `init` and before the
 * training. Without a runtime it does nothing.
 *
 * @param tf - The library as the page imports it.
 * @returns Takes the hooks off again. It never throws.
 *
 * @example
 * ```ts
 * init({ url })
 * instrument(tf)
 * await model.fit(xs, ys)
 * ```
 */
export function instrument(tf: TensorFlowLike): () => void {
  const runtime = activeRuntime()
  if (runtime === null) return () => {}
  return instrumentTensorFlow(tf, {
    recorder: runtime.recorder,
    guard: runtime.phases,
    choice: getInitConfig,
    openDeviceClock,
    host: createPageHost,
  })
}
