import {
  type LiveFacts,
  type LiveMemoryRows,
  type LiveRankFact,
  type LiveRowBatch,
  type LiveRunInfo,
  type LiveStepRows,
  PHASE_INDEX,
  type ProcessSampleRow,
  type RankIdentity,
  type SystemGpuSampleRow,
  type SystemSampleRow,
} from '@traceml/contracts'
import { liveBatch } from '@traceml/live'

const GIB = 1024 ** 3

export const RUN: LiveRunInfo = {
  session_id: 's',
  run_name: 'test',
  profile: 'run',
  started_at: 1_760_000_000,
  ranks_expected: 1,
  interval_s: 2,
  history_enabled: true,
  total_steps: null,
  samples_per_step: null,
  trace_max_steps: null,
}

export const EMPTY: LiveRowBatch = liveBatch({})

/** Milliseconds of the parts of a step; absent ones are not measured. */
export interface StepMs {
  readonly input?: number
  readonly h2d?: number
  readonly forward?: number
  readonly backward?: number
  readonly optimizer?: number
  readonly traced?: number
}

export const EVEN: StepMs = {
  input: 5,
  h2d: 1,
  forward: 20,
  backward: 40,
  optimizer: 10,
  traced: 75,
}

/** Rows of some ranks and steps, step by step. */
export function stepRows(
  ranks: readonly number[],
  steps: readonly number[],
  of: (rank: number, step: number) => StepMs = () => EVEN,
): LiveStepRows {
  const count = ranks.length * steps.length
  const rows = {
    ranks: new Float64Array(count),
    steps: new Float64Array(count),
    present: new Uint8Array(count),
    values: new Float64Array(count * 12).fill(Number.NaN),
  }
  let at = 0
  for (const step of steps) {
    for (const rank of ranks) {
      rows.ranks[at] = rank
      rows.steps[at] = step
      const ms = of(rank, step)
      const put = (index: number, value: number | undefined): void => {
        if (value === undefined) return
        rows.values[at * 12 + index] = value
        rows.present[at] = (rows.present[at] ?? 0) | (1 << index)
      }
      put(PHASE_INDEX.input_wait, ms.input)
      put(PHASE_INDEX.h2d, ms.h2d)
      put(PHASE_INDEX.forward, ms.forward)
      put(PHASE_INDEX.backward, ms.backward)
      put(PHASE_INDEX.optimizer_step, ms.optimizer)
      put(PHASE_INDEX.traced_step_time, ms.traced)
      at += 1
    }
  }
  return rows
}

export function memoryRows(
  ranks: readonly number[],
  steps: readonly number[],
  bytesOf: (rank: number, step: number) => number = () => 10 * GIB,
): LiveMemoryRows {
  const pairs = steps.flatMap((step) => ranks.map((rank) => [rank, step] as const))
  const bytes = Float64Array.from(pairs, ([rank, step]) => bytesOf(rank, step))
  return {
    ranks: Float64Array.from(pairs, ([rank]) => rank),
    steps: Float64Array.from(pairs, ([, step]) => step),
    peakAllocatedBytes: bytes,
    peakReservedBytes: bytes.map((value) => value * 1.05),
    liveBytes: new Float64Array(pairs.length).fill(Number.NaN),
    liveTensorCount: new Float64Array(pairs.length).fill(Number.NaN),
    devices: pairs.map(([rank]) => `cuda:${rank}`),
  }
}

export function identity(rank: number, world: number, perNode = 8): RankIdentity {
  return {
    global_rank: rank,
    local_rank: rank % perNode,
    node_rank: Math.floor(rank / perNode),
    hostname: `node-${Math.floor(rank / perNode)}`,
    local_world_size: Math.min(world, perNode),
    world_size: world,
  }
}

export function processRow(
  rank: number,
  seq: number,
  world: number,
  extra: Partial<ProcessSampleRow> = {},
): ProcessSampleRow {
  return {
    id: seq * world + rank,
    rank,
    ...identity(rank, world),
    sample_ts_s: 1_760_000_000 + seq * 2,
    seq,
    cpu_percent: 100,
    cpu_logical_core_count: 16,
    ram_used_bytes: 4 * GIB,
    ram_total_bytes: 64 * GIB,
    gpu_available: 1,
    gpu_count: 8,
    gpu_device_index: rank % 8,
    gpu_mem_used_bytes: 10 * GIB,
    gpu_mem_reserved_bytes: 11 * GIB,
    gpu_mem_total_bytes: 80 * GIB,
    ...extra,
  }
}

export function systemRows(
  node: number,
  seq: number,
  gpus: number,
): { readonly system: readonly SystemSampleRow[]; readonly gpus: readonly SystemGpuSampleRow[] } {
  const base = identity(node * 8, (node + 1) * 8)
  return {
    system: [
      {
        ...base,
        id: seq,
        sample_ts_s: 1_760_000_000 + seq * 2,
        seq,
        cpu_percent: 40 + node,
        ram_used_bytes: 20 * GIB,
        ram_total_bytes: 64 * GIB,
        gpu_available: gpus > 0 ? 1 : 0,
        gpu_count: gpus,
      },
    ],
    gpus: Array.from({ length: gpus }, (_, idx) => ({
      id: seq * gpus + idx,
      global_rank: base.global_rank,
      node_rank: base.node_rank,
      seq,
      gpu_idx: idx,
      util: 90,
      mem_used_bytes: 20 * GIB,
      mem_total_bytes: 80 * GIB,
      temperature_c: 70,
      power_usage_w: 300,
      power_limit_w: 700,
    })),
  }
}

export function factsAt(
  nowS: number,
  ranks: readonly number[] | null,
  extra: Partial<LiveFacts> = {},
): LiveFacts {
  return {
    now_s: nowS,
    wall_s: 1_760_000_000 + nowS,
    status: 'running',
    ranks: ranks?.map((rank) => connected(rank)) ?? null,
    end: null,
    ranks_expected: null,
    rows_received: 0,
    bytes_received: 0,
    steps_lost: null,
    rows_lost: 0,
    messages_lost: 0,
    backlog_messages: 0,
    notes: [],
    ...extra,
  }
}

export function connected(rank: number): LiveRankFact {
  return { global_rank: rank, connected: true, finished: false, closed_for_s: null }
}

export const upTo = (count: number, from = 0): readonly number[] =>
  Array.from({ length: count }, (_, index) => from + index)
