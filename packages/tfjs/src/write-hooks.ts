import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import type { AnyFunction, Members } from './library.js'
import type { Patches } from './patches.js'
import { settle } from './settle.js'
import type { StepTracker } from './tracker-types.js'

/** Functions of `node:fs` that return when the data is written. */
const SYNCHRONOUS: readonly string[] = [
  'writeFileSync',
  'appendFileSync',
  'writeSync',
  'writevSync',
  'copyFileSync',
  'renameSync',
]
/** Functions of `node:fs/promises`. */
const ASYNCHRONOUS: readonly string[] = ['writeFile', 'appendFile', 'copyFile', 'rename']

/**
 * Hooks what a loop writes its logs and checkpoints with, so that the time is not taken for the
 * making of the next batch. Named imports see the hooks too, when the importing module is loaded
 * later. `console` and the standard streams are left alone.
 */
export function hookWrites(tracker: StepTracker, patches: Patches): void {
  // Undone in reverse order: after the functions are back.
  patches.onRestore(syncBuiltinESMExports)
  const synchronous = fs as unknown as Members
  const asynchronous = fs.promises as unknown as Members
  for (const key of SYNCHRONOUS)
    patches.wrap(synchronous, key, (original) => timedWrite(original, tracker))
  for (const key of ASYNCHRONOUS)
    patches.wrap(asynchronous, key, (original) => timedWrite(original, tracker))
  syncBuiltinESMExports()
}

function timedWrite(original: AnyFunction, tracker: StepTracker): AnyFunction {
  return function write(...args) {
    if (!tracker.active) return original.apply(this, args)
    tracker.beginResults()
    return settle(() => original.apply(this, args), tracker.endResults)
  }
}
