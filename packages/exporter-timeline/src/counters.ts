import type {
  ProcessSampleRow,
  StepMemorySampleRow,
  SystemGpuSampleRow,
  SystemSampleRow,
} from '@traceml/contracts'
import type { TimelineCounter } from './records.js'

/** A value of a row: null is not measured and has no place on a timeline. */
export type Measured = number | null

type Values = readonly (readonly [name: string, unit: TimelineCounter['unit'], value: Measured])[]
type Stamped = { readonly sample_ts_s: number | null }

function* countersAt(
  row: Stamped,
  of: TimelineCounter['of'],
  values: Values,
): Generator<TimelineCounter> {
  if (row.sample_ts_s === null) return
  const timeUs = Math.round(row.sample_ts_s * 1e6)
  for (const [name, unit, value] of values) {
    if (value !== null) yield { record: 'counter', of, name, unit, timeUs, value }
  }
}

/** Counters of a process sample. */
export function processCounters(row: ProcessSampleRow, rank: number): Iterable<TimelineCounter> {
  return countersAt(row, { kind: 'rank', id: rank }, [
    ['process_cpu', 'percent', row.cpu_percent],
    ['process_memory', 'bytes', row.ram_used_bytes],
    ['gpu_memory_allocated', 'bytes', row.gpu_mem_used_bytes],
    ['gpu_memory_reserved', 'bytes', row.gpu_mem_reserved_bytes],
  ])
}

/** Counters of the memory of a step. */
export function stepMemoryCounters(
  row: StepMemorySampleRow & Stamped,
  rank: number,
): Iterable<TimelineCounter> {
  return countersAt(row, { kind: 'rank', id: rank }, [
    ['step_peak_allocated', 'bytes', row.peak_alloc_bytes],
    ['step_peak_reserved', 'bytes', row.peak_reserved_bytes],
    // Columns that files of other producers do not have.
    ['live_tensor_bytes', 'bytes', row.live_bytes ?? null],
    ['live_tensors', 'count', row.live_tensor_count ?? null],
  ])
}

/** Counters of a host sample. */
export function systemCounters(row: SystemSampleRow, node: number): Iterable<TimelineCounter> {
  return countersAt(row, { kind: 'node', id: node }, [
    ['machine_cpu', 'percent', row.cpu_percent],
    ['machine_memory', 'bytes', row.ram_used_bytes],
  ])
}

/** Counters of a GPU sample. */
export function gpuCounters(
  row: SystemGpuSampleRow & Stamped,
  node: number,
): Iterable<TimelineCounter> {
  return countersAt(row, { kind: 'node', id: node }, [
    [`gpu${row.gpu_idx}_utilization`, 'percent', row.util],
    [`gpu${row.gpu_idx}_memory`, 'bytes', row.mem_used_bytes],
    [`gpu${row.gpu_idx}_temperature`, 'celsius', row.temperature_c],
    [`gpu${row.gpu_idx}_power`, 'watts', row.power_usage_w],
  ])
}
