import type { SectionPayload } from '@traceml/contracts'
import { plainLine } from '@traceml/contracts'
import type { TextColumn } from './box.js'
import { textTable } from './box.js'
import { MISSING, textValue } from './format.js'

const COLUMNS: readonly TextColumn[] = [
  { title: 'GPU', width: 33, align: 'left' },
  { title: 'Util', width: 7, align: 'right' },
  { title: 'Mem peak', width: 9, align: 'right' },
  { title: 'Temp', width: 7, align: 'right' },
  { title: 'Processes', width: 10, align: 'right' },
]
/** Devices that are listed; all are in the JSON file. */
const MAX_GPUS = 16

/** The GPUs of the run by name; empty where none was named. */
export function gpuTable({ details, metadata }: SectionPayload): readonly string[] {
  const gpus = details?.gpus ?? []
  if (gpus.length === 0) return []
  const isSeveral = metadata.mode === 'multi_node'
  const left = gpus.length - MAX_GPUS
  return [
    'GPUs of the Run',
    ...textTable(
      COLUMNS,
      gpus.slice(0, MAX_GPUS).map((gpu) => {
        const node = isSeveral ? `n${gpu.node_rank ?? 0} ` : ''
        const host = gpu.host_index === null ? '' : ` (host ${gpu.host_index})`
        const name = gpu.name === null ? '' : ` ${plainLine(gpu.name, 40)}`
        return [
          `${node}${gpu.gpu_idx}${host}${name}`,
          textValue('gpu_util_percent', gpu.util_percent),
          textValue('gpu_mem_bytes', gpu.mem_peak_bytes),
          textValue('gpu_temp_c', gpu.temp_peak_c),
          gpu.processes === null ? MISSING : String(gpu.processes.length),
        ]
      }),
    ),
    ...(left > 0 ? [`${left} more are in the JSON file.`] : []),
  ]
}
