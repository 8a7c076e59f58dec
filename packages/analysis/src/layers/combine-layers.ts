import type { LayerProfile, LayerWindow } from '@traceml/contracts'
import { InputError } from '@traceml/contracts'
import type { CostTotals } from './layer-costs.js'
import { shareOf, sumCosts, sumKnown, withShares } from './layer-costs.js'
import type { PlainEntry } from './layer-entries.js'
import { byCost, layerEntry } from './layer-entries.js'
import { layerGroups } from './layer-groups.js'
import type { LayerIndex } from './layer-index.js'
import { createLayerIndex } from './layer-index.js'
import type { LayerModels } from './layer-models.js'
import { indexOf, layerModels, modelNames, rankOf } from './layer-models.js'
import { profileNotes } from './profile-notes.js'
import type { RankLayers } from './rank-layers.js'
import { rankLayers } from './rank-layers.js'
import type { LayerClock } from './rank-rows.js'

/** Options of {@link combineLayers}. */
export interface CombineLayersOptions {
  /** Processes of the run, for the ranks that are missing; null when it is not known. */
  readonly worldSize: number | null
  /** Layers that stand for themselves, the rest is `other`; a whole number from 0. Default 20. */
  readonly maxEntries?: number
}

const DEFAULT_MAX_ENTRIES = 20

/**
 * Combines the layers of a run over its ranks. Per rank each layer's mean over the sampled steps of
 * the window, over the ranks the worst. Ranks on another clock, or with other layers, are left out
 * and named. Linear in the window.
 *
 * @throws {InputError} `TRACEML_INPUT_INVALID` when `maxEntries` is not a whole number from 0.
 */
export function combineLayers(window: LayerWindow, options: CombineLayersOptions): LayerProfile {
  const { worldSize, maxEntries = DEFAULT_MAX_ENTRIES } = options
  if (!Number.isSafeInteger(maxEntries) || maxEntries < 0) {
    throw new InputError(
      'TRACEML_INPUT_INVALID',
      `maxEntries is ${String(maxEntries)}; give a whole number from 0.`,
    )
  }
  const models = layerModels(window.models)
  const index = createLayerIndex(models.rows)
  const all = ranksOf(window, models.ranksDifferent, index)
  const clock = commonClock(all)
  const used = all.filter((rank) => rank.clock === null || rank.clock === clock)
  const { names, entries } = allEntries(index, models, used)
  const outside = outsideOf(used)
  const sums = sumCosts(entries)
  const totals: CostTotals = {
    totalMs: sumKnown([sums.total_ms, outside?.total_ms ?? null]),
    memoryBytes: sums.memory_bytes,
  }
  const sorted = entries.toSorted(byCost)
  const rest = sorted.slice(maxEntries)
  const steps = used.flatMap((rank) => rank.steps)
  const ranksUsed = used.map(({ rank }) => rank)
  const ranksMissing = missingRanks(window, worldSize, all, models.ranksDifferent)
  return {
    clock,
    device: commonDevice(used),
    models: [...names.values()],
    ranks_used: ranksUsed,
    ranks_missing: ranksMissing,
    ranks_different: models.ranksDifferent,
    steps_sampled: used.length === 0 ? 0 : Math.min(...used.map((rank) => rank.steps.length)),
    first_step: extreme(steps, Math.min),
    last_step: extreme(steps, Math.max),
    entries: sorted.slice(0, maxEntries).map((entry) => withShares(entry, totals)),
    other:
      rest.length === 0 ? null : { layers: rest.length, ...withShares(sumCosts(rest), totals) },
    groups: layerGroups(entries, totals),
    outside:
      outside === null
        ? null
        : { ...outside, time_share: shareOf(outside.total_ms, totals.totalMs) },
    total_ms: totals.totalMs,
    forward_ms: sumKnown([sums.forward_ms, outside?.forward_ms ?? null]),
    backward_ms: sumKnown([sums.backward_ms, outside?.backward_ms ?? null]),
    memory_bytes: totals.memoryBytes,
    param_bytes: sums.param_bytes,
    cost: {
      every: extreme(
        used.flatMap(({ cost }) => cost.every ?? []),
        Math.max,
      ),
      sampled_step_cost_ms: extreme(
        used.flatMap(({ cost }) => cost.sampledStepCostMs ?? []),
        Math.max,
      ),
      cost_ratio: extreme(
        used.flatMap(({ cost }) => cost.costRatio ?? []),
        Math.max,
      ),
    },
    notes: profileNotes({
      ranksMissing,
      ranksDifferent: models.ranksDifferent,
      ranksOtherClock: all.filter((rank) => !used.includes(rank)).map(({ rank }) => rank),
      clock,
      ranksUsed: used.length,
      hasBackward: sums.backward_ms !== null,
      hasMemory: sums.forward_bytes !== null || sums.backward_bytes !== null,
      unsteadyCount: used.reduce((most, rank) => Math.max(most, rank.unsteadyCount), 0),
    }),
  }
}

