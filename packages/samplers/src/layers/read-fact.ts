import type { JsonObject, LayerModelFact, LayerPass, LayerStepFact } from '@traceml/contracts'

/** The layers of a model, or null when the fact is something else or cannot be used. */
export function readModelFact(fact: JsonObject): LayerModelFact | null {
  const { type, model_index, model_name, layers } = fact as Partial<LayerModelFact>
  if (type !== 'model' || !isCount(model_index) || !areTexts(layers)) return null
  const bytes = fact['layer_bytes']
  const trainable = fact['layer_trainable_bytes']
  const types = fact['layer_types']
  if (!areNumbers(bytes, layers.length) || !areNumbers(trainable, layers.length)) return null
  return {
    type,
    model_index,
    model_name: typeof model_name === 'string' ? model_name : null,
    layers,
    layer_types: listOf(types, layers.length, (value) =>
      typeof value === 'string' ? value : null,
    ),
    layer_bytes: bytes,
    layer_trainable_bytes: trainable,
  }
}

/** A sampled step as far as it could be read. */
export interface StepReading {
  readonly model_index: number
  readonly step: number
  readonly ts: number
  readonly device: string
  readonly forward: LayerPass
  readonly backward: LayerPass | null
  readonly every: number | null
  readonly cost_ms: number | null
  readonly step_ms: number | null
}

/** A sampled step, or null when the fact is something else or cannot be used. */
export function readStepFact(fact: JsonObject): StepReading | null {
  const { type, model_index, step, ts, device } = fact as Partial<LayerStepFact>
  if (type !== 'step' || !isCount(model_index) || !isCount(step) || !isNumber(ts)) return null
  const forward = readPass(fact['forward'])
  if (forward === null) return null
  return {
    model_index,
    step,
    ts,
    device: typeof device === 'string' ? device : 'unknown',
    forward,
    backward: readPass(fact['backward']),
    every: numberOrNull(fact['every']),
    cost_ms: numberOrNull(fact['cost_ms']),
    step_ms: numberOrNull(fact['step_ms']),
  }
}

function readPass(value: unknown): LayerPass | null {
  if (typeof value !== 'object' || value === null) return null
  const pass = value as JsonObject
  const { layers } = pass
  const cpu = pass['cpu_ms']
  const calls = pass['n_calls']
  if (!areTexts(layers) || !areNumbers(cpu, layers.length)) return null
  if (!areNumbers(calls, layers.length)) return null
  return {
    layers,
    cpu_ms: cpu,
    gpu_ms: listOf(pass['gpu_ms'], layers.length, numberOrNull),
    n_calls: calls,
    bytes: listOf(pass['bytes'], layers.length, numberOrNull),
    phase_cpu_ms: numberOrNull(pass['phase_cpu_ms']),
    phase_gpu_ms: numberOrNull(pass['phase_gpu_ms']),
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function areNumbers(value: unknown, length: number): value is readonly number[] {
  return Array.isArray(value) && value.length === length && value.every(isNumber)
}

/** A list that fits, each value read; all of it unknown when it does not. */
function listOf<Item>(
  value: unknown,
  length: number,
  read: (value: unknown) => Item | null,
): readonly (Item | null)[] {
  const fits = Array.isArray(value) && value.length === length
  return Array.from({ length }, (_, index) => (fits ? read(value[index]) : null))
}

function numberOrNull(value: unknown): number | null {
  return isNumber(value) ? value : null
}
