import type { LayerCost, LayerEntry, LayerGroup, LayerProfile } from '@traceml/contracts'
import type { Moment } from './moment.js'
import { noise, round } from './numbers.js'

const MAX_ENTRIES = 40
const MIB = 1024 ** 2
/** Part of forward and backward that is in no layer: the loss, the walk over the tape. */
const OUTSIDE_PART = 0.08
const FORWARD_PART = 0.22
const BACKWARD_PART = 0.38

/** Layers of a fixture's run; every number is that of an invented worst rank. @internal */
export function layersBody({ scenario, newestStep, tick }: Moment, every: number): LayerProfile {
  const { layers, meanStepMs, ranks, gpus } = scenario
  const weights = layers.map((name, index) => weightOf(name) * (0.9 + 0.2 * noise(index, tick, 31)))
  const allWeights = sum(weights)
  const inside = 1 - OUTSIDE_PART
  const costs = layers.map((name, index): Plain => {
    const part = ((weights[index] ?? 0) / allWeights) * inside * meanStepMs
    const parameters = name.includes('norm') ? 4096 : Math.round(weightOf(name) * 9 * MIB)
    const output = Math.round(weightOf(name) * 6 * MIB) + 4096
    return {
      forward_ms: round(part * FORWARD_PART),
      backward_ms: round(part * BACKWARD_PART),
      param_bytes: parameters,
      trainable_bytes: name.startsWith('embedding') ? 0 : parameters,
      forward_bytes: output,
      backward_bytes: output,
    }
  })
  const outside = {
    forward_ms: round(meanStepMs * FORWARD_PART * OUTSIDE_PART),
    backward_ms: round(meanStepMs * BACKWARD_PART * OUTSIDE_PART),
  }
  const outsideMs = round(outside.forward_ms + outside.backward_ms)
  const sums = sumOf(costs)
  const totals = { ms: round(timeOf(sums) + outsideMs), bytes: memoryOf(sums) }
  const entries = costs
    .map((cost, index): LayerEntry => {
      const name = layers[index] ?? ''
      return {
        name,
        model: null,
        type: name.includes('norm') ? 'LayerNorm' : 'Linear',
        ...shares(cost, totals),
        calls: 1,
        worst_rank: ranks > 1 ? (scenario.straggler ?? 0) : 0,
        skew_ratio: ranks > 1 ? round(0.3 * noise(index, 17)) : null,
        peak_ms: round(timeOf(cost) * 1.4),
      }
    })
    .toSorted((a, b) => (b.total_ms ?? 0) - (a.total_ms ?? 0))
  const rest = entries.slice(MAX_ENTRIES)
  return {
    clock: gpus ? 'gpu' : 'cpu',
    device: gpus ? 'cuda' : 'cpu',
    models: ['model 0'],
    ranks_used: Array.from({ length: ranks }, (_, rank) => rank),
    ranks_missing: [],
    ranks_different: [],
    steps_sampled: Math.min(64, Math.floor(newestStep / every)),
    first_step: Math.max(every, newestStep - (newestStep % every) - 63 * every),
    last_step: newestStep - (newestStep % every),
    entries: entries.slice(0, MAX_ENTRIES),
    other:
      rest.length === 0 ? null : { layers: rest.length, ...shares(sumOf(rest.map(plain)), totals) },
    groups: groupsOf(layers, costs, totals),
    outside: { ...outside, total_ms: outsideMs, time_share: round(outsideMs / totals.ms, 6) },
    total_ms: totals.ms,
    forward_ms: round((sums.forward_ms ?? 0) + outside.forward_ms),
    backward_ms: round((sums.backward_ms ?? 0) + outside.backward_ms),
    memory_bytes: totals.bytes,
    param_bytes: sums.param_bytes,
    cost: { every, sampled_step_cost_ms: round(meanStepMs * 0.31), cost_ratio: 0.0155 },
    notes: [],
  }
}

type Plain = Omit<LayerCost, 'total_ms' | 'time_share' | 'memory_bytes' | 'memory_share'>

function weightOf(name: string): number {
  if (name.includes('norm')) return 0.12
  if (name.includes('mlp')) return 4
  return name === 'head' ? 9 : 1
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0)
const timeOf = ({ forward_ms: forward, backward_ms: backward }: Plain): number =>
  round((forward ?? 0) + (backward ?? 0))
const memoryOf = (cost: Plain): number =>
  (cost.param_bytes ?? 0) + (cost.forward_bytes ?? 0) + (cost.backward_bytes ?? 0)

function plain(cost: LayerCost): Plain {
  const { forward_ms, backward_ms, param_bytes, trainable_bytes, forward_bytes, backward_bytes } =
    cost
  return { forward_ms, backward_ms, param_bytes, trainable_bytes, forward_bytes, backward_bytes }
}

function sumOf(costs: readonly Plain[]): Plain {
  const of = (key: keyof Plain): number => sum(costs.map((cost) => cost[key] ?? 0))
  return {
    forward_ms: round(of('forward_ms')),
    backward_ms: round(of('backward_ms')),
    param_bytes: of('param_bytes'),
    trainable_bytes: of('trainable_bytes'),
    forward_bytes: of('forward_bytes'),
    backward_bytes: of('backward_bytes'),
  }
}

function shares(cost: Plain, totals: { readonly ms: number; readonly bytes: number }): LayerCost {
  const total = timeOf(cost)
  const memory = memoryOf(cost)
  return {
    ...cost,
    total_ms: total,
    time_share: round(total / totals.ms, 6),
    memory_bytes: memory,
    memory_share: round(memory / totals.bytes, 6),
  }
}

/** Every beginning of a path as a group, in the order of the model. */
function groupsOf(
  layers: readonly string[],
  costs: readonly Plain[],
  totals: { readonly ms: number; readonly bytes: number },
): readonly LayerGroup[] {
  const members = new Map<string, number[]>()
  layers.forEach((name, index) => {
    const parts = name.split('.')
    parts.forEach((_, end) => {
      const path = parts.slice(0, end + 1).join('.')
      const known = members.get(path)
      if (known === undefined) members.set(path, [index])
      else known.push(index)
    })
  })
  return [...members].flatMap(([path, indices]) => {
    const cost = shares(sumOf(indices.flatMap((index) => costs[index] ?? [])), totals)
    // What is smaller cannot be seen.
    if ((cost.time_share ?? 0) < 0.002) return []
    return [{ path, depth: path.split('.').length - 1, layers: indices.length, ...cost }]
  })
}
