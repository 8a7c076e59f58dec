import type { LayerKind, LayerModelRow, LayerSampleRow } from '@traceml/contracts'

const NO_RANK = { node_rank: 0, hostname: 'host0', sample_ts_s: 1 }

/**
 * A row of a model as a producer sends it that says nothing but the layers.
 *
 * @param layerBytes - Bytes of the parameters by layer, in the order of the model.
 * @param rest - Other columns; default rank 0, model 0 without a name.
 */
export function layerModelFixture(
  layerBytes: Readonly<Record<string, number>>,
  rest: Partial<LayerModelRow> = {},
): LayerModelRow {
  return {
    ...NO_RANK,
    id: 1,
    global_rank: 0,
    model_index: 0,
    model_name: null,
    model_signature: null,
    layers: Object.keys(layerBytes),
    layer_bytes: Object.values(layerBytes),
    layer_types: null,
    layer_trainable_bytes: null,
    ...rest,
  }
}

/**
 * A row of a sampled step as a producer sends it that says nothing but the quantity.
 *
 * @param values - Milliseconds or bytes by layer.
 * @param rest - Other columns; default rank 0, model 0, one call a layer, no device times.
 */
export function layerSampleFixture(
  kind: LayerKind,
  step: number,
  values: Readonly<Record<string, number | null>>,
  rest: Partial<LayerSampleRow> = {},
): LayerSampleRow {
  const layers = Object.keys(values)
  return {
    ...NO_RANK,
    id: step,
    global_rank: 0,
    kind,
    model_id: 0,
    step,
    device: null,
    layers,
    values: Object.values(values),
    gpu_ms: null,
    n_calls: kind.endsWith('_time') ? layers.map(() => 1) : null,
    phase_cpu_ms: null,
    phase_gpu_ms: null,
    every: null,
    cost_ms: null,
    step_ms: null,
    ...rest,
  }
}
