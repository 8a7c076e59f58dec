import { performance } from 'node:perf_hooks'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
const CHECK_MS = 50
const SYNCHRONOUS_MS = 100
/** Steps without a turn of the event loop, after that time, that make a loop synchronous. */
const SYNCHRONOUS_STEPS = 2

/** Sends the last telemetry when a signal ends the training. */
export interface SignalFlush {
  /** Tell it about every completed step. */
  onCommit(endMs: number): void
  dispose(): void
}

/**
 * Flushes on SIGINT and SIGTERM without taking them from the script.
 *
 * A listener replaces the default action, so there is one only while that is harmless: after the
 * first step, while the script has none of its own, and while the event loop turns. Training that
 * blocks the loop for 100 ms gets the default action back at the second step that ends without a
 * turn: one step may be slow because the machine is busy, and a signal that has arrived in it would
 * be lost with the listener. Then the last tenth of
 * a second of telemetry is lost, as with a kill; the aggregator's report is not.
 *
 * What is given up: a signal that arrives in the first 100 ms of such a blocking stretch finds the
 * listener still there, cannot run it, and has to be sent again.
 */
export function createSignalFlush(flush: () => void): SignalFlush {
  const listeners = new Map<NodeJS.Signals, () => void>()
  let timer: NodeJS.Timeout | null = null
  let lastTurnMs = 0
  let stepsWithoutTurn = 0
  let disposed = false

  const release = (): void => {
    for (const [signal, listener] of listeners) process.removeListener(signal, listener)
    listeners.clear()
  }
  const listen = (signal: NodeJS.Signals): void => {
    const listener = (): void => {
      // Somebody else listens too by now: what the signal means is theirs to say.
      const alone = process.listenerCount(signal) === 1
      release()
      if (!alone) return
      flush()
      process.kill(process.pid, signal)
    }
    listeners.set(signal, listener)
    process.on(signal, listener)
  }
  const onTurn = (): void => {
    lastTurnMs = performance.now()
    stepsWithoutTurn = 0
    for (const signal of SIGNALS) {
      const own = listeners.get(signal)
      const count = process.listenerCount(signal)
      if (own === undefined && count === 0) listen(signal)
      if (own !== undefined && count > 1) {
        process.removeListener(signal, own)
        listeners.delete(signal)
      }
    }
  }

  return {
    onCommit(endMs) {
      if (timer === null) {
        if (disposed) return
        lastTurnMs = endMs
        timer = setInterval(onTurn, CHECK_MS)
        timer.unref()
      } else if (endMs - lastTurnMs > SYNCHRONOUS_MS && listeners.size > 0) {
        stepsWithoutTurn += 1
        if (stepsWithoutTurn >= SYNCHRONOUS_STEPS) release()
      }
    },
    dispose() {
      disposed = true
      if (timer !== null) clearInterval(timer)
      release()
    },
  }
}
