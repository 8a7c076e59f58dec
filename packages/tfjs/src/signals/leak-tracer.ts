import type { AnyFunction, EngineLike, Members } from '../library.js'
import { wrapMethod } from '../patches.js'
import { type CallSite, type SampledStack, siteOf, takeStack } from './call-site.js'

/** Stacks of one look. */
const MAX_STACKS = 96

interface Sample {
  readonly tensor: Members
  readonly stack: SampledStack
}

/** Finds where tensors are made that are never disposed, by sampling the stacks of their making. */
export interface LeakTracer {
  readonly isLooking: boolean
  /** Begins to take stacks: the engine's own method is replaced until {@link LeakTracer.endLook}. */
  beginLook(): void
  endLook(): void
  /** Calls `found` for the lines whose tensors of earlier looks are still there, and forgets them. */
  findSurvivors(found: (site: CallSite) => void): void
  close(): void
}

/** Creates a tracer that costs nothing until it looks. */
export function createLeakTracer(engine: EngineLike, root: string): LeakTracer {
  let undo: (() => void) | null = null
  let samples: Sample[] = []
  let looks = 0
  let expected = 2 * MAX_STACKS
  let seen = 0

  function traced(original: AnyFunction): AnyFunction {
    const stride = Math.max(1, Math.ceil(expected / MAX_STACKS))
    return function trackTensor(...args) {
      const tensor = args[0] as Members
      // A variable is told of whenever it gets a new value.
      if (tensor['trainable'] === undefined) {
        const isSampled = (seen++ + looks) % stride === 0
        if (isSampled && samples.length < MAX_STACKS)
          samples.push({ tensor, stack: takeStack(trackTensor) })
      }
      return original.apply(this, args)
    }
  }

  function endLook(): void {
    if (undo === null) return
    undo()
    undo = null
    expected = seen
    seen = 0
    looks += 1
  }

  return {
    get isLooking() {
      return undo !== null
    },
    beginLook() {
      if (undo === null) undo = wrapMethod(engine, 'trackTensor', traced)
    },
    endLook,
    findSurvivors(found) {
      for (const { tensor, stack } of samples)
        if (tensor['isDisposed'] === false) found(siteOf(stack, root))
      samples = []
    },
    close() {
      endLook()
      samples = []
    },
  }
}
