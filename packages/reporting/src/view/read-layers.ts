import type { LayerCost, LayerEntry, LayerGroup, LayerProfile } from '@traceml/contracts'
import type { Part } from './parts.js'
import { countOf, listOf, nameOf, numberOf, partAt, partOf, sentenceOf } from './parts.js'

/** Of each list, whatever a document holds. */
const MAX_ENTRIES = 200
const MAX_DEPTH = 30
const MAX_RANKS = 4096

/** The profile of a layers section; null when there is none, or nothing in it that can be drawn. */
export function readLayerProfile(section: Part): LayerProfile | null {
  const part = partAt(section, 'details', 'layers')
  const entries = partsOf(part['entries']).flatMap(readEntry)
  if (entries.length === 0) return null
  const clock = part['clock']
  const cost = partAt(part, 'cost')
  return {
    clock: clock === 'cpu' || clock === 'gpu' ? clock : null,
    device: nameOf(part['device']),
    models: listOf(part['models']).flatMap((name) => nameOf(name) ?? []),
    ranks_used: ranksOf(part['ranks_used']),
    ranks_missing: ranksOf(part['ranks_missing']),
    ranks_different: ranksOf(part['ranks_different']),
    steps_sampled: countOf(part['steps_sampled']) ?? 0,
    first_step: countOf(part['first_step']),
    last_step: countOf(part['last_step']),
    entries,
    other: readOther(part['other']),
    groups: readGroups(part['groups']),
    outside: readOutside(part['outside']),
    total_ms: quantityOf(part['total_ms']),
    forward_ms: quantityOf(part['forward_ms']),
    backward_ms: quantityOf(part['backward_ms']),
    memory_bytes: quantityOf(part['memory_bytes']),
    param_bytes: quantityOf(part['param_bytes']),
    cost: {
      every: countOf(cost['every']),
      sampled_step_cost_ms: quantityOf(cost['sampled_step_cost_ms']),
      cost_ratio: quantityOf(cost['cost_ratio']),
    },
    notes: listOf(part['notes'])
      .slice(0, MAX_ENTRIES)
      .flatMap((note) => sentenceOf(note) ?? []),
  }
}

function partsOf(value: unknown): readonly Part[] {
  return listOf(value).slice(0, MAX_ENTRIES).map(partOf)
}

function ranksOf(value: unknown): readonly number[] {
  return listOf(value)
    .slice(0, MAX_RANKS)
    .flatMap((rank) => countOf(rank) ?? [])
}

/** A measured quantity from 0. */
function quantityOf(value: unknown): number | null {
  const number = numberOf(value)
  return number !== null && number >= 0 ? number : null
}

/** A part of a whole. */
function shareOf(value: unknown): number | null {
  const share = quantityOf(value)
  return share === null ? null : Math.min(1, share)
}

function readCost(part: Part): LayerCost {
  return {
    forward_ms: quantityOf(part['forward_ms']),
    backward_ms: quantityOf(part['backward_ms']),
    total_ms: quantityOf(part['total_ms']),
    time_share: shareOf(part['time_share']),
    param_bytes: quantityOf(part['param_bytes']),
    trainable_bytes: quantityOf(part['trainable_bytes']),
    forward_bytes: quantityOf(part['forward_bytes']),
    backward_bytes: quantityOf(part['backward_bytes']),
    memory_bytes: quantityOf(part['memory_bytes']),
    memory_share: shareOf(part['memory_share']),
  }
}

function readEntry(part: Part): readonly LayerEntry[] {
  const name = sentenceOf(part['name'])
  if (name === null) return []
  return [
    {
      name,
      model: nameOf(part['model']),
      type: nameOf(part['type']),
      calls: quantityOf(part['calls']),
      ...readCost(part),
      worst_rank: countOf(part['worst_rank']),
      skew_ratio: numberOf(part['skew_ratio']),
      peak_ms: quantityOf(part['peak_ms']),
    },
  ]
}

function readOther(value: unknown): LayerProfile['other'] {
  const layers = countOf(partOf(value)['layers'])
  return layers === null ? null : { layers, ...readCost(partOf(value)) }
}

function readOutside(value: unknown): LayerProfile['outside'] {
  const { forward_ms, backward_ms, total_ms, time_share } = readCost(partOf(value))
  return total_ms === null ? null : { forward_ms, backward_ms, total_ms, time_share }
}

/** Each is at most one deeper than the one before: what is not is no tree. */
function readGroups(value: unknown): readonly LayerGroup[] {
  const groups: LayerGroup[] = []
  for (const part of partsOf(value)) {
    const path = sentenceOf(part['path'])
    const depth = countOf(part['depth'])
    const deepest = Math.min(MAX_DEPTH, (groups.at(-1)?.depth ?? -1) + 1)
    if (path === null || depth === null || depth > deepest) return []
    groups.push({ path, depth, layers: countOf(part['layers']) ?? 1, ...readCost(part) })
  }
  return groups
}
