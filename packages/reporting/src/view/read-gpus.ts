import type { GpuSummary } from '@traceml/contracts'
import { countOf, listOf, nameOf, numberOf, partAt, partOf } from './parts.js'

/** Devices and processes that are read at most. */
const MAX_GPUS = 1024
const MAX_PROCESSES = 1024

/** The named GPUs of a system section; empty for documents without them. */
export function readGpus(section: unknown): readonly GpuSummary[] {
  return listOf(partAt(section, 'details')['gpus'])
    .slice(0, MAX_GPUS)
    .flatMap((entry) => {
      const part = partOf(entry)
      const position = countOf(part['gpu_idx'])
      return position === null
        ? []
        : [
            {
              node_rank: countOf(part['node_rank']),
              gpu_idx: position,
              host_index: countOf(part['host_index']),
              uuid: nameOf(part['uuid']),
              name: nameOf(part['name']),
              util_percent: numberOf(part['util_percent']),
              mem_peak_bytes: numberOf(part['mem_peak_bytes']),
              mem_total_bytes: numberOf(part['mem_total_bytes']),
              temp_peak_c: numberOf(part['temp_peak_c']),
              power_w: numberOf(part['power_w']),
              processes: processesOf(part['processes']),
            },
          ]
    })
}

function processesOf(value: unknown): GpuSummary['processes'] {
  if (!Array.isArray(value)) return null
  return value.slice(0, MAX_PROCESSES).flatMap((entry) => {
    const part = partOf(entry)
    const pid = countOf(part['pid'])
    return pid === null ? [] : [{ pid, mem_used_bytes: numberOf(part['mem_used_bytes']) }]
  })
}
