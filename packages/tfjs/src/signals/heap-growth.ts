import { type EngineLike, hasMembers, type Members } from '../library.js'

const WARMUP_STEPS = 5

/** Growth of the memory of a WebAssembly backend, from step to step. */
export interface HeapGrowth {
  note(step: number): void
  read(): {
    readonly wasm_heap_bytes: number | null
    readonly wasm_heap_start_bytes: number | null
    readonly wasm_heap_growths: number
  }
}

/** Creates the watch of an engine; on other backends everything stays null. */
export function createHeapGrowth(engine: EngineLike): HeapGrowth {
  let bytes: number | null = null
  let start: number | null = null
  let growths = 0
  return {
    note(step) {
      if (engine.backendName !== 'wasm') return
      const now = heapBytes(engine)
      if (now === null) return
      if (step <= WARMUP_STEPS || start === null) start = now
      else if (bytes !== null && now > bytes) growths += 1
      bytes = now
    },
    read: () => ({
      wasm_heap_bytes: bytes,
      wasm_heap_start_bytes: start,
      wasm_heap_growths: growths,
    }),
  }
}

/** Length of the memory of the module that the backend holds. */
function heapBytes(engine: EngineLike): number | null {
  const backend = (engine as unknown as Members)['backend']
  const module = hasMembers(backend) ? backend['wasm'] : null
  const view = hasMembers(module) ? module['HEAPU8'] : null
  return view instanceof Uint8Array ? view.buffer.byteLength : null
}
