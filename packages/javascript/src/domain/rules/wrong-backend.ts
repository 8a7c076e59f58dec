import { defineRankRule, type JavaScriptRule } from '../rule.js'
import { largeText, msText } from '../words.js'

const GPU_BACKENDS = ['webgl', 'webgpu']
/** Fewer kernels than this are no loop of small operations. */
const MANY_KERNELS = 20

/** The backend does not fit the size of the model. */
export const wrongBackendRule: JavaScriptRule = /* @__PURE__ */ defineRankRule({
  id: 'wrong-backend',
  kind: 'WRONG_BACKEND',
  metric: 'multiply_adds_per_step',
  phase: 'compute',
  look({ row }, { backend: limits }) {
    const { counters, steps } = row
    const work = counters?.multiply_adds_per_step ?? null
    if (counters === null || work === null || steps.counted === 0) return null
    const { backend, host, kernels_per_step: kernels } = counters
    const evidence = {
      backend,
      host,
      multiply_adds_per_step: work,
      kernels_per_step: kernels,
      median_step_ms: steps.median_step_ms,
    }
    const pace = steps.median_step_ms === null ? '' : ` (${msText(steps.median_step_ms)} a step)`
    if (backend === 'cpu' && work > limits.cpuMaxMultiplyAdds) {
      return {
        severity: 'warn',
        score: work / limits.cpuMaxMultiplyAdds,
        summary: `The backend is cpu, plain JavaScript, for ${largeText(work)} multiply-adds a step${pace}.`,
        action:
          host === 'node'
            ? "Use @tensorflow/tfjs-node, or @tensorflow/tfjs-backend-wasm: import it and await tf.setBackend('wasm') before the model is made."
            : "Use the GPU or WebAssembly: await tf.setBackend('webgpu'), 'webgl' or 'wasm' before the model is made.",
        evidence: {
          ...evidence,
          candidates: host === 'node' ? ['tensorflow', 'wasm'] : ['webgpu', 'webgl', 'wasm'],
        },
      }
    }
    const isSmall = work < limits.gpuMinMultiplyAdds && (kernels ?? 0) >= MANY_KERNELS
    if (backend === null || !GPU_BACKENDS.includes(backend) || !isSmall) return null
    return {
      severity: 'info',
      score: work / limits.gpuMinMultiplyAdds,
      summary: `The backend is ${backend} for ${largeText(work)} multiply-adds in ${String(kernels)} kernels a step${pace}: starting kernels costs more than they compute.`,
      action: "Try await tf.setBackend('wasm') or 'cpu', or a larger batch.",
      evidence: { ...evidence, candidates: ['wasm', 'cpu'] },
    }
  },
})
