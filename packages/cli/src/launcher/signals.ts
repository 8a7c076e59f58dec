import { isatty } from 'node:tty'
import type { TrainingGroup } from './training-group.js'

/** What signals to the launcher did. */
export interface SignalWatch {
  /** The first signal that arrived before the training had ended, or null. */
  received(): NodeJS.Signals | null
  /** From now on signals go to this training, which is told of the one that has arrived already. */
  attach(training: TrainingGroup): void
  stop(): void
}

/**
 * Without a terminal nobody can tell whether an interrupt was sent to the whole process group or
 * to the launcher alone. A training that still runs after this time has not been reached, or takes
 * its time to end; it is told once more.
 */
const INTERRUPT_FORWARD_MS = 2_000

/** Signals that a terminal sends to everybody in the foreground. */
const INTERRUPTS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']

/** What becomes of a signal that ends nothing by itself. */
export interface SignalListener {
  /**
   * A signal arrived when no training runs any more: the user does not want to wait for the report.
   */
  onAbandon(signal: NodeJS.Signals): void
  /** The training goes on, two seconds after an interrupt from the terminal. */
  onIgnored(signal: NodeJS.Signals): void
}

/**
 * Keeps the launcher alive through signals that are meant for the training, and passes on those
 * that did not reach it: SIGTERM and SIGHUP always; SIGINT and SIGQUIT not when they come from a
 * terminal, which has sent them to the whole group already.
 */
export function watchSignals(listener: SignalListener): SignalWatch {
  let first: NodeJS.Signals | null = null
  let training: TrainingGroup | null = null
  let forwardTimer: NodeJS.Timeout | undefined

  const stillRunning = (signal: NodeJS.Signals): void => {
    if (training === null || !training.isRunning()) return
    if (hasTerminal()) listener.onIgnored(signal)
    else training.signal(signal)
  }
  const abandonIfEnded = (signal: NodeJS.Signals): void => {
    if (training?.isRunning() === false) listener.onAbandon(signal)
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    if (training?.isRunning() === false) {
      listener.onAbandon(signal)
      return
    }
    // Its end may be on the way: a signal overtakes the news of a process that has ended.
    if (first !== null) setImmediate(() => abandonIfEnded(signal))
    first ??= signal
    if (training === null) return
    if (!INTERRUPTS.includes(signal)) training.signal(signal)
    else {
      clearTimeout(forwardTimer)
      forwardTimer = setTimeout(() => stillRunning(signal), INTERRUPT_FORWARD_MS)
      forwardTimer.unref()
    }
  }
  const signals: readonly NodeJS.Signals[] = [...INTERRUPTS, 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, onSignal)
  return {
    received: () => first,
    attach: (group) => {
      training = group
      // It arrived while the training was started: at most some of its processes were there.
      if (first !== null) group.signal(first)
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