/** The ranks with a sampled step that have the common layers, ascending. */
function ranksOf(
  { samples, models }: LayerWindow,
  different: readonly number[],
  index: LayerIndex,
): readonly RankLayers[] {
  const samplesByRank = groupByRank(samples)
  const modelsByRank = groupByRank(models)
  return [...samplesByRank.keys()]
    .filter((rank) => !different.includes(rank))
    .toSorted((a, b) => a - b)
    .map((rank) =>
      rankLayers(rank, samplesByRank.get(rank) ?? [], modelsByRank.get(rank) ?? [], index),
    )
    .filter(({ steps }) => steps.length > 0)
}

function groupByRank<Row extends { readonly global_rank: number | null }>(
  rows: readonly Row[],
): ReadonlyMap<number, readonly Row[]> {
  const groups = new Map<number, Row[]>()
  for (const row of rows) {
    const known = groups.get(rankOf(row))
    if (known === undefined) groups.set(rankOf(row), [row])
    else known.push(row)
  }
  return groups
}

/** The clock of most ranks, of equally many the device's. */
function commonClock(ranks: readonly RankLayers[]): LayerClock | null {
  const count = (clock: LayerClock): number => ranks.filter((rank) => rank.clock === clock).length
  if (count('cpu') > count('gpu')) return 'cpu'
  return count('gpu') > 0 ? 'gpu' : null
}

/** The device of all ranks; of `cuda:0` and `cuda:1` what they have in common. */
function commonDevice(ranks: readonly RankLayers[]): string | null {
  const devices = [...new Set(ranks.flatMap(({ device }) => device ?? []))]
  const kinds = [...new Set(devices.map((device) => device.split(':')[0] ?? device))]
  if (devices.length === 1) return devices[0] ?? null
  return kinds.length === 1 ? (kinds[0] ?? null) : null
}

function allEntries(
  index: LayerIndex,
  models: LayerModels,
  ranks: readonly RankLayers[],
): { readonly names: ReadonlyMap<number, string>; readonly entries: readonly PlainEntry[] } {
  const indices = [
    ...new Set([...models.rows.map(indexOf), ...index.layers.map(({ model }) => model)]),
  ].toSorted((a, b) => a - b)
  const names = modelNames(models.rows, indices)
  const positions = new Map(
    models.rows.map((row) => [indexOf(row), new Map(row.layers.map((name, i) => [name, i]))]),
  )
  const entries = index.layers.map((layer, number) => {
    const row = models.rows.find((model) => indexOf(model) === layer.model)
    const position = positions.get(layer.model)?.get(layer.name)
    return layerEntry(layer, number, ranks, {
      model: names.size > 1 ? (names.get(layer.model) ?? null) : null,
      type: (position === undefined ? null : row?.layer_types?.[position]) ?? null,
      // Some producers list the layers with parameters only.
      paramBytes:
        row === undefined ? null : position === undefined ? 0 : (row.layer_bytes[position] ?? 0),
      trainableBytes:
        row?.layer_trainable_bytes == null
          ? null
          : position === undefined
            ? 0
            : (row.layer_trainable_bytes[position] ?? 0),
    })
  })
  return { names, entries }
}

/** What is outside of the layers, on the rank where it takes longest. */
function outsideOf(ranks: readonly RankLayers[]): {
  readonly forward_ms: number | null
  readonly backward_ms: number | null
  readonly total_ms: number
} | null {
  const known = ranks.flatMap(({ outside }) => {
    const { forwardMs, backwardMs } = outside
    const total = sumKnown([forwardMs, backwardMs])
    return total === null
      ? []
      : [{ forward_ms: forwardMs, backward_ms: backwardMs, total_ms: total }]
  })
  return known.toSorted((left, right) => right.total_ms - left.total_ms)[0] ?? null
}

function missingRanks(
  { models }: LayerWindow,
  worldSize: number | null,
  sampled: readonly RankLayers[],
  different: readonly number[],
): readonly number[] {
  const expected = new Set(models.map(rankOf))
  for (let rank = 0; rank < (worldSize ?? 0); rank++) expected.add(rank)
  for (const { rank } of sampled) expected.delete(rank)
  for (const rank of different) expected.delete(rank)
  return [...expected].toSorted((a, b) => a - b)
}

function extreme(
  values: readonly number[],
  choose: (left: number, right: number) => number,
): number | null {
  return values.length === 0 ? null : values.reduce((left, right) => choose(left, right))
}
