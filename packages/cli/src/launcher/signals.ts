import { isatty } from 'node:tty'
import type { TrainingGroup } from './training-group.js'

/** What signals to the launcher did. */
export interface SignalWatch {
  /** The first signal that arrived, or null. */
  received(): NodeJS.Signals | null
  /** From now on signals go to this training. */
  attach(training: TrainingGroup): void
  stop(): void
}

/**
 * Without a terminal nobody can tell whether an interrupt was sent to the whole process group or
 * to the launcher alone. A training that still runs after this time has not been reached, or takes
 * its time to end; it is told once more.
 */
const INTERRUPT_FORWARD_MS = 2_000

/**
 * Keeps the launcher alive through signals that are meant for the training, and passes on those
 * that did not reach it: SIGTERM and SIGHUP always; SIGINT not when it comes from a terminal,
 * which has sent it to the whole group already.
 *
 * @param onAbandon - Called for a signal that arrives when no training runs any more: the user
 * does not want to wait for the report.
 */
export function watchSignals(onAbandon: (signal: NodeJS.Signals) => void): SignalWatch {
  let first: NodeJS.Signals | null = null
  let training: TrainingGroup | null = null
  let forwardTimer: NodeJS.Timeout | undefined

  const onSignal = (signal: NodeJS.Signals): void => {
    first ??= signal
    if (training === null) return
    if (!training.isRunning()) onAbandon(signal)
    else if (signal !== 'SIGINT') training.signal(signal)
    else if (!hasTerminal()) {
      clearTimeout(forwardTimer)
      forwardTimer = setTimeout(() => training?.signal('SIGINT'), INTERRUPT_FORWARD_MS)
      forwardTimer.unref()
    }
  }
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, onSignal)
  return {
    received: () => first,
    attach: (group) => {
      training = group
    },
    stop: () => {
      clearTimeout(forwardTimer)
      for (const signal of signals) process.off(signal, onSignal)
    },
  }
}

function hasTerminal(): boolean {
  return isatty(0) || isatty(1) || isatty(2)
}
