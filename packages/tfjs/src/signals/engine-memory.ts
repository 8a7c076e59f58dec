import { type EngineLike, isFunction, type Members } from '../library.js'

/** What `memory()` says beyond the counters of tensors. */
export interface EngineMemory {
  readonly gpu_used_bytes: number | null
  readonly gpu_allocated_bytes: number | null
  readonly unreliable_reasons: readonly string[]
}

/** The plain backend always says so: its bytes are an upper bound. That is no fault of the run. */
const USUAL_REASON = /garbage collection/i

/** Asks the engine; a backend that throws says nothing. */
export function readEngineMemory(engine: EngineLike): EngineMemory {
  const memory = ask(engine)
  const number = (key: string): number | null => {
    const value = memory[key]
    return typeof value === 'number' && Number.isFinite(value) ? value : null
  }
  const reasons = memory['unreliable'] === true ? memory['reasons'] : null
  return {
    gpu_used_bytes: number('numBytesInGPU'),
    gpu_allocated_bytes: number('numBytesInGPUAllocated'),
    unreliable_reasons: (Array.isArray(reasons) ? (reasons as unknown[]) : []).filter(
      (reason) => typeof reason === 'string' && !USUAL_REASON.test(reason),
    ) as string[],
  }
}

function ask(engine: EngineLike): Members {
  const memory = (engine as unknown as Members)['memory']
  if (!isFunction(memory)) return {}
  try {
    return (memory.call(engine) ?? {}) as Members
  } catch {
    return {}
  }
}
