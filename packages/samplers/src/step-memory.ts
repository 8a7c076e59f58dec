import type { RecordedStep, RowSink, Sampler, SamplerSpec, WireRow } from '@traceml/contracts'
import { SAMPLER_NAMES } from '@traceml/contracts'
import { mapHeader, RowWriter, template } from './internal/row-writer.js'

const ID = 'step-memory'
const TABLE = SAMPLER_NAMES.stepMemory.table
const ROWS_PER_CHUNK = 1_000

/**
 * One row per step whose live tensors are known. A step without a memory figure gives no row:
 * it would say nothing. Peaks are null, for no host allocator has such a counter.
 */
export function createStepMemorySampler(): Sampler {
  const rows = new StepMemoryRows()
  let seq = 0
  let steps: { hasUnread(reader: string): boolean } | null = null
  return {
    apiVersion: 1,
    kind: 'sampler',
    id: ID,
    samplerName: SAMPLER_NAMES.stepMemory.sampler,
    start: (context) => {
      steps = context.steps
    },
    sample(sink, context) {
      seq += 1
      if (context.steps === null) return
      context.steps.read(ID, (step) => rows.add(sink, step, seq))
      rows.flush(sink)
    },
    hasPending: () => steps?.hasUnread(ID) ?? false,
  }
}

/** {@link createStepMemorySampler} in the default registry. */
export const stepMemorySpec: SamplerSpec = {
  apiVersion: 1,
  kind: 'sampler-spec',
  key: 'step_memory',
  create: createStepMemorySampler,
  profiles: ['run', 'deep'],
  drainOnRecordingStop: true,
}

const ROW_START = template(mapHeader(9), 'seq')
const TS = template('ts')
const DEVICE = template('model_id', [0xc0], 'device')
const STEP = template('step')
const LIVE_BYTES = template('peak_alloc', [0xc0], 'peak_resv', [0xc0], 'live_bytes')
const LIVE_TENSORS = template('live_tensor_count')

/** Encodes rows where the sink takes them so; one object for the sampler's life. */
class StepMemoryRows {
  readonly #writer: RowWriter = new RowWriter()
  readonly #devices: Map<string, Uint8Array> = new Map()
  #waiting = 0

  add(sink: RowSink, step: RecordedStep, seq: number): void {
    if (step.liveBytes === null) return
    if (sink.emitEncoded === undefined) {
      sink.emit(TABLE, stepMemoryRow(step, seq))
      return
    }
    this.#write(step, step.liveBytes, seq)
    this.#waiting += 1
    if (this.#waiting === ROWS_PER_CHUNK) this.flush(sink)
  }

  flush(sink: RowSink): void {
    if (this.#waiting > 0) sink.emitEncoded?.(TABLE, this.#writer.take(), this.#waiting)
    this.#waiting = 0
  }

  #write(step: RecordedStep, liveBytes: number, seq: number): void {
    const writer = this.#writer
    writer.raw(ROW_START)
    writer.count(seq)
    writer.raw(TS)
    writer.float(step.endTimeSeconds)
    writer.raw(DEVICE)
    writer.raw(this.#device(step.device))
    writer.raw(STEP)
    writer.count(step.step)
    writer.raw(LIVE_BYTES)
    writer.count(liveBytes)
    writer.raw(LIVE_TENSORS)
    if (step.liveTensorCount === null) writer.nil()
    else writer.count(step.liveTensorCount)
  }

  #device(label: string): Uint8Array {
    let bytes = this.#devices.get(label)
    if (bytes === undefined) {
      bytes = template(label)
      this.#devices.set(label, bytes)
    }
    return bytes
  }
}

/** The row of one step as an object, exactly as it travels. */
export function stepMemoryRow(step: RecordedStep, seq: number): WireRow {
  return {
    seq,
    ts: step.endTimeSeconds,
    model_id: null,
    device: step.device,
    step: step.step,
    peak_alloc: null,
    peak_resv: null,
    live_bytes: step.liveBytes,
    live_tensor_count: step.liveTensorCount,
  }
}
