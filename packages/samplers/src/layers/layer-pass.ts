import type { FactSource, LayerPass, Sampler, SamplerSpec, WireRow } from '@traceml/contracts'
import { LAYER_TOPIC, SAMPLER_NAMES } from '@traceml/contracts'
import { readStepFact, type StepReading } from './read-fact.js'
import { pick, sortedOrder } from './sorted-order.js'

/** The row of a sampled step; null when it has nothing to say. */
type ToRow = (step: StepReading, seq: number) => WireRow | null

interface Kind {
  readonly id: string
  readonly key: string
  readonly names: { readonly sampler: string; readonly table: string }
  readonly toRow: ToRow
  /** What `seq` counts, as in every other client: ticks, or rows. */
  readonly counts: 'ticks' | 'rows'
}

const KINDS = {
  forwardMemory: {
    id: 'layer-forward-memory',
    key: 'layer_forward_memory',
    names: SAMPLER_NAMES.layerForwardMemory,
    toRow: (step, seq) => memoryRow(step, step.forward, seq),
    counts: 'ticks',
  },
  backwardMemory: {
    id: 'layer-backward-memory',
    key: 'layer_backward_memory',
    names: SAMPLER_NAMES.layerBackwardMemory,
    toRow: (step, seq) => memoryRow(step, step.backward, seq),
    counts: 'ticks',
  },
  forwardTime: {
    id: 'layer-forward-time',
    key: 'layer_forward_time',
    names: SAMPLER_NAMES.layerForwardTime,
    toRow: (step, seq) => {
      const row = timeRow(step, step.forward, seq)
      const { every, cost_ms, step_ms } = step
      return row === null ? null : { ...row, every, cost_ms, step_ms }
    },
    counts: 'rows',
  },
  backwardTime: {
    id: 'layer-backward-time',
    key: 'layer_backward_time',
    names: SAMPLER_NAMES.layerBackwardTime,
    toRow: (step, seq) => timeRow(step, step.backward, seq),
    counts: 'rows',
  },
} as const satisfies Readonly<Record<string, Kind>>

/** Bytes of the largest output of every layer, one row per sampled step. */
export function createLayerForwardMemorySampler(): Sampler {
  return createPassSampler(KINDS.forwardMemory)
}

/** Bytes of the largest gradient of every layer's outputs, one row per sampled step. */
export function createLayerBackwardMemorySampler(): Sampler {
  return createPassSampler(KINDS.backwardMemory)
}

/** Self times of the layers in the forward pass, one row per sampled step. */
export function createLayerForwardTimeSampler(): Sampler {
  return createPassSampler(KINDS.forwardTime)
}

/** Self times of the layers in the backward pass, one row per sampled step. */
export function createLayerBackwardTimeSampler(): Sampler {
  return createPassSampler(KINDS.backwardTime)
}

/** {@link createLayerForwardMemorySampler} in the default registry. */
export const layerForwardMemorySpec: SamplerSpec = specOf(
  KINDS.forwardMemory,
  createLayerForwardMemorySampler,
)

/** {@link createLayerBackwardMemorySampler} in the default registry. */
export const layerBackwardMemorySpec: SamplerSpec = specOf(
  KINDS.backwardMemory,
  createLayerBackwardMemorySampler,
)

/** {@link createLayerForwardTimeSampler} in the default registry. */
export const layerForwardTimeSpec: SamplerSpec = specOf(
  KINDS.forwardTime,
  createLayerForwardTimeSampler,
)

/** {@link createLayerBackwardTimeSampler} in the default registry. */
export const layerBackwardTimeSpec: SamplerSpec = specOf(
  KINDS.backwardTime,
  createLayerBackwardTimeSampler,
)

function specOf({ key }: Kind, create: () => Sampler): SamplerSpec {
  return {
    apiVersion: 1,
    kind: 'sampler-spec',
    key,
    create,
    profiles: ['deep'],
    drainOnRecordingStop: true,
  }
}

function createPassSampler({ id, names, toRow, counts }: Kind): Sampler {
  let ticks = 0
  let rows = 0
  let facts: FactSource | null = null
  return {
    apiVersion: 1,
    kind: 'sampler',
    id,
    samplerName: names.sampler,
    start: (context) => {
      facts = context.facts ?? null
    },
    sample(sink) {
      ticks += 1
      facts?.read(id, LAYER_TOPIC, (fact) => {
        const step = readStepFact(fact)
        const row = step === null ? null : toRow(step, counts === 'ticks' ? ticks : rows + 1)
        if (row === null) return
        rows += 1
        sink.emit(names.table, row)
      })
    },
    hasPending: () => facts?.hasUnread(id, LAYER_TOPIC) ?? false,
  }
}

/** Layers whose bytes are not known are left out. */
function memoryRow(step: StepReading, pass: LayerPass | null, seq: number): WireRow | null {
  if (pass === null) return null
  const order = sortedOrder(pass.layers).filter((index) => pass.bytes[index] !== null)
  if (order.length === 0) return null
  return {
    ...startOf(step, seq),
    layers: pick(pass.layers, order),
    layer_bytes: pick(pass.bytes, order),
  }
}

function timeRow(step: StepReading, pass: LayerPass | null, seq: number): WireRow | null {
  if (pass === null || pass.layers.length === 0) return null
  const order = sortedOrder(pass.layers)
  return {
    ...startOf(step, seq),
    layers: pick(pass.layers, order),
    cpu_ms: pick(pass.cpu_ms, order),
    gpu_ms: pick(pass.gpu_ms, order),
    n_calls: pick(pass.n_calls, order),
    phase_cpu_ms: pass.phase_cpu_ms,
    phase_gpu_ms: pass.phase_gpu_ms,
  }
}

function startOf(step: StepReading, seq: number): WireRow {
  return { seq, ts: step.ts, model_id: step.model_index, step: step.step, device: step.device }
}
