import type { ReportMetric } from '@traceml/reporting'
import type { JavaScriptRank } from '../domain/context.js'

const perStep =
  (ms: (rank: JavaScriptRank) => number) =>
  (rank: JavaScriptRank): number | null =>
    rank.row.steps.counted > 0 ? ms(rank) / rank.row.steps.counted : null

/** The metrics of the section in their published order. */
export const JAVASCRIPT_METRICS: readonly ReportMetric<JavaScriptRank>[] = [
  {
    name: 'sync_wait_ms',
    worst: 'highest',
    read: perStep(({ row }) => row.steps.sync_read_ms + row.steps.async_read_ms),
  },
  {
    name: 'reads_per_step_count',
    worst: 'highest',
    read: perStep(({ row }) => row.steps.sync_reads + row.steps.async_reads),
  },
  { name: 'yield_wait_ms', worst: 'highest', read: perStep(({ row }) => row.steps.yield_ms) },
  { name: 'live_tensor_count', worst: 'highest', read: ({ trend }) => trend?.last ?? null },
  { name: 'live_tensors_per_step', worst: 'highest', read: ({ trend }) => trend?.perStep ?? null },
  {
    name: 'garbage_collection_percent',
    worst: 'highest',
    read: ({ garbageShare }) => (garbageShare === null ? null : 100 * garbageShare),
  },
  {
    name: 'event_loop_delay_p99_ms',
    worst: 'highest',
    read: ({ row }) => row.loop?.delay_p99_ms ?? null,
  },
  {
    name: 'wasm_heap_bytes',
    worst: 'highest',
    read: ({ row }) => row.counters?.wasm_heap_bytes ?? null,
  },
  {
    name: 'gpu_allocated_bytes',
    worst: 'highest',
    read: ({ row }) => row.counters?.gpu_allocated_bytes ?? null,
  },
  {
    name: 'multiply_adds_per_step_count',
    worst: 'highest',
    read: ({ row }) => row.counters?.multiply_adds_per_step ?? null,
  },
]
