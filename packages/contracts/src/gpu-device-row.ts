import type { GpuInfo, GpuProcess } from './gpu.js'
import type { RankIdentity } from './identity.js'

/**
 * Which device of its host stands at a position of the system rows, and who computes on it: a row of
 * the sampler of `SAMPLER_NAMES.gpuDevices`. The newest row of a position holds.
 */
export interface GpuDeviceRow extends Pick<RankIdentity, 'global_rank' | 'node_rank'> {
  /** Position among the GPUs of the run: `gpu_idx` of the system rows. */
  readonly gpu_idx: number
  /** As the vendor's tools count the GPUs of the host; null when the producer does not say. */
  readonly host_index: GpuInfo['index'] | null
  readonly uuid: GpuInfo['uuid'] | null
  readonly name: GpuInfo['name'] | null
  readonly mem_total_bytes: GpuInfo['memoryTotalBytes']
  /** Null where the device does not tell. */
  readonly processes: readonly GpuDeviceProcess[] | null
}

/** A process on a GPU. */
export interface GpuDeviceProcess {
  readonly pid: GpuProcess['pid']
  /** Null where the driver does not say. */
  readonly mem_used_bytes: GpuProcess['memoryUsedBytes']
}

/**
 * Reads a row of that sampler as it travelled.
 *
 * @param row - As parsed from JSON: anything.
 * @returns Null for a row without a position; everything else that is not as expected is null.
 */
export function readGpuDeviceRow(
  row: unknown,
  { global_rank, node_rank }: Pick<GpuDeviceRow, 'global_rank' | 'node_rank'>,
): GpuDeviceRow | null {
  const fields = fieldsOf(row)
  const position = wholeNumber(fields['gpu_idx'])
  if (position === null) return null
  const processes = fields['processes']
  return {
    global_rank,
    node_rank,
    gpu_idx: position,
    host_index: wholeNumber(fields['host_index']),
    uuid: text(fields['uuid']),
    name: text(fields['name']),
    mem_total_bytes: wholeNumber(fields['mem_total']),
    processes: Array.isArray(processes) ? processes.flatMap(processOf) : null,
  }
}

function processOf(entry: unknown): readonly GpuDeviceProcess[] {
  const fields = fieldsOf(entry)
  const pid = wholeNumber(fields['pid'])
  return pid === null ? [] : [{ pid, mem_used_bytes: wholeNumber(fields['mem_used']) }]
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function wholeNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
