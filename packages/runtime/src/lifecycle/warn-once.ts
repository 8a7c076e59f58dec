import { writeSync } from 'node:fs'
import { CONTROL } from '../recorder/shared-layout.js'

const STDERR = 2

/**
 * Prints one line to stderr, the only one of this process: a second call, from whichever thread,
 * prints nothing. It writes to the descriptor itself, since a thread's own stderr would wait for
 * the main thread.
 */
export function warnOnce(control: Int32Array, message: string): void {
  if (Atomics.compareExchange(control, CONTROL.warned, 0, 1) === 0) printWarning(message)
}

/** Prints one warning line; a closed or full stderr is not our trouble. */
export function printWarning(message: string): void {
  try {
    writeSync(STDERR, `[traceml] ${message.replaceAll('\n', ' ')}\n`)
  } catch {
    // There is nobody left to tell.
  }
}
