import { constants } from 'node:os'

/** How a process ended. */
export interface ProcessEnd {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Exit code as a shell reports it: the code, or 128 + the number of the signal. */
export function exitCodeOf({ code, signal }: ProcessEnd): number {
  if (code !== null) return code
  if (signal === null) return 1
  return 128 + (constants.signals[signal] ?? 0)
}
