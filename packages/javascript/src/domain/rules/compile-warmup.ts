import { defineRankRule, type JavaScriptRule } from '../rule.js'
import { msText } from '../words.js'
import { shapesText, usualMs } from './recompiles.js'

/** The first step, or the first one of another shape, took far longer than the others. */
export const compileWarmupRule: JavaScriptRule = /* @__PURE__ */ defineRankRule({
  id: 'compile-warmup',
  kind: 'COMPILE_WARMUP',
  metric: 'step_time_ms',
  phase: 'compute',
  look({ row }, { minSteps, recompiles, warmup }) {
    const { counters, steps } = row
    const { first_step_ms: firstMs, median_step_ms: medianMs } = steps
    if (medianMs === null || steps.counted < minSteps) return null
    const usual = counters === null ? 0 : usualMs(counters)
    // Where shapes go on being compiled, another finding says so.
    const goesOn =
      counters !== null &&
      counters.slow_shape_steps >= recompiles.minSteps &&
      counters.slow_shape_steps / steps.counted >= recompiles.minStepRatio
    const extraMs =
      counters === null || goesOn
        ? 0
        : Math.max(0, counters.slow_shape_ms - counters.slow_shape_steps * usual)
    const isFirst =
      firstMs !== null && firstMs >= warmup.minFirstMs && firstMs > warmup.minRatio * medianMs
    if (!isFirst && extraMs < warmup.minFirstMs) return null
    const lostMs = (isFirst ? firstMs - medianMs : 0) + extraMs
    const shapes =
      counters === null || goesOn || counters.slow_shapes.length === 0
        ? ''
        : ` Shapes that were slow at first: ${shapesText(counters)}.`
    return {
      severity: 'info',
      score: lostMs,
      summary: `${isFirst ? `The first step took ${msText(firstMs)}, the others ${msText(medianMs)}` : `Steps take ${msText(medianMs)}`}; warming up cost ${msText(lostMs)} once.${shapes}`,
      action:
        'Nothing to do for a long run. To start faster, use fewer different operations and shapes, and warm up with one batch of zeros while data loads.',
      evidence: {
        first_step_ms: firstMs,
        median_step_ms: medianMs,
        lost_ms: lostMs,
        shapes: counters?.slow_shapes ?? [],
      },
    }
  },
})
