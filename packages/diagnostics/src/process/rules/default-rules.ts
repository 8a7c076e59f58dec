import { gpuMemoryReservedOverhangRule } from './gpu-memory-reserved-overhang.js'
import { highProcessCpuRule } from './high-process-cpu.js'
import { highProcessGpuMemoryRule } from './high-process-gpu-memory.js'
import { highProcessRssRule } from './high-process-rss.js'
import { processMemoryRisingRule } from './process-memory-rising.js'
import { rankGpuMemoryImbalanceRule } from './rank-gpu-memory-imbalance.js'
import type { ProcessRule } from './rule.js'
import { veryHighProcessGpuMemoryRule } from './very-high-process-gpu-memory.js'

/** The rules of the process domain; their order is the order in which findings lead. */
export const defaultProcessRules: readonly ProcessRule[] = [
  veryHighProcessGpuMemoryRule,
  highProcessGpuMemoryRule,
  gpuMemoryReservedOverhangRule,
  rankGpuMemoryImbalanceRule,
  highProcessRssRule,
  processMemoryRisingRule,
  highProcessCpuRule,
]
