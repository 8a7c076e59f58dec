import type { Issue, SystemGpuSampleRow, SystemSampleRow } from '@traceml/contracts'
import {
  diagnoseSystem,
  type SystemNodeSignals,
  type SystemSignals,
  selectSystemWindow,
} from '@traceml/diagnostics'
import { outcomeOf, type VectorOutcome } from './outcome.js'
import { carried, rowsOf, type VectorTable } from './table.js'

interface SystemCase {
  readonly name: string
  readonly input: {
    readonly window_rows: number
    readonly node_rank: number | null
    readonly system_samples: VectorTable
    readonly system_gpu_samples: VectorTable
  }
  readonly expected: {
    readonly primary: { readonly reason_carries: readonly string[] }
    readonly issues: readonly { readonly summary_carries: readonly string[] }[]
  }
}

/** Runs cases of the shape of `system.json`: rows to signals, findings and verdict. */
export function runSystemVectors(json: unknown): VectorOutcome[] {
  return (json as readonly SystemCase[]).map(({ name, input, expected }) =>
    outcomeOf(name, expected, () => {
      const rows = {
        samples: rowsOf<SystemSampleRow>(input.system_samples),
        gpus: rowsOf<SystemGpuSampleRow>(input.system_gpu_samples),
      }
      const { window_rows: windowRows, node_rank: nodeRank } = input
      const { primary, issues, signals } = diagnoseSystem(
        selectSystemWindow(rows, { windowRows, nodeRank }),
      )
      return {
        primary: {
          kind: primary.kind,
          status: primary.status,
          severity: primary.severity,
          samples_used: primary.samplesUsed,
          scope: primary.scope,
          reason_carries: carried(expected.primary.reason_carries, primary.reason),
        },
        issues: issues.map((issue, index) =>
          issueJson(issue, expected.issues[index]?.summary_carries ?? []),
        ),
        nodes_observed: signals.nodesObserved,
        nodes_expected: signals.nodesExpected,
        signals: {
          cluster: signalsJson(signals.cluster),
          nodes: Object.fromEntries(signals.nodes.map((node) => [node.label, nodeJson(node)])),
        },
      }
    }),
  )
}

function issueJson(issue: Issue, tokens: readonly string[]): Record<string, unknown> {
  const { summary, action, ...fields } = issue
  const text = action === '' ? null : summary
  return { ...fields, summary_carries: carried(tokens, text) }
}

function signalsJson(signals: SystemSignals): Record<string, unknown> {
  return {
    duration_s: signals.durationSeconds,
    samples: signals.samples,
    cpu_avg_percent: signals.cpuAvgPercent,
    cpu_peak_percent: signals.cpuPeakPercent,
    ram_avg_bytes: signals.ramAvgBytes,
    ram_peak_bytes: signals.ramPeakBytes,
    ram_total_bytes: signals.ramTotalBytes,
    ram_peak_percent: signals.ramPeakPercent,
    gpu_available: signals.gpuAvailable,
    gpu_count: signals.gpuCount,
    gpu_util_avg_percent: signals.gpuUtilAvgPercent,
    gpu_util_peak_percent: signals.gpuUtilPeakPercent,
    gpu_mem_avg_bytes: signals.gpuMemAvgBytes,
    gpu_mem_peak_bytes: signals.gpuMemPeakBytes,
    gpu_temp_avg_c: signals.gpuTempAvgCelsius,
    gpu_temp_peak_c: signals.gpuTempPeakCelsius,
    gpu_power_avg_w: signals.gpuPowerAvgWatts,
    gpu_power_peak_w: signals.gpuPowerPeakWatts,
  }
}

function nodeJson(node: SystemNodeSignals): Record<string, unknown> {
  return {
    ...signalsJson(node),
    gpu_mem_peak_percent: node.gpuMemPeakPercent,
    gpu_power_avg_limit_percent: node.gpuPowerAvgLimitPercent,
    gpu_util_imbalance_pct: node.gpuUtilImbalanceRatio,
    gpu_mem_imbalance_pct: node.gpuMemImbalanceRatio,
    lowest_util_gpu_idx: node.lowestUtilGpuIndex,
    highest_util_gpu_idx: node.highestUtilGpuIndex,
    highest_mem_gpu_idx: node.highestMemGpuIndex,
    highest_mem_pressure_gpu_idx: node.highestMemPressureGpuIndex,
    highest_temp_gpu_idx: node.highestTempGpuIndex,
    highest_power_gpu_idx: node.highestPowerGpuIndex,
  }
}
