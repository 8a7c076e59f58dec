import type {
  LayerSampleRow,
  ProcessSampleRow,
  StepMemorySampleRow,
  SystemGpuSampleRow,
  SystemSampleRow,
} from '@traceml/contracts'
import { PHASE_INDEX, PHASES } from '@traceml/contracts'
import type { Measured } from './counters.js'
import { gpuCounters, processCounters, stepMemoryCounters, systemCounters } from './counters.js'
import type { TimelinePhase, TimelineStep } from './lay-out-steps.js'
import { layOutSteps } from './lay-out-steps.js'
import type { LayerPartsOf } from './layer-parts.js'
import { collectLayers } from './layer-parts.js'
import type { TimelineRecord, TimelineSource } from './records.js'

/** A history, as far as a timeline reads it; `openHistoryReader` of `@traceml/storage` has this shape. */
export interface TimelineHistory {
  /** Rank after rank, each rank's steps ascending; both clocks in ms by position in `PHASES`, NaN = not measured. */
  steps(): Iterable<{
    readonly globalRank: number
    readonly step: number
    readonly endSeconds: number | null
    readonly cpuMs: Float64Array
    readonly gpuMs: Float64Array
  }>
  rows(table: 'system_samples'): Iterable<SystemSampleRow>
  rows(table: 'process_samples'): Iterable<ProcessSampleRow>
  rows(table: 'system_gpu_samples'): Iterable<SystemGpuSampleRow & Stamped>
  rows(table: 'step_memory_samples'): Iterable<StepMemorySampleRow & Stamped>
  rows(table: 'layer_samples'): Iterable<LayerSampleRow>
}

interface Stamped {
  readonly sample_ts_s: number | null
}

const TRACED = PHASE_INDEX.traced_step_time
const INPUT = PHASE_INDEX.input_wait

/**
 * Everything of a history that has a place in time: steps with their phases on each clock and the
 * layers of those that the deep profile sampled, memory
 * and processor of ranks and nodes, GPUs. Reads table after table; memory does not grow with the run.
 *
 * @param ranks - Only these; null for all.
 */
export function* historyTimeline(
  history: TimelineHistory,
  ranks: ReadonlySet<number> | null = null,
): Generator<TimelineRecord> {
  const wanted = (rank: number | null): rank is number =>
    rank !== null && (ranks === null || ranks.has(rank))
  const sources = findSources(history)
  for (const source of sources) if (source.kind === 'node' || wanted(source.id)) yield source
  const layers = collectLayers(history.rows('layer_samples'), wanted)
  yield* layOutSteps(timelineSteps(history, wanted, layers))
  for (const row of history.rows('step_memory_samples')) {
    if (wanted(row.global_rank)) yield* stepMemoryCounters(row, row.global_rank)
  }
  for (const row of history.rows('process_samples')) {
    if (wanted(row.global_rank)) yield* processCounters(row, row.global_rank)
  }
  for (const row of history.rows('system_samples')) yield* systemCounters(row, nodeOf(row))
  for (const row of history.rows('system_gpu_samples')) yield* gpuCounters(row, nodeOf(row))
}

/** Who there is: found in one look at the small tables and one at the steps. */
function findSources(history: TimelineHistory): readonly TimelineSource[] {
  const hosts = new Map<number, string | null>()
  const device = new Set<number>()
  const nodes = new Map<number, string | null>()
  for (const row of history.rows('process_samples')) {
    if (row.global_rank !== null) hosts.set(row.global_rank, row.hostname)
  }
  for (const { globalRank, gpuMs } of history.steps()) {
    if (!hosts.has(globalRank)) hosts.set(globalRank, null)
    if (!Number.isNaN(gpuMs[TRACED])) device.add(globalRank)
  }
  for (const row of history.rows('system_samples')) nodes.set(nodeOf(row), row.hostname)
  const entries = (
    kind: 'rank' | 'node',
    found: ReadonlyMap<number, string | null>,
  ): readonly TimelineSource[] =>
    [...found]
      .toSorted(([left], [right]) => left - right)
      .map(([id, hostname]) => ({
        record: 'source',
        kind,
        id,
        hostname,
        hasDeviceClock: kind === 'rank' && device.has(id),
      }))
  return [...entries('rank', hosts), ...entries('node', nodes)]
}

function* timelineSteps(
  history: TimelineHistory,
  wanted: (rank: number | null) => rank is number,
  layers: LayerPartsOf,
): Generator<TimelineStep> {
  let rank = -1
  let lastEnd = 0
  for (const { globalRank, step, endSeconds, cpuMs, gpuMs } of history.steps()) {
    if (!wanted(globalRank)) continue
    if (globalRank !== rank) {
      rank = globalRank
      lastEnd = 0
    }
    const partsOf = (clock: 'cpu' | 'gpu') => (phase: string) =>
      layers(globalRank, step, phase, clock)
    const cpu = onClock(cpuMs, partsOf('cpu'))
    const gpu = onClock(gpuMs, partsOf('gpu'))
    // A producer that did not stamp its steps has them one behind the other.
    const end = endSeconds ?? lastEnd + ((cpu ?? gpu)?.durationMs ?? 0) / 1000
    lastEnd = end
    yield {
      rank: globalRank,
      step,
      endSeconds: end,
      durationMs: {
        ...(cpu === null ? {} : { cpu: cpu.durationMs }),
        ...(gpu === null ? {} : { gpu: gpu.durationMs }),
      },
      phases: {
        ...(cpu === null ? {} : { cpu: cpu.phases }),
        ...(gpu === null ? {} : { gpu: gpu.phases }),
      },
    }
  }
}

/** Step time = input wait + traced step; null on a clock that did not time the step. */
function onClock(
  ms: Float64Array,
  partsOf: (phase: string) => TimelinePhase['parts'],
): { readonly durationMs: number; readonly phases: readonly TimelinePhase[] } | null {
  const traced = ms[TRACED] ?? Number.NaN
  if (Number.isNaN(traced)) return null
  const wait = ms[INPUT] ?? Number.NaN
  const phases: TimelinePhase[] = []
  for (const [index, name] of PHASES.entries()) {
    const value = ms[index] ?? Number.NaN
    if (index === TRACED || Number.isNaN(value)) continue
    const parts = partsOf(name)
    phases.push({ name, ms: value, ...(parts === undefined ? {} : { parts }) })
  }
  return { durationMs: traced + (Number.isNaN(wait) ? 0 : wait), phases }
}

function nodeOf(row: { readonly node_rank: Measured }): number {
  return row.node_rank ?? 0
}
