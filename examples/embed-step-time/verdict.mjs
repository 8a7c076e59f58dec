import { analyzeStepTime, snapshotFromDurations } from '@traceml/analysis'
import { diagnoseStepTime, SUMMARY_STEP_TIME_POLICY } from '@traceml/diagnostics'

/**
 * Says why training steps are slow, from durations that your own tool measured. No process, no
 * files, no network: it runs wherever JavaScript runs.
 *
 * @param {{ wait: number, forward: number, backward: number, update: number, total: number }[]} steps
 * Milliseconds of each step; `total` is the step without the wait for its batch.
 */
export function verdictOf(steps) {
  const snapshot = snapshotFromDurations({
    input_wait: steps.map((step) => step.wait),
    forward: steps.map((step) => step.forward),
    backward: steps.map((step) => step.backward),
    optimizer_step: steps.map((step) => step.update),
    traced_step_time: steps.map((step) => step.total),
  })
  const window = analyzeStepTime(snapshot, { windowSize: steps.length })
  return diagnoseStepTime(window, SUMMARY_STEP_TIME_POLICY).primary
}
