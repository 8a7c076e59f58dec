import type { RunStatus } from '@traceml/contracts'
import type { TrainingEnd } from './training-group.js'

/**
 * What became of a run.
 *
 * @param end - Null when it is not known how the training ended.
 * @param signal - The signal that arrived while it ran, or null.
 */
export function statusOf(end: TrainingEnd | null, signal: NodeJS.Signals | null): RunStatus {
  if (signal !== null || end === null) return 'interrupted'
  return end.exitCode === 0 ? 'completed' : 'failed'
}
