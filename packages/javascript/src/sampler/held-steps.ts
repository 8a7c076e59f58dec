import type { JavaScriptVisibilityFact } from '@traceml/contracts'
import type { VisibilityTotals } from '../row.js'

/** A step that covers this much of a hidden time has waited for its end. */
const COVERED = 0.8
/** Shorter times say nothing: a step may have lain around one by chance. */
const SHORTEST_SECONDS = 0.5
const MAX_SPANS = 64

/** Finds the steps that could not end while the page was hidden, for a hidden page draws nothing. */
export interface HeldSteps {
  change(fact: JavaScriptVisibilityFact): void
  /** In their order. */
  add(stepMs: number, endSeconds: number): void
  read(): Pick<VisibilityTotals, 'held_steps' | 'held_seconds'>
}

/** Creates the state of a page that was never hidden. */
export function createHeldSteps(): HeldSteps {
  /** Hidden times that have ended and that no step has passed yet, oldest first. */
  let spans: { readonly from: number; readonly to: number }[] = []
  let hiddenAt: number | null = null
  let steps = 0
  let seconds = 0
  return {
    change({ hidden, at }) {
      if (hidden) {
        hiddenAt ??= at
        return
      }
      if (hiddenAt !== null && at - hiddenAt >= SHORTEST_SECONDS)
        spans = [...spans.slice(1 - MAX_SPANS), { from: hiddenAt, to: at }]
      hiddenAt = null
    },
    add(stepMs, endSeconds) {
      while (spans[0] !== undefined && spans[0].to <= endSeconds) {
        const { from, to } = spans[0]
        spans.shift()
        const covered = Math.min(to, endSeconds) - Math.max(from, endSeconds - stepMs / 1000)
        if (covered < COVERED * (to - from)) continue
        steps += 1
        seconds += to - from
      }
    },
    read: () => ({ held_steps: steps, held_seconds: seconds }),
  }
}
