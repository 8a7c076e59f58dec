import {
  LIVE_PHASES,
  type LiveNode,
  type LivePhase,
  type LiveProcessBody,
  type LiveRank,
  type LiveSpread,
  type LiveStepMemoryBody,
  type LiveStepMetric,
  type LiveStepTimeBody,
  type LiveSystemBody,
  type LiveUnit,
} from '@traceml/contracts'
import type { Moment } from './moment.js'
import { byPhase, median, noise, phasesOf, round, stepTimeOf } from './numbers.js'
import { peakBytes } from './ranks.js'

const POINTS = 60
const HEAT_CELLS = 4096

function spread(
  key: string,
  label: string,
  unit: LiveUnit,
  values: readonly { readonly idx: number | null; readonly value: number | null }[],
  worstIsLowest = false,
): LiveSpread {
  const known = values.filter(({ value }) => value !== null) as { idx: number; value: number }[]
  const sorted = known.toSorted((a, b) => b.value - a.value)
  const worst = worstIsLowest ? sorted.at(-1) : sorted[0]
  return {
    key,
    label,
    unit,
    median: known.length === 0 ? null : median(known.map(({ value }) => value)),
    worst: worst?.value ?? null,
    worst_idx: worst?.idx ?? null,
  }
}

const pastTimes = (moment: Moment): readonly number[] =>
  Array.from({ length: Math.min(POINTS, moment.tick) }, (_, index) => {
    const back = Math.min(POINTS, moment.tick) - 1 - index
    return moment.now - back * moment.intervalS
  })

/** @internal */
export function systemBody(moment: Moment, nodes: readonly LiveNode[]): LiveSystemBody {
  const of = (read: (node: LiveNode) => number | null) =>
    nodes.map((node) => ({ idx: node.node_rank, value: read(node) }))
  const times = pastTimes(moment)
  const line = (node: number, base: number, key: number) =>
    times.map((ts) => round(base + 8 * noise(node, ts, key), 1))
  const { gpus } = moment.scenario
  return {
    spreads: [
      spread(
        'cpu_percent',
        'cpu',
        'percent',
        of((node) => node.cpu_percent),
      ),
      spread(
        'ram_percent',
        'ram',
        'percent',
        of(({ ram_used_bytes: used, ram_total_bytes: total }) =>
          used === null || total === null ? null : round((used / total) * 100, 1),
        ),
      ),
      spread(
        'gpu_util_percent',
        'gpu',
        'percent',
        of((node) =>
          node.gpus.length === 0 ? null : median(node.gpus.map((gpu) => gpu.util_percent ?? 0)),
        ),
        true,
      ),
    ],
    series: nodes.map((node, index) => ({
      node_rank: node.node_rank,
      ts: times,
      cpu_percent: line(index, 35, 1),
      ram_percent: line(index, 27, 2),
      gpu_util_percent: gpus ? line(index, 78, 3) : times.map(() => null),
      gpu_memory_percent: gpus ? line(index, 66, 4) : times.map(() => null),
    })),
  }
}

/** @internal */
export function processBody(moment: Moment, ranks: readonly LiveRank[]): LiveProcessBody {
  const of = (read: (rank: LiveRank) => number | null | undefined) =>
    ranks.map((rank) => ({ idx: rank.global_rank, value: read(rank) ?? null }))
  const times = pastTimes(moment)
  const used = ranks.flatMap((rank) => rank.process?.gpu_used_bytes ?? [])
  return {
    spreads: [
      spread(
        'cpu_percent',
        'cpu',
        'percent',
        of((rank) => rank.process?.cpu_percent),
      ),
      spread(
        'rss_bytes',
        'memory',
        'bytes',
        of((rank) => rank.process?.rss_bytes),
      ),
      spread(
        'gpu_used_bytes',
        'gpu memory',
        'bytes',
        of((rank) => rank.process?.gpu_used_bytes),
      ),
    ],
    gpu_used_imbalance_bytes: used.length < 2 ? null : Math.max(...used) - Math.min(...used),
    series: {
      ts: times,
      cpu_percent_max: times.map((ts) => round(120 + 30 * noise(ts, 1), 1)),
      rss_bytes_max: times.map((ts) => Math.round(5.8e9 + 1e8 * noise(ts, 2))),
      gpu_used_bytes_max: times.map(() => (used.length === 0 ? null : Math.max(...used))),
    },
  }
}

const LABELS: Readonly<Record<LivePhase, string>> = {
  input_wait: 'input wait',
  h2d: 'copy to device',
  forward: 'forward',
  backward: 'backward',
  optimizer_step: 'optimizer',
  residual: 'residual',
}

