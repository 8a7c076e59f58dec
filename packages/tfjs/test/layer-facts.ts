import type { LayerModelFact, LayerPass, LayerStepFact } from '@traceml/contracts'
import { LAYER_TOPIC } from '@traceml/contracts'
import type { LocalRuntime } from '@traceml/runtime'
import type { StepSampler } from '@traceml/runtime/layers'

/** Measures every step. */
export const EVERY_STEP: StepSampler = { every: 1, shouldSample: () => true, observe() {} }

/** What was published about layers since the last call. */
export interface LayerFacts {
  readonly models: readonly LayerModelFact[]
  readonly steps: readonly LayerStepFact[]
}

export function readLayerFacts(runtime: LocalRuntime): LayerFacts {
  const models: LayerModelFact[] = []
  const steps: LayerStepFact[] = []
  runtime.facts.read('test', LAYER_TOPIC, (fact) => {
    if (fact['type'] === 'model') models.push(fact as LayerModelFact)
    else steps.push(fact as LayerStepFact)
  })
  return { models, steps }
}

/** One column of a pass, by layer. */
export function byLayer<Key extends 'cpu_ms' | 'n_calls' | 'bytes'>(
  pass: LayerPass | null,
  key: Key,
): Record<string, LayerPass[Key][number] | undefined> {
  return Object.fromEntries((pass?.layers ?? []).map((name, index) => [name, pass?.[key][index]]))
}

/** Parameters of a model, by layer. */
export function parametersOf(model: LayerModelFact): Record<string, readonly [number, number]> {
  return Object.fromEntries(
    model.layers.map((name, index) => [
      name,
      [model.layer_bytes[index] ?? Number.NaN, model.layer_trainable_bytes[index] ?? Number.NaN],
    ]),
  )
}

/** Sum of a list of milliseconds. */
export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
