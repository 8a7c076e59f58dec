import type { LayerKind } from '@traceml/contracts'
import { toInt, toReal, toTextOnly } from '../internal/values.js'
import { addRow, TABLE } from '../writer/pending.js'
import type { Projector } from './project.js'

/** Milliseconds are kept to the nanosecond: what clocks say beyond that is noise, and long as text. */
const PER_MS = 1_000_000

/** The layers of one model. A row whose lists do not fit together says nothing and is left out. */
export const projectLayerModel: Projector = (row, { ranked }, pending) => {
  const layers = namesOf(row['layers'])
  const bytes = knownNumbers(listOf(row['layer_bytes'], layers, toReal))
  if (layers === null || bytes === null) return
  addRow(pending, TABLE.layerModels, [
    ...ranked,
    toReal(row['ts']),
    toInt(row['seq']),
    toInt(row['model_index']),
    toTextOnly(row['model_name']),
    toTextOnly(row['model_signature']),
    JSON.stringify(layers),
    JSON.stringify(bytes),
    textOf(listOf(row['layer_types'], layers, toTextOnly)),
    textOf(knownNumbers(listOf(row['layer_trainable_bytes'], layers, toReal))),
  ])
}

/** One kind of figure of the layers in one step. The same holds for lists that do not fit. */
export function projectLayerSample(kind: LayerKind): Projector {
  const isTime = kind === 'forward_time' || kind === 'backward_time'
  return (row, { ranked }, pending) => {
    const layers = namesOf(row['layers'])
    const values = isTime
      ? listOf(row['cpu_ms'], layers, toMs)
      : listOf(row['layer_bytes'], layers, toReal)
    if (layers === null || values === null) return
    const gpuMs = isTime ? listOf(row['gpu_ms'], layers, toMs) : null
    addRow(pending, TABLE.layerSamples, [
      ...ranked,
      toReal(row['ts']),
      toInt(row['seq']),
      kind,
      toInt(row['model_id']),
      toInt(row['step']),
      toTextOnly(row['device']),
      null,
      JSON.stringify(layers),
      JSON.stringify(values),
      gpuMs?.some((value) => value !== null) === true ? JSON.stringify(gpuMs) : null,
      isTime ? textOf(listOf(row['n_calls'], layers, toInt)) : null,
      isTime ? toReal(row['phase_cpu_ms']) : null,
      isTime ? toReal(row['phase_gpu_ms']) : null,
      kind === 'forward_time' ? toInt(row['every']) : null,
      kind === 'forward_time' ? toReal(row['cost_ms']) : null,
      kind === 'forward_time' ? toReal(row['step_ms']) : null,
    ])
  }
}

function namesOf(value: unknown): readonly string[] | null {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null
}

function listOf<Item>(
  value: unknown,
  layers: readonly string[] | null,
  read: (item: unknown) => Item | null,
): readonly (Item | null)[] | null {
  if (layers === null || !Array.isArray(value) || value.length !== layers.length) return null
  return value.map(read)
}

function knownNumbers(list: readonly (number | null)[] | null): readonly (number | null)[] | null {
  return list?.includes(null) === true ? null : list
}

function textOf(list: readonly unknown[] | null): string | null {
  return list === null ? null : JSON.stringify(list)
}

function toMs(value: unknown): number | null {
  const ms = toReal(value)
  return ms === null ? null : Math.round(ms * PER_MS) / PER_MS
}
