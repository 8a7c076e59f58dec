import { defineRankRule, type JavaScriptRule } from '../rule.js'
import { bytesText } from '../words.js'

/** The memory of the WebAssembly module grows again and again; it can never shrink. */
export const wasmHeapGrowthRule: JavaScriptRule = /* @__PURE__ */ defineRankRule({
  id: 'wasm-heap-growth',
  kind: 'WASM_HEAP_GROWTH',
  metric: 'wasm_heap_bytes',
  phase: 'memory',
  look({ row }, { wasmHeapMinGrowths }) {
    const { counters } = row
    if (counters === null || counters.wasm_heap_growths < wasmHeapMinGrowths) return null
    const {
      wasm_heap_bytes: now,
      wasm_heap_start_bytes: start,
      wasm_heap_growths: growths,
    } = counters
    if (now === null || start === null) return null
    return {
      severity: 'warn',
      score: growths,
      summary: `The memory of the WebAssembly backend grew in ${growths} separate steps after the warm-up, from ${bytesText(start)} to ${bytesText(now)}; it does not shrink before the process or page ends.`,
      action:
        'Make the largest batch first so that it grows once, keep shapes equal, and dispose large tensors before the next ones are made; a tensor leak shows here, too.',
      evidence: { wasm_heap_bytes: now, wasm_heap_start_bytes: start, growths },
    }
  },
})