function stepMetric(key: LiveStepMetric['key'], ranks: readonly LiveRank[]): LiveStepMetric | null {
  const read = (rank: LiveRank): number | null =>
    key === 'step_time' ? rank.step_time_ms : rank.phases_ms[key]
  const known = ranks.flatMap((rank) => {
    const ms = read(rank)
    return ms === null ? [] : [{ rank: rank.global_rank, ms }]
  })
  if (known.length === 0) return null
  const middle = round(median(known.map(({ ms }) => ms)))
  const worst = known.reduce((most, one) => (one.ms > most.ms ? one : most))
  const total = median(ranks.map((rank) => rank.step_time_ms ?? 0))
  return {
    key,
    label: key === 'step_time' ? 'step time' : LABELS[key],
    median_ms: middle,
    worst_ms: worst.ms,
    worst_rank: worst.rank,
    skew_ratio: known.length < 2 ? null : round((worst.ms - middle) / middle),
    share_ratio: round(middle / total),
  }
}

/** @internal */
export function stepTimeBody(moment: Moment, ranks: readonly LiveRank[]): LiveStepTimeBody {
  const { scenario, steps } = moment
  const times = ranks.map(({ global_rank: rank }) =>
    steps.map((step) => stepTimeOf(phasesOf(scenario, rank, step))),
  )
  const at = (index: number): readonly number[] => times.map((row) => row[index] ?? 0)
  const worstOf = (index: number): number =>
    at(index).reduce((most, ms, rank, all) => (ms > (all[most] ?? 0) ? rank : most), 0)
  const shown = steps.map((step) => phasesOf(scenario, 0, step))
  const metrics = (['step_time', ...LIVE_PHASES] as const).flatMap(
    (key) => stepMetric(key, ranks) ?? [],
  )
  const heatSteps = Math.min(steps.length, Math.floor(HEAT_CELLS / ranks.length))
  const first = ranks[0]
  return {
    clock: scenario.gpus ? 'gpu' : 'cpu',
    window: {
      steps_used: steps.length,
      steps_wanted: 100,
      first_step: steps[0] ?? null,
      last_step: steps.at(-1) ?? null,
      ranks_present: ranks.length,
      ranks_known: scenario.ranks,
    },
    metrics,
    composition:
      first === undefined
        ? null
        : { rank: 0, step_time_ms: first.step_time_ms ?? 0, phases_ms: first.phases_ms },
    straggler:
      scenario.straggler === null
        ? null
        : {
            rank: scenario.straggler,
            cause: 'input',
            cost_ms: round(scenario.meanStepMs * 0.27, 1),
            recurrence_ratio: 0.88,
            same_rank_ratio: 1,
            steps: steps.length,
            pattern: 'persistent',
          },
    trend: { state: 'flat', ratio: 0.004, label: '~ +0.4%', points: steps.length },
    series: {
      steps,
      median_ms: steps.map((_, index) => round(median(at(index)))),
      worst_ms: steps.map((_, index) => at(index)[worstOf(index)] ?? null),
      worst_rank: steps.map((_, index) => worstOf(index)),
      rank: 0,
      phases_ms: byPhase((phase) => shown.map((phases) => phases[phase])),
    },
    heat: {
      steps: steps.slice(-heatSteps),
      ranks: ranks.map((rank) => rank.global_rank),
      step_time_ms: times.map((row) => row.slice(-heatSteps)),
      own_time_ms: ranks.map(({ global_rank: rank }) =>
        steps.slice(-heatSteps).map((step) => {
          if (ranks.length < 2) return null
          const phases = phasesOf(scenario, rank, step)
          return round(stepTimeOf(phases) - (phases.backward ?? 0))
        }),
      ),
    },
  }
}

/** @internal */
export function stepMemoryBody(moment: Moment, ranks: readonly LiveRank[]): LiveStepMemoryBody {
  const { steps, scenario } = moment
  const rows = ranks.map(({ global_rank: rank }) =>
    steps.map((step) => peakBytes(moment, rank, step)),
  )
  const at = (index: number): readonly number[] => rows.map((row) => row[index] ?? 0)
  const peaks = rows.map((row) => Math.max(...row))
  const worst = Math.max(...peaks)
  const middle = median(peaks)
  return {
    metrics: [
      {
        key: scenario.gpus ? 'peak_allocated' : 'live',
        label: scenario.gpus ? 'peak allocated' : 'live tensors',
        median_bytes: middle,
        worst_bytes: worst,
        worst_rank: peaks.indexOf(worst),
        skew_ratio: ranks.length < 2 ? null : round((worst - middle) / middle),
        now_bytes: Math.max(...at(steps.length - 1)),
        trend: { state: 'flat', ratio: 0.001, label: '~ +0.1%', points: steps.length },
        series: {
          steps,
          median_bytes: steps.map((_, index) => median(at(index))),
          worst_bytes: steps.map((_, index) => Math.max(...at(index))),
        },
      },
    ],
    device: scenario.gpus ? 'cuda:0' : 'cpu',
    capacity_bytes: scenario.gpus ? 80 * 1024 ** 3 : null,
    pressure_ratio: scenario.gpus ? round(worst / (80 * 1024 ** 3)) : null,
  }
}
