import { formatFixed } from '@traceml/analysis'
import { type LayerEntry, type LayerProfile, plainLine } from '@traceml/contracts'
import { formatBinaryBytes } from '../shared/bytes.js'
import { formatPercent } from '../shared/text.js'

/** The sentences of a finding. */
export interface LayersText {
  readonly summary: string
  readonly action: string
}

/** What the times of a profile are parts of. */
function passes({ backward_ms: backward }: LayerProfile): string {
  return backward === null ? 'the forward pass' : 'forward and backward'
}

/** A layer's name as it can stand in a sentence. */
function layerName({ name, model }: Pick<LayerEntry, 'name' | 'model'>): string {
  return plainLine(model === null ? name : `${model}: ${name}`, 120)
}

function kindOf({ type }: LayerEntry): string {
  return type === null ? '' : ` (${plainLine(type, 60)})`
}

function layerCount({ entries, other }: LayerProfile): number {
  return entries.length + (other?.layers ?? 0)
}

export function heavyLayerText(entry: LayerEntry, profile: LayerProfile): LayersText {
  const share = entry.time_share ?? 0
  const name = layerName(entry)
  return {
    summary: `${name}${kindOf(entry)} takes ${formatPercent(share)} of ${passes(profile)}, ${formatFixed(entry.total_ms, 2)} ms of a step.`,
    action: `Begin with ${name}: half its time would make ${passes(profile)} ${formatPercent(share / 2)} shorter. Try a smaller or cheaper form of it, lower precision, or a fused kernel.`,
  }
}

export function heavyMemoryText(entry: LayerEntry): LayersText {
  const { param_bytes: params, forward_bytes: forward, backward_bytes: backward } = entry
  const isParameters = (params ?? 0) >= (forward ?? 0) + (backward ?? 0)
  const parts = isParameters
    ? `${formatBinaryBytes(params ?? 0)} of them parameters`
    : `${formatBinaryBytes((forward ?? 0) + (backward ?? 0))} of them outputs and gradients`
  return {
    summary: `${layerName(entry)}${kindOf(entry)} holds ${formatPercent(entry.memory_share)} of what the layers hold: ${formatBinaryBytes(entry.memory_bytes ?? 0)}, ${parts}.`,
    action: isParameters
      ? 'If memory is short, begin here: fewer or shared parameters, lower precision, or parameters that are sharded over the ranks. The optimizer keeps a multiple of them.'
      : 'If memory is short, begin here: a smaller batch or shorter sequences, or compute its outputs again in the backward pass (checkpointing) instead of keeping them.',
  }
}

export function layerSkewText(entry: LayerEntry): LayersText {
  const rank = `rank ${String(entry.worst_rank)}`
  const name = layerName(entry)
  return {
    summary: `${name} takes ${formatFixed(entry.total_ms, 2)} ms of a step on ${rank}, ${formatPercent(entry.skew_ratio)} more than on the median rank.`,
    action: `Compare the inputs of ${name} on ${rank} with those of the others (lengths, padding, routing), then the device of that rank.`,
  }
}

export function outsideText(profile: LayerProfile): LayersText {
  return {
    summary: `${formatPercent(profile.outside?.time_share ?? null)} of ${passes(profile)} is in none of the ${layerCount(profile)} measured layers.`,
    action:
      'Look at what runs between the layers: the loss, functions of the model itself, copies. Give a hand-written part a name, layer(name, fn), to see it in the next profile.',
  }
}

/** What there is to say where nothing stands out. */
export function calmText(profile: LayerProfile): LayersText {
  const [first] = profile.entries
  const layers = `${layerCount(profile)} layers`
  const share = first?.time_share ?? null
  return {
    summary:
      first === undefined || share === null
        ? `${layers} were found, and no step was sampled.`
        : `${layers}; the longest, ${layerName(first)}, takes ${formatPercent(share)} of ${passes(profile)}.`,
    action:
      share === null
        ? 'Let the training run for at least 20 steps.'
        : 'No layer stands out; the table shows where the time goes.',
  }
}
