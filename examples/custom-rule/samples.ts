import type { SystemInput } from '@traceml/diagnostics'

/** One sample of one host with one GPU; columns that your monitor lacks are left out or null. */
export function hostWith(reading: {
  readonly cpuPercent: number | null
  readonly utilPercent: number | null
  readonly watts: number | null
}): SystemInput {
  const place = { global_rank: 0, node_rank: 0, seq: 1 }
  return {
    samples: [{ ...place, cpu_percent: reading.cpuPercent }],
    gpus: [{ ...place, gpu_idx: 0, util: reading.utilPercent, power_usage_w: reading.watts }],
  }
}
