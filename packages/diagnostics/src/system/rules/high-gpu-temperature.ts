import { defineRule } from '@traceml/contracts'
import { bandOf } from '../../shared/band.js'
import { gpuTemperatureText } from '../texts.js'
import { type SystemRule, systemIssue } from './rule.js'

/** `HIGH_GPU_TEMPERATURE`: one GPU reached the high limit in at least one sample. */
export const highGpuTemperatureRule: SystemRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'high-gpu-temperature',
  domain: 'system',
  evaluate(node, policy) {
    const { gpuTempPeakCelsius: peak, highestTempGpuIndex: gpuIndex } = node
    if (peak === null || bandOf(peak, policy.gpuTempPeakCelsius) !== 'high') return []
    return [
      systemIssue({
        kind: 'HIGH_GPU_TEMPERATURE',
        status: 'HIGH GPU TEMP',
        severity: 'crit',
        metric: 'gpu_temp_peak_c',
        phase: 'gpu_temperature',
        score: peak,
        gpuIndex,
        evidence: { gpu_temp_peak_c: peak, gpu_idx: gpuIndex },
        text: gpuTemperatureText(peak),
      }),
    ]
  },
})
