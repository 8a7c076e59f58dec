import { defineRankRule, type JavaScriptRule } from '../rule.js'
import { bytesText } from '../words.js'

/** The library keeps ever more memory of the GPU than it uses. */
export const gpuPoolGrowthRule: JavaScriptRule = /* @__PURE__ */ defineRankRule({
  id: 'gpu-pool-growth',
  kind: 'GPU_POOL_GROWTH',
  metric: 'gpu_allocated_bytes',
  phase: 'memory',
  look({ row }, { gpuPool }) {
    const allocated = row.counters?.gpu_allocated_bytes ?? null
    const used = row.counters?.gpu_used_bytes ?? null
    if (allocated === null || used === null || allocated <= 0) return null
    const free = allocated - used
    if (free < gpuPool.minFreeBytes || free / allocated < gpuPool.minFreeRatio) return null
    if (row.gpu_pool.rises < gpuPool.minRises) return null
    return {
      severity: 'warn',
      score: free / allocated,
      summary: `The library holds ${bytesText(allocated)} of GPU memory and uses ${bytesText(used)}; the pool grew ${row.gpu_pool.rises} times after the warm-up.`,
      action:
        "Bound the pool before training: tf.env().set('WEBGL_DELETE_TEXTURE_THRESHOLD', 256 * 1024 ** 2), and keep the shapes of batches equal so that textures are used again.",
      evidence: {
        gpu_allocated_bytes: allocated,
        gpu_used_bytes: used,
        gpu_free_bytes: free,
        start_allocated_bytes: row.gpu_pool.start_bytes,
        rises: row.gpu_pool.rises,
      },
    }
  },
})
