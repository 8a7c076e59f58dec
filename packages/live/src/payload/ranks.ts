import type { RankStepFacts, StepTimeWindow } from '@traceml/analysis'
import type {
  LiveFreshness,
  LivePhasesMs,
  LiveRank,
  LiveRankMemory,
  LiveRankProcess,
} from '@traceml/contracts'
import { byPhase } from '../by-phase.js'
import { MEMORY_SLOT, type RankState } from '../rank-state.js'
import { phasesOf } from '../sections/step-time/series.js'
import type { SessionState } from '../session-state.js'
import { splitStep } from '../steps/parts.js'

/** Steps whose mean stands for a rank that the window leaves out. */
const OWN_STEPS = 50

/** What a row of the table of ranks needs besides the state. @internal */
export interface RankTableInput {
  readonly freshness: ReadonlyMap<number, LiveFreshness>
  readonly window: StepTimeWindow | null
  readonly culprits: ReadonlySet<number>
  readonly nowS: number
}

/** Every rank that was seen, ascending. @internal */
export function rankTable(state: SessionState, input: RankTableInput): readonly LiveRank[] {
  const facts = new Map(input.window?.rankFacts.map((one) => [one.globalRank, one]) ?? [])
  const ranks = state.sortedRanks()
  const furthest = ranks.reduce((most, { lastStep }) => Math.max(most, lastStep ?? 0), 0)
  const rows = ranks.map((rank) => rowOf(state, rank, furthest, facts.get(rank.globalRank), input))
  const slowest = rows.reduce<LiveRank | null>((worst, row) => {
    if (row.step_time_ms === null) return worst
    return worst === null || row.step_time_ms > (worst.step_time_ms ?? 0) ? row : worst
  }, null)
  const isCompared = rows.filter(({ step_time_ms: ms }) => ms !== null).length > 1
  return rows.map((row) => (isCompared && row === slowest ? { ...row, is_slowest: true } : row))
}

function rowOf(
  state: SessionState,
  rank: RankState,
  furthest: number,
  facts: RankStepFacts | undefined,
  { freshness, culprits, nowS }: RankTableInput,
): LiveRank {
  const { globalRank, identity, lastStep } = rank
  const own = facts === undefined ? ownMeans(rank) : null
  return {
    global_rank: globalRank,
    local_rank: identity?.local_rank ?? null,
    node_rank: identity?.node_rank ?? null,
    hostname: identity?.hostname ?? null,
    freshness: freshness.get(globalRank) ?? UNKNOWN,
    last_step: lastStep,
    steps_behind: lastStep === null ? null : furthest - lastStep,
    steps_per_s: rank.stepsPerS(nowS),
    step_time_ms: facts?.average.stepTimeMs ?? own?.stepMs ?? null,
    phases_ms: facts === undefined ? (own?.phases ?? NOTHING) : phasesOf(facts),
    is_culprit: culprits.has(globalRank),
    is_slowest: false,
    process: processOf(state, globalRank),
    memory: memoryOf(state, rank),
  }
}

const UNKNOWN: LiveFreshness = {
  state: 'waiting',
  reason: 'Nothing has arrived yet.',
  newest_step: null,
  newest_ts: null,
  age_s: null,
  expected_interval_s: null,
}
const NOTHING: LivePhasesMs = byPhase(() => null)

/** Means of a rank's own newest steps, on the clock of each. */
function ownMeans(rank: RankState): {
  readonly stepMs: number | null
  readonly phases: LivePhasesMs
} {
  const { cpuMs, gpuMs, steps: numbers } = rank.stepColumns()
  const columns = [...cpuMs, ...gpuMs]
  const values = new Float64Array(columns.length)
  const parts = new Float64Array(6)
  const sums = new Float64Array(7)
  const counts = new Float64Array(7)
  for (let at = Math.max(0, numbers.length - OWN_STEPS); at < numbers.length; at += 1) {
    for (const [slot, column] of columns.entries()) values[slot] = column[at] as number
    const stepMs = splitStep(values, 0, parts)
    for (let part = 0; part < 7; part += 1) {
      const value = part === 6 ? stepMs : (parts[part] as number)
      if (Number.isNaN(value)) continue
      sums[part] = (sums[part] as number) + value
      counts[part] = (counts[part] as number) + 1
    }
  }
  const mean = (part: number): number | null =>
    counts[part] === 0 ? null : (sums[part] as number) / (counts[part] as number)
  let next = 0
  return { phases: byPhase(() => mean(next++)), stepMs: mean(6) }
}

function processOf(state: SessionState, rank: number): LiveRankProcess | null {
  const row = state.processes.newest(rank)
  if (row === null) return null
  return {
    cpu_percent: row.cpu_percent,
    cpu_logical_cores: row.cpu_logical_core_count,
    rss_bytes: row.ram_used_bytes,
    host_ram_bytes: row.ram_total_bytes,
    gpu_idx: row.gpu_device_index,
    gpu_used_bytes: row.gpu_mem_used_bytes,
    gpu_reserved_bytes: row.gpu_mem_reserved_bytes,
    gpu_total_bytes: row.gpu_mem_total_bytes,
  }
}

function memoryOf(state: SessionState, rank: RankState): LiveRankMemory | null {
  const { memory } = rank
  if (memory.count === 0) return null
  const capacity = state.processes.newest(rank.globalRank)?.gpu_mem_total_bytes ?? null
  const allocated = memory.lastValue(MEMORY_SLOT.allocated)
  const reserved = memory.lastValue(MEMORY_SLOT.reserved)
  const fullest = reserved ?? allocated
  const isKnown = capacity !== null && capacity > 0 && fullest !== null
  return {
    device: rank.device,
    peak_allocated_bytes: allocated,
    peak_reserved_bytes: reserved,
    live_bytes: memory.lastValue(MEMORY_SLOT.live),
    live_tensor_count: memory.lastValue(MEMORY_SLOT.tensors),
    capacity_bytes: capacity,
    pressure_ratio: isKnown ? fullest / capacity : null,
  }
}
