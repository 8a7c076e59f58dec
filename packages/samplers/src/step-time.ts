import type { RecordedStep, RowSink, Sampler, SamplerSpec, WireRow } from '@traceml/contracts'
import { SAMPLER_NAMES } from '@traceml/contracts'
import { mapHeader, RowWriter, template } from './internal/row-writer.js'

/** The name under which step times are read. */
export const STEP_TIME_ID = 'step-time'
const TABLE = SAMPLER_NAMES.stepTime.table
const ROWS_PER_CHUNK = 1_000

/**
 * One row per completed step: `events[name][device]` with host milliseconds summed over calls.
 *
 * Where the sink takes encoded rows, they are written straight from the ring's record, without
 * an object per row: 50,000 steps a second cost a few percent of one core.
 */
export function createStepTimeSampler(): Sampler {
  const rows = new StepTimeRows()
  let seq = 0
  let steps: { hasUnread(reader: string): boolean } | null = null
  return {
    apiVersion: 1,
    kind: 'sampler',
    id: STEP_TIME_ID,
    samplerName: SAMPLER_NAMES.stepTime.sampler,
    start: (context) => {
      steps = context.steps
    },
    sample(sink, context) {
      seq += 1
      if (context.steps === null) return
      rows.begin(sink, seq)
      context.steps.read(STEP_TIME_ID, rows.visit)
      rows.end()
    },
    hasPending: () => steps?.hasUnread(STEP_TIME_ID) ?? false,
  }
}

/** {@link createStepTimeSampler} in the default registry. */
export const stepTimeSpec: SamplerSpec = {
  apiVersion: 1,
  kind: 'sampler-spec',
  key: 'step_time',
  create: createStepTimeSampler,
  profiles: ['run', 'deep'],
  drainOnRecordingStop: true,
}

const ROW_START = template(mapHeader(4), 'seq')
const TIMESTAMP = template('timestamp')
const STEP = template('step')
const EVENTS = template('events')
const CPU_MS = template('cpu_ms')
const EVENT_END = template('gpu_ms', [0xc0], 'n_calls')

/** Turns steps into rows; one object for the sampler's life, so that a tick allocates little. */
class StepTimeRows {
  readonly #writer: RowWriter = new RowWriter()
  readonly #prefixes: Map<string, Map<string, Uint8Array>> = new Map()
  readonly #mapHeaders: Uint8Array[] = []
  #sink: RowSink | null = null
  #seq = 0
  #waiting = 0

  begin(sink: RowSink, seq: number): void {
    this.#sink = sink
    this.#seq = seq
  }

  end(): void {
    this.#flush()
    this.#sink = null
  }

  readonly visit = (step: RecordedStep): void => {
    if (this.#sink?.emitEncoded === undefined) {
      this.#sink?.emit(TABLE, stepTimeRow(step, this.#seq))
      return
    }
    this.#write(step)
    this.#waiting += 1
    if (this.#waiting === ROWS_PER_CHUNK) this.#flush()
  }

  #write(step: RecordedStep): void {
    const writer = this.#writer
    const prefixes = this.#prefixesOf(step.device)
    const count = step.eventCount
    writer.raw(ROW_START)
    writer.count(this.#seq)
    writer.raw(TIMESTAMP)
    writer.float(step.endTimeSeconds)
    writer.raw(STEP)
    writer.count(step.step)
    writer.raw(EVENTS)
    writer.raw(this.#mapHeader(count))
    for (let index = 0; index < count; index += 1) {
      const ms = step.eventMs(index)
      writer.raw(prefixOf(prefixes, step.eventName(index), step.device))
      writer.float(ms)
      writer.raw(CPU_MS)
      writer.float(ms)
      writer.raw(EVENT_END)
      writer.count(step.eventCalls(index))
    }
  }

  #mapHeader(count: number): Uint8Array {
    let header = this.#mapHeaders[count]
    if (header === undefined) {
      header = template(mapHeader(count))
      this.#mapHeaders[count] = header
    }
    return header
  }

  #flush(): void {
    if (this.#waiting === 0) return
    this.#sink?.emitEncoded?.(TABLE, this.#writer.take(), this.#waiting)
    this.#waiting = 0
  }

  #prefixesOf(device: string): Map<string, Uint8Array> {
    let prefixes = this.#prefixes.get(device)
    if (prefixes === undefined) {
      prefixes = new Map()
      this.#prefixes.set(device, prefixes)
    }
    return prefixes
  }
}

function prefixOf(known: Map<string, Uint8Array>, name: string, device: string): Uint8Array {
  let prefix = known.get(name)
  if (prefix === undefined) {
    prefix = template(name, mapHeader(1), device, mapHeader(5), 'is_gpu', [0xc2], 'duration_ms')
    known.set(name, prefix)
  }
  return prefix
}

/** The row of one step as an object, exactly as it travels. */
export function stepTimeRow(step: RecordedStep, seq: number): WireRow {
  const events: Record<string, WireRow> = {}
  for (let index = 0; index < step.eventCount; index += 1) {
    const ms = step.eventMs(index)
    events[step.eventName(index)] = {
      [step.device]: {
        is_gpu: false,
        duration_ms: ms,
        cpu_ms: ms,
        gpu_ms: null,
        n_calls: step.eventCalls(index),
      },
    }
  }
  return { seq, timestamp: step.endTimeSeconds, step: step.step, events }
}
