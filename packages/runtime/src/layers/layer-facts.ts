import type { LayerModelFact, LayerPass, LayerStepFact } from '@traceml/contracts'
import type { LayerEntry, LayerModel, LayerTally } from './layer-entry.js'

/** What is the same for every layer of a step. */
export interface StepFigures extends Pick<LayerStepFact, 'step' | 'ts' | 'device' | 'every'> {
  readonly costMs: number
  readonly stepMs: number
  /** Whole phases, host milliseconds; null when not seen. */
  readonly forwardMs: number | null
  readonly backwardMs: number | null
  /** False when backward passes cannot be followed. */
  readonly hasBackward: boolean
}

/** The fact of one model in one sampled step, or null when none of its layers was called. */
export function stepFact(model: LayerModel, figures: StepFigures): LayerStepFact | null {
  const forward = passOf(model.entries, (entry) => entry.forward, figures.forwardMs)
  const backward = passOf(model.entries, (entry) => entry.backward, figures.backwardMs)
  if (forward.layers.length === 0 && backward.layers.length === 0) return null
  return {
    type: 'step',
    model_index: model.index,
    step: figures.step,
    ts: figures.ts,
    device: figures.device,
    forward,
    backward: figures.hasBackward ? backward : null,
    every: figures.every,
    cost_ms: figures.costMs,
    step_ms: figures.stepMs,
  }
}

function passOf(
  entries: readonly LayerEntry[],
  tallyOf: (entry: LayerEntry) => LayerTally,
  phaseMs: number | null,
): LayerPass {
  const called = entries.filter((entry) => tallyOf(entry).calls > 0 || tallyOf(entry).ms > 0)
  const tallies = called.map(tallyOf)
  return {
    layers: called.map(({ path }) => path),
    cpu_ms: tallies.map(({ ms }) => ms),
    gpu_ms: tallies.map(() => null),
    n_calls: tallies.map(({ calls }) => calls),
    bytes: tallies.map(({ bytes }) => bytes),
    phase_cpu_ms: phaseMs,
    phase_gpu_ms: null,
  }
}

/** Describes models, and says when the description has changed. */
export interface ModelDescriptions {
  /** The fact of a model, or null when it says nothing new. */
  changed(model: LayerModel): LayerModelFact | null
}

/** Creates the descriptions of a process: of nothing yet. */
export function createModelDescriptions(): ModelDescriptions {
  const published = new WeakMap<LayerModel, string>()
  // A parameter belongs to the layer where it is first met, of whichever model.
  const owners = new WeakMap<object, LayerEntry>()

  function bytesOf(entry: LayerEntry): readonly [all: number, trained: number] {
    let all = 0
    let trained = 0
    const seen = new Set<object>()
    for (const list of entry.parameters) {
      for (const { key, bytes, isTrained } of list()) {
        const owner = owners.get(key)
        if (owner === undefined) owners.set(key, entry)
        else if (owner !== entry || seen.has(key)) continue
        seen.add(key)
        all += bytes
        if (isTrained) trained += bytes
      }
    }
    return [all, trained]
  }

  return {
    changed(model) {
      const sizes = model.entries.map(bytesOf)
      const layers = model.entries.map(({ path }) => path)
      const key = JSON.stringify([layers, sizes])
      if (published.get(model) === key) return null
      published.set(model, key)
      return {
        type: 'model',
        model_index: model.index,
        model_name: model.name,
        layers,
        layer_types: model.entries.map(({ type }) => type),
        layer_bytes: sizes.map(([all]) => all),
        layer_trainable_bytes: sizes.map(([, trained]) => trained),
      }
    },
  }
}
