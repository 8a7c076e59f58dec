import type { JavaScriptCountersFact } from '@traceml/contracts'
import { plainLine } from '@traceml/contracts'
import { defineRankRule, type JavaScriptRule } from '../rule.js'
import { msText, shareText } from '../words.js'

/** Steps with inputs of new shapes are slow again and again: something is compiled for each. */
export const recompilesRule: JavaScriptRule = /* @__PURE__ */ defineRankRule({
  id: 'recompiles',
  kind: 'RECOMPILES',
  metric: 'step_time_ms',
  phase: 'compute',
  look({ row }, { minSteps, recompiles }) {
    const { counters } = row
    const { counted } = row.steps
    if (counters === null || counted < minSteps) return null
    const { slow_shape_steps: slow, slow_shape_ms: slowMs } = counters
    const ratio = slow / counted
    if (slow < recompiles.minSteps || ratio < recompiles.minStepRatio) return null
    const lostMs = Math.max(0, slowMs - slow * usualMs(counters))
    return {
      severity: 'warn',
      score: ratio,
      share_pct: ratio,
      summary: `${slow} of ${counted} steps (${shareText(ratio)}) were slow because their input had a new shape (${shapesText(counters)}): ${msText(lostMs)} lost, each is compiled anew.`,
      action:
        'Keep shapes equal: pad batches and sequences to a few fixed lengths (buckets), drop the smaller last batch (dataset.batch(n, false)).',
      evidence: {
        new_shapes: counters.new_shape_steps,
        slow_shape_steps: slow,
        slow_step_ratio: ratio,
        lost_ms: lostMs,
        usual_compute_ms: usualMs(counters),
        shapes: counters.slow_shapes,
      },
    }
  },
})

/** What the computation of a step with a known shape takes. @internal */
export function usualMs(counters: JavaScriptCountersFact): number {
  const { known_shape_ms: ms, known_shape_steps: steps } = counters
  return steps > 0 ? ms / steps : 0
}

/** The slowest new shapes as text. @internal */
export function shapesText({ slow_shapes: shapes }: JavaScriptCountersFact): string {
  return shapes.length === 0
    ? 'shape not known'
    : shapes
        .slice(0, 3)
        .map(({ shape }) => plainLine(shape, 60))
        .join(', ')
}
