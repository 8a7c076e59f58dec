import {
  LAYER_KINDS,
  type LayerKind,
  type LayerModelRow,
  type LayerSampleRow,
} from '@traceml/contracts'

type Columns = Readonly<Record<string, unknown>>

/** A row of `layer_models` by its columns; lists that cannot be read are empty, or null. */
export function layerModelRow(columns: Columns): LayerModelRow {
  return {
    ...startOf(columns),
    model_index: number(columns['model_index']),
    model_name: text(columns['model_name']),
    model_signature: text(columns['model_signature']),
    layers: (list(columns['layers_json']) ?? []) as readonly string[],
    layer_bytes: (list(columns['layer_bytes_json']) ?? []) as readonly number[],
    layer_types: list(columns['layer_types_json']) as readonly (string | null)[] | null,
    layer_trainable_bytes: list(columns['layer_trainable_bytes_json']) as readonly number[] | null,
  }
}

/**
 * A row of `layer_samples` by its columns, its names in `layers_json`. Null when it is of a kind
 * that is not known here.
 */
export function layerSampleRow(columns: Columns): LayerSampleRow | null {
  const kind = columns['kind']
  if (!LAYER_KINDS.includes(kind as LayerKind)) return null
  return {
    ...startOf(columns),
    kind: kind as LayerKind,
    model_id: number(columns['model_id']),
    step: number(columns['step']),
    device: text(columns['device']),
    layers: (list(columns['layers_json']) ?? []) as readonly string[],
    values: numbers(columns['values_json']) ?? [],
    gpu_ms: numbers(columns['gpu_ms_json']),
    n_calls: numbers(columns['n_calls_json']),
    phase_cpu_ms: number(columns['phase_cpu_ms']),
    phase_gpu_ms: number(columns['phase_gpu_ms']),
    every: number(columns['every']),
    cost_ms: number(columns['cost_ms']),
    step_ms: number(columns['step_ms']),
  }
}

function startOf(
  columns: Columns,
): Pick<LayerModelRow, 'id' | 'global_rank' | 'node_rank' | 'hostname' | 'sample_ts_s'> {
  return {
    id: number(columns['id']) ?? 0,
    global_rank: number(columns['global_rank']),
    node_rank: number(columns['node_rank']),
    hostname: text(columns['hostname']),
    sample_ts_s: number(columns['sample_ts_s']),
  }
}

function list(value: unknown): readonly unknown[] | null {
  if (typeof value !== 'string') return null
  try {
    const parsed: unknown = JSON.parse(value)
    return Array.isArray(parsed) ? parsed : null
  } catch {
    return null
  }
}

function numbers(value: unknown): readonly (number | null)[] | null {
  return list(value)?.map(number) ?? null
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
