import type { LayerKind, LayerModelRow, LayerSampleRow } from '@traceml/contracts'
import type { LayerIndex } from './layer-index.js'

/** Clock of layer times. */
export type LayerClock = 'cpu' | 'gpu'

/** A sampled row with the numbers of its layers. */
export interface PlacedRow {
  readonly row: LayerSampleRow
  readonly step: number
  readonly model: number
  readonly numbers: Int32Array
}

/** The rows of one rank by kind, in their order; of rows for the same step and model the newest. */
export type RankRows = Readonly<Record<LayerKind, readonly PlacedRow[]>>

/** Places the rows of one rank; rows without a step are left out. */
export function placeRows(
  samples: readonly LayerSampleRow[],
  models: readonly LayerModelRow[],
  index: LayerIndex,
): RankRows {
  const modelOf = modelNumbers(samples, models)
  const placed = {
    forward_time: new Map<string, PlacedRow>(),
    backward_time: new Map<string, PlacedRow>(),
    forward_memory: new Map<string, PlacedRow>(),
    backward_memory: new Map<string, PlacedRow>(),
  }
  const guesses = new Map<string, Int32Array>()
  for (const row of samples) {
    const { kind, step } = row
    if (step === null) continue
    const model = modelOf(row)
    const series = `${kind} ${model}`
    const numbers = index.numbersOf(model, row.layers, guesses.get(series))
    guesses.set(series, numbers)
    placed[kind].set(`${model} ${step}`, { row, step, model, numbers })
  }
  return {
    forward_time: [...placed.forward_time.values()],
    backward_time: [...placed.backward_time.values()],
    forward_memory: [...placed.forward_memory.values()],
    backward_memory: [...placed.backward_memory.values()],
  }
}

/**
 * Which model a row belongs to. Our producers send its index. Others send an identity that means
 * nothing outside of their process: the first that is seen is taken for the first model.
 */
function modelNumbers(
  samples: readonly LayerSampleRow[],
  models: readonly LayerModelRow[],
): (row: LayerSampleRow) => number {
  const indices = models.map(({ model_index: model }) => model ?? 0).toSorted((a, b) => a - b)
  const ids = [...new Set(samples.map(({ model_id: id }) => id ?? 0))]
  const areIndices =
    ids.every((id) => indices.includes(id)) ||
    (indices.length === 0 && ids.every((id) => id < ids.length))
  if (areIndices) return ({ model_id: id }) => id ?? 0
  const numbers = new Map(ids.map((id, i) => [id, indices[i] ?? i]))
  return ({ model_id: id }) => numbers.get(id ?? 0) ?? 0
}

/** The device's clock where the rank has any time on it: host times are then launch times. */
export function rankClock(rows: RankRows): LayerClock | null {
  const times = [...rows.forward_time, ...rows.backward_time]
  if (times.length === 0) return null
  return times.some(({ row }) => hasDeviceTimes(row)) ? 'gpu' : 'cpu'
}

/** True for rows that have times of that clock. */
export function isOnClock(row: LayerSampleRow, clock: LayerClock): boolean {
  return clock === 'cpu' || hasDeviceTimes(row)
}

function hasDeviceTimes({ gpu_ms: times }: LayerSampleRow): boolean {
  return times?.some((time) => time !== null) ?? false
}
