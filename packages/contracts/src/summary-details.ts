import type { Issue } from './diagnosis.js'
import type { GpuDeviceRow } from './gpu-device-row.js'
import type { LayerProfile } from './layers.js'
import type { MetricPoint } from './summary.js'

/** How values of single steps lie around their mean; null where nothing was measured. */
export interface Spread {
  /** Values behind the figures. */
  readonly count: number
  readonly mean: number | null
  /** Sample standard deviation; null below two values. */
  readonly standard_deviation: number | null
  readonly min: number | null
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly max: number | null
}

/** One line of a {@link SummarySeries}; every list has one entry a bucket, null = not measured. */
export interface SeriesLine {
  /** Mean within the bucket; of several rows the median one. */
  readonly typical: readonly (number | null)[]
  /** Mean within the bucket of the row that is highest there; absent when there is one row. */
  readonly worst?: readonly (number | null)[]
  /** Smallest single value within the bucket, over all rows; absent where it says nothing more. */
  readonly low?: readonly (number | null)[]
  /** Largest single value within the bucket, over all rows: no spike is lost. */
  readonly high?: readonly (number | null)[]
}

/** Values over the run, cut into at most {@link SERIES_MAX_BUCKETS} buckets of equal width. */
export interface SummarySeries {
  /** What `at` counts: training steps, or seconds of the Unix clock. */
  readonly axis: 'step' | 'unix_s'
  /** First step, or first moment, of every bucket; ascending. */
  readonly at: readonly number[]
  /** By metric name; units are those of the name. */
  readonly lines: Readonly<Record<string, SeriesLine>>
}

/** Buckets of a series at most: enough for a line as wide as a page, small enough for a file. */
export const SERIES_MAX_BUCKETS = 100

/** One GPU of the run, named, with what it did over the run; what was not measured is null. */
export interface GpuSummary
  extends Omit<GpuDeviceRow, 'global_rank' | 'mem_total_bytes' | 'processes'> {
  /** Mean, 0 to 100. */
  readonly util_percent: number | null
  readonly mem_peak_bytes: number | null
  readonly mem_total_bytes: number | null
  readonly temp_peak_c: number | null
  /** Mean. */
  readonly power_w: number | null
  /** All that were seen computing on it, with their largest memory; null where it does not tell. */
  readonly processes: GpuDeviceRow['processes']
}

/** Facts of a section that its published keys have no room for; readers ignore what they miss. */
export interface SectionDetails {
  /** Mathematical median over the rows; `global.median` names an actual row instead. */
  readonly median: Readonly<Record<string, number | null>>
  /** Largest single measurement and its row, for metrics whose value is a mean. */
  readonly peak?: Readonly<Record<string, MetricPoint>>
  /** The same by row id, then metric. */
  readonly row_peaks?: Readonly<Record<string, Readonly<Record<string, number | null>>>>
  /** By row id: the step time of single steps, in milliseconds. */
  readonly step_time_spread?: Readonly<Record<string, Spread>>
  /** Steps that the run completes a second: of the slowest rank, as all wait for it. */
  readonly steps_per_second?: number | null
  /** Unix seconds of the newest sample in the window; null without one. */
  readonly newest_sample_ts_s?: number | null
  /** How sure the diagnosis is, 0 to 1; null where it does not say. */
  readonly confidence: number | null
  /** What the compatible policies say; absent when the diagnosis is theirs. */
  readonly compatible_diagnosis?: Issue
  /** Only in the layers section: all of them. */
  readonly layers?: LayerProfile
  /** Only in the system section, by node and position; absent where no device was named. */
  readonly gpus?: readonly GpuSummary[]
  /** Null when there is nothing to draw. */
  readonly series: SummarySeries | null
}
