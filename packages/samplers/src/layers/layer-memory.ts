import type { FactSource, LayerModelFact, Sampler, SamplerSpec, WireRow } from '@traceml/contracts'
import { LAYER_TOPIC, SAMPLER_NAMES } from '@traceml/contracts'
import { readModelFact } from './read-fact.js'
import { modelSignature } from './signature.js'

const ID = 'layer-memory'
const { sampler, table } = SAMPLER_NAMES.layerMemory

/** One row per model: its layers and the bytes of their parameters. A further row when they change. */
export function createLayerMemorySampler(): Sampler {
  const told = new Map<number, string>()
  let seq = 0
  let facts: FactSource | null = null
  return {
    apiVersion: 1,
    kind: 'sampler',
    id: ID,
    samplerName: sampler,
    start: (context) => {
      facts = context.facts ?? null
    },
    sample(sink, context) {
      seq += 1
      facts?.read(ID, LAYER_TOPIC, (fact) => {
        const model = readModelFact(fact)
        if (model === null) return
        const key = JSON.stringify(model)
        if (told.get(model.model_index) === key) return
        told.set(model.model_index, key)
        sink.emit(table, layerMemoryRow(model, seq, context.clock.wallSeconds()))
      })
    },
    hasPending: () => facts?.hasUnread(ID, LAYER_TOPIC) ?? false,
  }
}

/** {@link createLayerMemorySampler} in the default registry. */
export const layerMemorySpec: SamplerSpec = {
  apiVersion: 1,
  kind: 'sampler-spec',
  key: 'layer_memory',
  create: createLayerMemorySampler,
  profiles: ['deep'],
  drainOnRecordingStop: true,
}

function layerMemoryRow(model: LayerModelFact, seq: number, ts: number): WireRow {
  return {
    seq,
    ts,
    model_index: model.model_index,
    model_signature: modelSignature(model.layers, model.layer_bytes),
    total_param_bytes: model.layer_bytes.reduce((sum, value) => sum + value, 0),
    layer_count: model.layers.length,
    layers: model.layers,
    layer_bytes: model.layer_bytes,
    model_name: model.model_name,
    layer_types: model.layer_types,
    layer_trainable_bytes: model.layer_trainable_bytes,
  }
}
