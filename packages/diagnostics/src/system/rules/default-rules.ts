import { highCpuRule } from './high-cpu.js'
import { highGpuMemoryRule } from './high-gpu-memory.js'
import { highGpuPowerRule } from './high-gpu-power.js'
import { highGpuTemperatureRule } from './high-gpu-temperature.js'
import { highHostMemoryRule } from './high-host-memory.js'
import { lowGpuUtilizationRule } from './low-gpu-utilization.js'
import { moderateGpuUtilizationRule } from './moderate-gpu-utilization.js'
import type { SystemRule } from './rule.js'
import { veryHighGpuMemoryRule } from './very-high-gpu-memory.js'

/** The rules of the system domain; their order is the order in which findings lead. */
export const defaultSystemRules: readonly SystemRule[] = [
  veryHighGpuMemoryRule,
  highGpuTemperatureRule,
  highGpuMemoryRule,
  highGpuPowerRule,
  highHostMemoryRule,
  highCpuRule,
  lowGpuUtilizationRule,
  moderateGpuUtilizationRule,
]
