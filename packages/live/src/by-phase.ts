import type { LivePhase } from '@traceml/contracts'

/** A record over the parts of a step. @internal */
export function byPhase<Value>(read: (phase: LivePhase) => Value): Record<LivePhase, Value> {
  return {
    input_wait: read('input_wait'),
    h2d: read('h2d'),
    forward: read('forward'),
    backward: read('backward'),
    optimizer_step: read('optimizer_step'),
    residual: read('residual'),
  }
}
