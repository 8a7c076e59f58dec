import { defineRule } from '@traceml/contracts'
import type { SystemRule } from '@traceml/diagnostics'

/** `ACME_POWER_WASTE`: a GPU draws real power and does little: often a busy wait. */
export const powerWasteRule: SystemRule = defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'acme/power-waste',
  domain: 'system',
  evaluate(node, policy) {
    const watts = node.gpuPowerAvgWatts
    const percent = node.gpuUtilAvgPercent
    // Null is "not measured": a rule stays silent then.
    if (watts === null || percent === null) return []
    if (watts < 150 || percent >= policy.gpuUtilization.lowBelow) return []
    return [
      {
        kind: 'ACME_POWER_WASTE',
        status: 'POWER WASTE',
        severity: 'warn',
        summary: `The GPUs drew ${watts.toFixed(0)} W at ${percent.toFixed(1)}% utilization.`,
        action: 'Look for busy waiting, and compare with the step-time diagnosis.',
        metric: 'gpu_power_avg_w',
        phase: 'gpu_power',
        score: watts,
        share_pct: null,
        skew_pct: null,
        ranks: [],
        evidence: { gpu_power_avg_w: watts, gpu_util_avg_percent: percent },
      },
    ]
  },
})
