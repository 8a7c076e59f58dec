import type { GpuSignals, SystemDiagnosisResult, SystemNodeSignals } from '@traceml/diagnostics'
import type { ReportMetric, RollUp } from '../shared/roll-up.js'

/** Everything that the payload and the card of the section are made of. */
export interface SystemReport extends Pick<SystemDiagnosisResult, 'signals' | 'issues'> {
  readonly rollUp: RollUp
}

/** The 9 metrics of the section in their published order. */
export const SYSTEM_REPORT_METRICS: readonly ReportMetric<SystemNodeSignals>[] = [
  { name: 'cpu_percent', worst: 'highest', read: (node) => node.cpuAvgPercent },
  { name: 'ram_bytes', worst: 'highest', read: (node) => node.ramAvgBytes },
  {
    name: 'ram_percent',
    worst: 'highest',
    read: (node) => percentage(node.ramAvgBytes, node.ramTotalBytes),
  },
  { name: 'gpu_util_percent', worst: 'lowest', read: (node) => node.gpuUtilAvgPercent },
  { name: 'gpu_mem_bytes', worst: 'highest', read: gpuMemory },
  { name: 'gpu_mem_percent', worst: 'highest', read: gpuMemoryPercent },
  { name: 'gpu_temp_c', worst: 'highest', read: (node) => node.gpuTempAvgCelsius },
  { name: 'gpu_power_w', worst: 'highest', read: (node) => node.gpuPowerAvgWatts },
  { name: 'gpu_headroom_bytes', worst: 'lowest', read: gpuHeadroom },
]

/** The largest single measurement of the metrics whose value is a mean. */
export const SYSTEM_PEAK_METRICS: readonly ReportMetric<SystemNodeSignals>[] = [
  { name: 'cpu_percent', worst: 'highest', read: (node) => node.cpuPeakPercent },
  { name: 'ram_bytes', worst: 'highest', read: (node) => node.ramPeakBytes },
  { name: 'gpu_util_percent', worst: 'highest', read: (node) => node.gpuUtilPeakPercent },
  { name: 'gpu_mem_bytes', worst: 'highest', read: (node) => node.gpuMemPeakBytes },
  { name: 'gpu_mem_percent', worst: 'highest', read: (node) => node.gpuMemPeakPercent },
  { name: 'gpu_temp_c', worst: 'highest', read: (node) => node.gpuTempPeakCelsius },
  { name: 'gpu_power_w', worst: 'highest', read: (node) => node.gpuPowerPeakWatts },
]

function percentage(part: number | null, whole: number | null): number | null {
  if (part === null || whole === null || whole <= 0) return null
  return Math.max(0, (part / whole) * 100)
}

/** Mean over the node's GPUs of what each uses on average. */
function gpuMemory(node: SystemNodeSignals): number | null {
  const used = node.gpus.map((gpu) => gpu.memAvgBytes).filter((bytes) => bytes !== null)
  if (used.length === 0) return node.gpuMemAvgBytes
  return used.reduce((sum, bytes) => sum + bytes, 0) / used.length
}

/** What all GPUs use together on average, of what they have together. */
function gpuMemoryPercent(node: SystemNodeSignals): number | null {
  let used = 0
  let total = 0
  for (const { memAvgBytes, memTotalBytes } of node.gpus) {
    if (memAvgBytes === null || memTotalBytes === null) continue
    used += memAvgBytes
    total += memTotalBytes
  }
  return total > 0 ? (used / total) * 100 : null
}

/** What the fullest GPU had left at its fullest moment. */
function gpuHeadroom(node: SystemNodeSignals): number | null {
  const left = node.gpus.map(headroomOf).filter((bytes) => bytes !== null)
  return left.length === 0 ? null : left.reduce((least, bytes) => Math.min(least, bytes))
}

function headroomOf({ memPeakBytes, memTotalBytes }: GpuSignals): number | null {
  if (memPeakBytes === null || memTotalBytes === null) return null
  return Math.max(0, memTotalBytes - memPeakBytes)
}
