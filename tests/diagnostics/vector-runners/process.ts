import type { ProcessSampleRow } from '@traceml/contracts'
import {
  diagnoseProcess,
  PROCESS_POLICY,
  type ProcessRankSignals,
  type ProcessSignals,
  selectProcessWindow,
} from '@traceml/diagnostics'
import { outcomeOf, type VectorOutcome } from './outcome.js'
import { carried, rowsOf, type VectorTable } from './table.js'

interface ProcessCase {
  readonly name: string
  readonly input: { readonly window_rows: number; readonly process_samples: VectorTable }
  readonly expected: {
    readonly primary: { readonly reason_carries: readonly string[] }
    readonly issues: readonly { readonly summary_carries: readonly string[] }[]
  }
}

/** Runs cases of the shape of `process.json`: rows to signals, findings and verdict. */
export function runProcessVectors(json: unknown): VectorOutcome[] {
  return (json as readonly ProcessCase[]).map(({ name, input, expected }) =>
    outcomeOf(name, expected, () => {
      const rows = rowsOf<ProcessSampleRow>(input.process_samples)
      const { primary, issues, signals } = diagnoseProcess(
        selectProcessWindow(rows, { windowRows: input.window_rows }),
        PROCESS_POLICY,
      )
      return {
        primary: {
          kind: primary.kind,
          status: primary.status,
          severity: primary.severity,
          samples_used: primary.samplesUsed,
          reason_carries: carried(expected.primary.reason_carries, primary.reason),
        },
        issues: issues.map(({ summary, action, ...issue }, index) => ({
          ...issue,
          summary_carries: carried(
            expected.issues[index]?.summary_carries ?? [],
            action === '' ? null : summary,
          ),
        })),
        signals: signalsJson(signals),
        per_rank: Object.fromEntries(
          signals.ranks.map((rank) => [String(rank.globalRank), rankJson(rank)]),
        ),
      }
    }),
  )
}

function signalsJson(signals: ProcessSignals): Record<string, unknown> {
  return {
    duration_s: signals.durationSeconds,
    samples: signals.samples,
    distinct_ranks: signals.distinctRanks,
    cpu_avg_percent: signals.cpuAvgPercent,
    cpu_peak_percent: signals.cpuPeakPercent,
    cpu_logical_core_count: signals.cpuLogicalCoreCount,
    cpu_capacity_percent: signals.cpuCapacityPercent,
    ram_avg_bytes: signals.ramAvgBytes,
    ram_peak_bytes: signals.ramPeakBytes,
    ram_total_bytes: signals.ramTotalBytes,
    ram_peak_percent: signals.ramPeakPercent,
    gpu_available: signals.gpuAvailable,
    gpu_count: signals.gpuCount,
    gpu_mem_used_avg_bytes: signals.gpuMemUsedAvgBytes,
    gpu_mem_used_peak_bytes: signals.gpuMemUsedPeakBytes,
    gpu_mem_reserved_avg_bytes: signals.gpuMemReservedAvgBytes,
    gpu_mem_reserved_peak_bytes: signals.gpuMemReservedPeakBytes,
    gpu_mem_total_bytes: signals.gpuMemTotalBytes,
    gpu_mem_used_peak_percent: signals.gpuMemUsedPeakPercent,
    gpu_mem_reserved_peak_percent: signals.gpuMemReservedPeakPercent,
    gpu_mem_reserved_overhang_ratio: signals.gpuMemReservedOverhangRatio,
    highest_overhang_rank: signals.highestOverhangRank,
    highest_rss_rank: signals.highestRssRank,
    highest_used_rank: signals.highestUsedRank,
    highest_reserved_rank: signals.highestReservedRank,
    least_headroom_rank: signals.leastHeadroomRank,
    least_headroom_bytes: signals.leastHeadroomBytes,
    rank_rss_imbalance_pct: signals.rankRssImbalanceRatio,
    rank_gpu_used_imbalance_percent: signals.rankGpuUsedImbalancePercent,
    rank_gpu_reserved_imbalance_percent: signals.rankGpuReservedImbalancePercent,
  }
}

function rankJson(rank: ProcessRankSignals): Record<string, unknown> {
  return {
    cpu_avg_percent: rank.cpuAvgPercent,
    cpu_peak_percent: rank.cpuPeakPercent,
    ram_avg_bytes: rank.ramAvgBytes,
    ram_peak_bytes: rank.ramPeakBytes,
    ram_total_bytes: rank.ramTotalBytes,
    gpu_mem_used_avg_bytes: rank.gpuMemUsedAvgBytes,
    gpu_mem_used_peak_bytes: rank.gpuMemUsedPeakBytes,
    gpu_mem_reserved_avg_bytes: rank.gpuMemReservedAvgBytes,
    gpu_mem_reserved_peak_bytes: rank.gpuMemReservedPeakBytes,
    gpu_mem_total_bytes: rank.gpuMemTotalBytes,
    gpu_mem_reserved_overhang_ratio: rank.gpuMemReservedOverhangRatio,
  }
}
