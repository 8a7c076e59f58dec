import type { LiveGpu, LiveNode, LiveRank } from '@traceml/contracts'
import { freshness, type Moment } from './moment.js'
import { meanPhases, noise, phasesOf, round, stepTimeOf } from './numbers.js'

const GIB = 1024 ** 3
const CAPACITY = 80 * GIB

/** Peak memory of a rank at a step. @internal */
export function peakBytes(moment: Moment, rank: number, step: number): number {
  const base = moment.scenario.gpus ? 52 * GIB : 0.4 * GIB
  return Math.round(base * (1 + 0.02 * noise(rank, step >> 3, 11)) + step * 4096)
}

/** @internal */
export function liveRanks(moment: Moment): readonly LiveRank[] {
  const { scenario } = moment
  if (scenario.status === 'waiting') return []
  const ranks = Array.from({ length: scenario.ranks }, (_, rank) => rankAt(moment, rank))
  if (scenario.profile === 'watch' || ranks.length < 2) return ranks
  const slowest = ranks.reduce((worst, rank) =>
    (rank.step_time_ms ?? 0) > (worst.step_time_ms ?? 0) ? rank : worst,
  )
  return ranks.map((rank) => ({ ...rank, is_slowest: rank === slowest }))
}

function rankAt(moment: Moment, rank: number): LiveRank {
  const { scenario, steps } = moment
  const isWatch = scenario.profile === 'watch'
  const state = moment.stateOf(rank)
  const last = isWatch ? null : moment.lastStepOf(rank)
  const phases = meanPhases(isWatch ? [] : steps.map((step) => phasesOf(scenario, rank, step)))
  const stepTime = isWatch ? null : stepTimeOf(phases)
  const used = peakBytes(moment, rank, moment.lastStepOf(rank))
  const isMoving = state === 'live'
  return {
    global_rank: rank,
    local_rank: rank % scenario.ranksPerNode,
    node_rank: Math.floor(rank / scenario.ranksPerNode),
    hostname: scenario.hostname(Math.floor(rank / scenario.ranksPerNode)),
    freshness: freshness(moment, state, reasonOf(moment, rank), last),
    last_step: last,
    steps_behind: last === null ? null : moment.newestStep - last,
    steps_per_s: stepTime === null ? null : isMoving ? round(1000 / stepTime) : 0,
    step_time_ms: stepTime,
    phases_ms: phases,
    is_culprit: rank === scenario.straggler,
    is_slowest: false,
    process: {
      cpu_percent: round(80 + 60 * noise(rank, moment.tick, 1), 1),
      cpu_logical_cores: 64,
      rss_bytes: Math.round((5 + noise(rank, 2)) * GIB),
      host_ram_bytes: 512 * GIB,
      gpu_idx: scenario.gpus ? rank % scenario.ranksPerNode : null,
      gpu_used_bytes: scenario.gpus ? used : null,
      gpu_reserved_bytes: scenario.gpus ? Math.round(used * 1.08) : null,
      gpu_total_bytes: scenario.gpus ? CAPACITY : null,
    },
    memory: isWatch
      ? null
      : {
          device: scenario.gpus ? `cuda:${rank % scenario.ranksPerNode}` : 'cpu',
          peak_allocated_bytes: scenario.gpus ? used : null,
          peak_reserved_bytes: scenario.gpus ? Math.round(used * 1.08) : null,
          live_bytes: scenario.gpus ? null : used,
          live_tensor_count: scenario.gpus ? null : 214,
          capacity_bytes: scenario.gpus ? CAPACITY : null,
          pressure_ratio: scenario.gpus ? round((used * 1.08) / CAPACITY) : null,
        },
  }
}

function reasonOf(moment: Moment, rank: number): string | null {
  const step = moment.lastStepOf(rank)
  switch (moment.stateOf(rank)) {
    case 'stalled':
      return `Rank ${rank} has completed no step since step ${step}, ${moment.tick} s ago; it used to take 0.3 s.`
    case 'lost_source':
      return `Rank ${rank} closed its connection without saying goodbye after step ${step}.`
    case 'ended':
      return `Rank ${rank} finished at step ${step}.`
    default:
      return null
  }
}

/** @internal */
export function liveNodes(moment: Moment, ranks: readonly LiveRank[]): readonly LiveNode[] {
  const { ranksPerNode } = moment.scenario
  const count = Math.ceil(ranks.length / ranksPerNode)
  return Array.from({ length: count }, (_, node) =>
    nodeAt(
      moment,
      node,
      ranks.filter((rank) => rank.node_rank === node),
    ),
  )
}

function nodeAt(moment: Moment, node: number, ranks: readonly LiveRank[]): LiveNode {
  const { scenario } = moment
  const first = ranks[0]
  const isLost = ranks.every((rank) => rank.freshness.state === 'lost_source')
  const state = isLost ? 'lost_source' : scenario.status === 'ended' ? 'ended' : 'live'
  const names = ranks.map((rank) => rank.global_rank).join(', ')
  const reason = isLost
    ? `Node ${node} sends nothing any more; its ranks ${names} left without saying goodbye.`
    : state === 'ended'
      ? 'The run has ended.'
      : null
  return {
    node_rank: node,
    hostname: first?.hostname ?? null,
    freshness: freshness(moment, state, reason, null),
    ranks: ranks.map((rank) => rank.global_rank),
    cpu_percent: round(35 + 10 * noise(node, moment.tick), 1),
    ram_used_bytes: Math.round((140 + 4 * noise(node, 9)) * GIB),
    ram_total_bytes: 512 * GIB,
    gpu_available: scenario.gpus,
    gpus: scenario.gpus ? ranks.map((rank, idx) => gpuAt(moment, rank, idx)) : [],
  }
}

function gpuAt(moment: Moment, rank: LiveRank, idx: number): LiveGpu {
  const temperature = round(62 + 22 * noise(rank.global_rank, 5), 0)
  return {
    idx,
    // Where a run has less than the eight of a host, it has the last ones.
    host_index: idx + Math.max(0, 8 - moment.scenario.ranksPerNode),
    name: 'NVIDIA A100-SXM4-80GB',
    uuid: `GPU-${String(rank.global_rank).padStart(8, '0')}-0000-4000-8000-000000000000`,
    processes: [
      { pid: 4100 + rank.global_rank, mem_used_bytes: rank.process?.gpu_used_bytes ?? null },
    ],
    ranks: [rank.global_rank],
    util_percent: round(rank.is_culprit ? 48 : 70 + 25 * noise(rank.global_rank, moment.tick), 0),
    memory_used_bytes: rank.process?.gpu_reserved_bytes ?? null,
    memory_total_bytes: CAPACITY,
    temperature_c: temperature,
    temperature_state: temperature >= 85 ? 'hot' : temperature >= 80 ? 'warm' : 'ok',
    power_w: round(380 + 200 * noise(rank.global_rank, moment.tick, 6), 0),
    power_limit_w: 700,
  }
}
