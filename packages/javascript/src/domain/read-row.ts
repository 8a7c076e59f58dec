import type { JavaScriptFact, JsonObject, JsonValue } from '@traceml/contracts'
import type { JavaScriptRuntimeRow } from '../row.js'

type FactOf<Kind extends JavaScriptFact['kind']> = Extract<JavaScriptFact, { kind: Kind }>

const NO_CALLS = { calls: 0, rises: [] }

const COUNTERS: FactOf<'counters'> = {
  kind: 'counters',
  host: 'node',
  backend: null,
  step: 0,
  gpu_used_bytes: null,
  gpu_allocated_bytes: null,
  wasm_heap_bytes: null,
  wasm_heap_start_bytes: null,
  wasm_heap_growths: 0,
  available_bytes: null,
  upload_tensors: 0,
  upload_bytes: 0,
  multiply_adds_per_step: null,
  kernels_per_step: null,
  new_shape_steps: 0,
  new_shape_ms: 0,
  known_shape_steps: 0,
  known_shape_ms: 0,
  slow_shape_steps: 0,
  slow_shape_ms: 0,
  slow_shapes: [],
  calls: { fit: NO_CALLS, epoch: NO_CALLS, save: NO_CALLS },
  yield_every: null,
  unreliable_reasons: [],
}

const LOOP: FactOf<'loop'> = {
  kind: 'loop',
  turns: 0,
  delay_p99_ms: 0,
  longest_ms: 0,
  longest_step: 0,
  waiting: [],
}

const GARBAGE: FactOf<'garbage'> = {
  kind: 'garbage',
  observed_ms: 0,
  garbage_ms: 0,
  collections: 0,
  longest_ms: 0,
}

const LOST: FactOf<'context_lost'> = {
  kind: 'context_lost',
  api: 'webgl',
  step: 0,
  gpu_bytes: null,
}

const ROW: Omit<JavaScriptRuntimeRow, 'counters' | 'loop' | 'garbage' | 'context_lost'> = {
  seq: 0,
  ts: 0,
  steps: {
    newest: 0,
    counted: 0,
    seconds: 0,
    step_ms: 0,
    upload_ms: 0,
    sync_read_ms: 0,
    sync_reads: 0,
    async_read_ms: 0,
    async_reads: 0,
    yield_ms: 0,
    yields: 0,
    first_step_ms: null,
    median_step_ms: null,
  },
  tensors: { series: [], ups: 0, downs: 0, levels: 0 },
  visibility: {
    hidden_since_step: null,
    hidden_steps: 0,
    hidden_median_ms: null,
    shown_median_ms: null,
    held_steps: 0,
    held_seconds: 0,
  },
  gpu_pool: { start_bytes: null, rises: 0 },
  sites: [],
}

/** A row of the history as facts: what is missing or of another type is as if it had not been measured. */
export function readRow(row: JsonObject): JavaScriptRuntimeRow {
  const known = conform(ROW, row)
  const part = <Part extends object>(template: Part, value: unknown): Part | null =>
    isObject(value) ? conform(template, value) : null
  return {
    ...known,
    tensors: { ...known.tensors, series: known.tensors.series.filter(isPoint) },
    sites: known.sites.filter((site) => isObject(site) && typeof site.at === 'string'),
    counters: part(COUNTERS, row['counters']),
    loop: part(LOOP, row['loop']),
    garbage: part(GARBAGE, row['garbage']),
    context_lost: part(LOST, row['context_lost']),
  }
}

/** `value` in the shape of `template`: an empty list takes any list, null any scalar. */
function conform<Shape>(template: Shape, value: unknown): Shape {
  if (Array.isArray(template)) return (Array.isArray(value) ? value : template) as Shape
  if (isObject(template)) {
    const from = isObject(value) ? value : {}
    return Object.fromEntries(
      Object.entries(template).map(([key, part]) => [key, conform(part, from[key])]),
    ) as Shape
  }
  const isUsable =
    typeof value === 'number' ? Number.isFinite(value) : typeof value === 'string' && value !== ''
  if (template === null) return (isUsable ? value : null) as Shape
  return isUsable && typeof value === typeof template ? (value as Shape) : template
}

function isObject(value: unknown): value is Readonly<Record<string, JsonValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isPoint(value: unknown): boolean {
  return Array.isArray(value) && value.length === 3 && value.every(Number.isFinite)
}
