import Module from 'node:module'
import { type AnyFunction, hasMembers, isFunction, type Members } from './library.js'
import { createPatches } from './patches.js'

/** Paths of modules that may be a copy of the library. */
const LIBRARY_PATH = /tfjs|tensorflow/i

/** Finds copies of the library among the CommonJS modules of this process. */
export interface ModuleWatch {
  /** Looks through the modules that are loaded: for loaders that bypass the watched function. */
  scan(): void
  stop(): void
}

interface LoadedModule {
  readonly exports?: unknown
  readonly loaded?: boolean
}

/**
 * Calls `found` with the exports of each module that may be a copy of the library, right after it
 * was loaded. The packages are CommonJS in Node, for `import` too.
 */
export function watchModules(found: (exports: object) => void): ModuleWatch {
  const patches = createPatches()
  const internals = Module as unknown as Members

  function offer(candidate: LoadedModule): void {
    try {
      const exports = candidate.exports
      if (hasMembers(exports) && looksLikeLibrary(exports)) found(exports)
    } catch {
      // Exports with getters that throw are not the library.
    }
  }

  const prototype = internals['prototype']
  if (hasMembers(prototype)) {
    patches.wrap(prototype, 'load', (original: AnyFunction) => {
      return function load(...args) {
        const result = original.apply(this, args)
        if (typeof args[0] === 'string' && LIBRARY_PATH.test(args[0]) && hasMembers(this))
          offer(this)
        return result
      }
    })
  }

  return {
    scan() {
      const cache = internals['_cache']
      if (!hasMembers(cache)) return
      for (const path of Object.keys(cache)) {
        if (!LIBRARY_PATH.test(path)) continue
        const candidate = cache[path]
        if (hasMembers(candidate) && candidate['loaded'] === true) offer(candidate)
      }
    },
    stop: patches.restore,
  }
}

/** True for core, layers, data and the union package. */
function looksLikeLibrary(exports: Members): boolean {
  return ['Optimizer', 'LayersModel', 'Dataset'].some((name) => isFunction(exports[name]))
}
