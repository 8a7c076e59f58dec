import type { TrainingEnd } from './training-group.js'

/**
 * How a training ended that did not end well, for people; null when there is nothing to say.
 *
 * @param interrupted - The signal that the user sent while it ran, or null.
 */
export function describeEnding(
  end: TrainingEnd,
  interrupted: NodeJS.Signals | null,
): string | null {
  if (interrupted !== null) return `interrupted by ${interrupted}`
  if (end.startError !== null) return 'never started'
  if (end.signal === 'SIGKILL') return 'killed by SIGKILL, as the system does when memory runs out'
  if (end.signal !== null) return `ended by ${end.signal}`
  return end.exitCode === 0 ? null : `failed with exit code ${end.exitCode}`
}
