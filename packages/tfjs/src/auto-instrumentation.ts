import { watchEngine } from './engine-watch.js'
import {
  type Instrumentation,
  type InstrumentationOptions,
  installedOn,
  instrumentEngine,
} from './instrumentation.js'
import type { EngineLike } from './library.js'
import { type ModuleWatch, watchModules } from './module-watch.js'
import { createPatches, type Patches } from './patches.js'
import { makeRoomInStacks } from './stack-limit.js'
import { hookWrites } from './write-hooks.js'

/** Calls of the engine after which more of the library may have been loaded. */
const SCAN_AT: readonly string[] = ['registerBackend', 'setBackend', 'makeVariable']
/** How often each of these looks for modules: the first calls only, it costs a walk. */
const SCANS_PER_METHOD = 2

/**
 * Instruments TensorFlow.js in this process as soon as it is loaded, whichever way that happens
 * (`import`, `require`, a TypeScript loader, several copies). To be called before the program
 * runs; what is loaded already is instrumented at once.
 *
 * @returns Takes off every hook and restores every method. Idempotent. It never throws.
 */
export function installAutoInstrumentation(options: InstrumentationOptions): () => void {
  const scans = createPatches()
  const ofProcess = createPatches()
  let instrumentation: Instrumentation | null = null
  let modules: ModuleWatch | null = null
  // The core package creates the engine before its exports are complete.
  const early: object[] = []

  function foundEngine(engine: EngineLike): void {
    try {
      if (installedOn(engine) !== null) return
      instrumentation = instrumentEngine(engine, options)
      hookWrites(instrumentation.tracker, ofProcess)
      ofProcess.onRestore(makeRoomInStacks())
      for (const exports of early.splice(0)) instrumentation.hookClasses(exports)
      scanOnFirstCalls(engine, scans, () => modules?.scan())
      modules?.scan()
    } catch {
      // A tool must never cost a run.
    }
  }

  function foundLibrary(exports: object): void {
    if (instrumentation === null) early.push(exports)
    else instrumentation.hookClasses(exports)
  }

  modules = watchModules(foundLibrary)
  const stopWatching = watchEngine(foundEngine)
  modules.scan()

  return () => {
    stopWatching()
    modules?.stop()
    scans.restore()
    ofProcess.restore()
    instrumentation?.uninstall()
  }
}

/** Looks for modules when the engine is first used: everything is loaded by then. */
function scanOnFirstCalls(engine: EngineLike, scans: Patches, scan: () => void): void {
  for (const key of SCAN_AT) {
    let left = SCANS_PER_METHOD
    const own = createPatches()
    scans.onRestore(own.restore)
    own.wrap(engine, key, (original) => {
      return function scanned(...args) {
        if (left-- > 0) scan()
        else own.restore()
        return original.apply(this, args)
      }
    })
  }
}
