import type { VisibilityTotals } from '../../row.js'
import { defineRankRule, type Found, type JavaScriptRule } from '../rule.js'
import { msText } from '../words.js'

/** The page was hidden, and the browser slowed its training down. */
export const backgroundTabRule: JavaScriptRule = /* @__PURE__ */ defineRankRule({
  id: 'background-tab',
  kind: 'BACKGROUND_TAB',
  metric: 'step_time_ms',
  look({ row }, { background }) {
    const held = heldSteps(row.visibility, background.minRatio)
    if (held !== null) return held
    const { hidden_median_ms: hidden, shown_median_ms: shown, ...rest } = row.visibility
    if (hidden === null || shown === null || rest.hidden_steps < background.minSteps) return null
    const ratio = shown > 0 ? hidden / shown : 0
    if (ratio <= background.minRatio) return null
    const since =
      rest.hidden_since_step === null
        ? 'was hidden for a while'
        : `is hidden since step ${rest.hidden_since_step}`
    return {
      severity: 'warn',
      score: ratio,
      summary: `The page ${since}: a step takes ${msText(hidden)} then and ${msText(shown)} while it is shown.`,
      action:
        'Train in a web worker, whose timers a browser slows down less, or keep the page in front.',
      evidence: {
        hidden_median_ms: hidden,
        shown_median_ms: shown,
        hidden_steps: rest.hidden_steps,
        hidden_since_step: rest.hidden_since_step,
        ratio,
      },
    }
  },
})

/** The training waited for the page to be shown: its loop yields by frames, and none were drawn. */
function heldSteps(visibility: VisibilityTotals, minRatio: number): Found | null {
  const { held_steps: steps, held_seconds: seconds, shown_median_ms: shown } = visibility
  const heldMs = 1000 * seconds
  if (steps === 0 || shown === null || heldMs <= minRatio * shown) return null
  return {
    severity: 'warn',
    score: heldMs / shown,
    summary: `The page was hidden for ${msText(heldMs)} in which the training stood still; a step takes ${msText(shown)} while it is shown.`,
    action: 'Train in a web worker, which goes on in a hidden page, or keep the page in front.',
    evidence: { held_seconds: seconds, held_steps: steps, shown_median_ms: shown },
  }
}
