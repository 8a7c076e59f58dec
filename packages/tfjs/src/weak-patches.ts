import type { AnyFunction } from './library.js'
import { wrapMethod } from './patches.js'

/** Like {@link Patches}, for objects that come and go: it keeps none of them alive. */
export interface WeakPatches {
  wrap(target: object, key: string, wrapper: (original: AnyFunction) => AnyFunction): boolean
  /** Puts back the methods of all objects that still exist. Idempotent. */
  restore(): void
}

/** Sweep the list of objects when it has doubled, from this size on. */
const MIN_SWEEP_SIZE = 64

/** Creates an empty set. */
export function createWeakPatches(): WeakPatches {
  let targets: WeakRef<object>[] = []
  let sweepSize = MIN_SWEEP_SIZE
  const undos = new WeakMap<object, (() => void)[]>()
  return {
    wrap(target, key, wrapper) {
      const undo = wrapMethod(target, key, wrapper)
      if (undo === null) return false
      const known = undos.get(target)
      if (known !== undefined) known.push(undo)
      else {
        undos.set(target, [undo])
        targets.push(new WeakRef(target))
      }
      if (targets.length >= sweepSize) {
        targets = targets.filter((target) => target.deref() !== undefined)
        sweepSize = Math.max(MIN_SWEEP_SIZE, targets.length * 2)
      }
      return true
    },
    restore() {
      for (const reference of targets.splice(0)) {
        const target = reference.deref()
        if (target === undefined) continue
        for (const undo of undos.get(target) ?? []) undo()
        undos.delete(target)
      }
    },
  }
}
