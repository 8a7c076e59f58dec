import { type InstrumentationOptions, installedOn, instrumentEngine } from './instrumentation.js'
import { findEngine, hasMembers, type TensorFlowLike } from './library.js'

/**
 * Instruments a copy of TensorFlow.js that the program holds: `tf` of the union package, or the
 * namespace of core, layers or data. For bundles, a second copy of the library, and the SDK's
 * automatic mode; a program started with the preload module needs no call.
 *
 * When the engine is instrumented already (all copies share one), the classes of `tf` join that
 * instrumentation and its recorder, so that nothing is counted twice.
 *
 * @returns Takes off what this call installed and restores every method. Idempotent. Does nothing
 *   when `tf` has no engine. It never throws.
 *
 * @example
 * ```ts
 * const uninstall = instrumentTensorFlow(tf, { recorder })
 * await model.fit(xs, ys)
 * uninstall()
 * ```
 */
export function instrumentTensorFlow(
  tf: TensorFlowLike,
  options: InstrumentationOptions,
): () => void {
  try {
    const engine = hasMembers(tf) ? findEngine(tf) : null
    if (engine === null) return () => {}
    const present = installedOn(engine)
    if (present !== null) return present.hookClasses(tf)
    const instrumentation = instrumentEngine(engine, options)
    instrumentation.hookClasses(tf)
    return instrumentation.uninstall
  } catch {
    return () => {}
  }
}
