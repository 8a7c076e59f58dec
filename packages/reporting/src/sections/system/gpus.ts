import type { GpuDeviceRow, GpuSummary } from '@traceml/contracts'
import type { GpuSignals, SystemNodeSignals } from '@traceml/diagnostics'

type Processes = GpuDeviceRow['processes']

/**
 * The GPUs of the run by their place on the host, with what was measured of each.
 *
 * @param devices - Oldest first; the newest row of a position names it.
 */
export function summarizeGpus(
  nodes: readonly SystemNodeSignals[],
  devices: readonly GpuDeviceRow[],
): readonly GpuSummary[] {
  const byPlace = new Map<string, GpuDeviceRow>()
  for (const device of devices) {
    const key = `${device.node_rank ?? 0}|${device.gpu_idx}`
    const processes = merged(byPlace.get(key)?.processes ?? null, device.processes)
    byPlace.set(key, { ...device, processes })
  }
  return [...byPlace.values()]
    .toSorted((a, b) => (a.node_rank ?? 0) - (b.node_rank ?? 0) || a.gpu_idx - b.gpu_idx)
    .map((device) => summaryOf(device, signalsOf(nodes, device)))
}

function signalsOf(nodes: readonly SystemNodeSignals[], device: GpuDeviceRow): GpuSignals | null {
  const node = nodes.find(({ identity }) => (identity.node_rank ?? 0) === (device.node_rank ?? 0))
  return node?.gpus.find(({ gpuIndex }) => gpuIndex === device.gpu_idx) ?? null
}

function summaryOf(device: GpuDeviceRow, signals: GpuSignals | null): GpuSummary {
  return {
    node_rank: device.node_rank,
    gpu_idx: device.gpu_idx,
    host_index: device.host_index,
    uuid: device.uuid,
    name: device.name,
    util_percent: signals?.utilAvgPercent ?? null,
    mem_peak_bytes: signals?.memPeakBytes ?? null,
    mem_total_bytes: device.mem_total_bytes ?? signals?.memTotalBytes ?? null,
    temp_peak_c: signals?.tempPeakCelsius ?? null,
    power_w: signals?.powerAvgWatts ?? null,
    processes: device.processes,
  }
}

function merged(before: Processes, now: Processes): Processes {
  if (before === null || now === null) return now ?? before
  const byPid = new Map(before.map((one) => [one.pid, one]))
  for (const one of now) {
    const largest = Math.max(one.mem_used_bytes ?? -1, byPid.get(one.pid)?.mem_used_bytes ?? -1)
    byPid.set(one.pid, { pid: one.pid, mem_used_bytes: largest < 0 ? null : largest })
  }
  return [...byPid.values()].toSorted((a, b) => a.pid - b.pid)
}
