import type {
  DeviceStepTime,
  DeviceTimeFact,
  RecordedStep,
  RowSink,
  Sampler,
  SamplerContext,
  SamplerSpec,
  WireRow,
} from '@traceml/contracts'
import { DEVICE_TIME_TOPIC, PHASE_EVENTS, SAMPLER_NAMES } from '@traceml/contracts'
import { createStepTimeSampler, STEP_TIME_ID } from './step-time.js'

const TABLE = SAMPLER_NAMES.stepTime.table
/** How long a step waits for its device times, and how many may wait. */
const PATIENCE_MS = 60_000
const MAX_HELD = 4_096

/** A step that waits, copied out of the ring. */
interface HeldStep {
  readonly step: number
  readonly endTimeSeconds: number
  readonly device: string
  readonly events: readonly HeldEvent[]
  readonly heldMs: number
}

interface HeldEvent {
  readonly name: string
  readonly ms: number
  readonly calls: number
}

/**
 * The step-time sampler for trainings whose GPU times come to know after the step: once somebody
 * publishes such times, each row waits for its own, in order. Until then it is the plain sampler.
 */
export function createDeviceStepTimeSampler(): Sampler {
  const plain = createStepTimeSampler()
  const times = new Map<number, DeviceStepTime>()
  let held: HeldStep[] = []
  let seq = 0
  let newestTimed = 0
  let isOpen = false
  let hasStarted = false
  let context: SamplerContext | null = null

  const readFacts = (): void => {
    context?.facts?.read(STEP_TIME_ID, DEVICE_TIME_TOPIC, (fact) => {
      const known = fact as DeviceTimeFact
      isOpen = known.kind !== 'end'
      if (known.kind === 'start') hasStarted = true
      if (known.kind !== 'steps') return
      for (const time of known.steps) {
        times.set(time.step, time)
        newestTimed = Math.max(newestTimed, time.step)
      }
    })
  }
  /** Times come in the order of steps: one that was passed over, or waited in vain, has none. */
  const isSettled = (step: HeldStep, nowMs: number): boolean =>
    !isOpen || step.step <= newestTimed || nowMs - step.heldMs > PATIENCE_MS
  const release = (sink: RowSink, nowMs: number): void => {
    let count = 0
    for (const step of held) {
      if (!isSettled(step, nowMs) && held.length - count <= MAX_HELD) break
      sink.emit(TABLE, rowOf(step, times.get(step.step) ?? null, seq))
      times.delete(step.step)
      count += 1
    }
    held = held.slice(count)
  }

  return {
    ...plain,
    start(given) {
      context = given
      return plain.start?.(given)
    },
    sample(sink, given) {
      readFacts()
      if (!hasStarted) return plain.sample(sink, given)
      seq += 1
      const nowMs = given.clock.monotonicMs()
      given.steps?.read(STEP_TIME_ID, (step) => held.push(copyOf(step, nowMs)))
      release(sink, nowMs)
    },
    hasPending: () => held.length > 0 || (plain.hasPending?.() ?? false),
  }
}

/** {@link createDeviceStepTimeSampler} among the samplers of a page. */
export const deviceStepTimeSpec: SamplerSpec = {
  apiVersion: 1,
  kind: 'sampler-spec',
  key: 'step_time',
  create: createDeviceStepTimeSampler,
  drainOnRecordingStop: true,
}

function copyOf(step: RecordedStep, heldMs: number): HeldStep {
  const events = Array.from({ length: step.eventCount }, (_, index) => ({
    name: step.eventName(index),
    ms: step.eventMs(index),
    calls: step.eventCalls(index),
  }))
  const { endTimeSeconds, device } = step
  return { step: step.step, endTimeSeconds, device, events, heldMs }
}

/**
 * The row of a step with both clocks. What the GPU waited for input is the gap before the step, at
 * most as long as the host waited; the rest of the gap is part of the step, as it is on the host.
 */
function rowOf(step: HeldStep, time: DeviceStepTime | null, seq: number): WireRow {
  const hostMs = new Map(step.events.map(({ name, ms }) => [name, ms]))
  const deviceMs = new Map(time === null ? [] : deviceTimes(hostMs, time))
  const calls = new Map(step.events.map((event) => [event.name, event.calls]))
  const names = new Set([...hostMs.keys(), ...deviceMs.keys()])
  const events: Record<string, WireRow> = {}
  for (const name of names) {
    const cpu = hostMs.get(name) ?? null
    const gpu = deviceMs.get(name) ?? null
    events[name] = {
      [step.device]: {
        is_gpu: gpu !== null,
        duration_ms: gpu ?? cpu,
        cpu_ms: cpu,
        gpu_ms: gpu,
        n_calls: calls.get(name) ?? 1,
      },
    }
  }
  return { seq, timestamp: step.endTimeSeconds, step: step.step, events }
}

function deviceTimes(
  hostMs: ReadonlyMap<string, number>,
  time: DeviceStepTime,
): [string, number][] {
  const inputMs = hostMs.get(PHASE_EVENTS.input_wait) ?? 0
  const stepMs = inputMs + (hostMs.get(PHASE_EVENTS.traced_step_time) ?? 0)
  // What lies between two steps and belongs to none (a validation) is in the gap, too.
  const gapMs = Math.min(time.gap_ms ?? inputMs, stepMs)
  const waitedMs = Math.min(gapMs, inputMs)
  const all: readonly (readonly [string, number | null])[] = [
    [PHASE_EVENTS.input_wait, waitedMs],
    [PHASE_EVENTS.forward, time.forward_ms],
    [PHASE_EVENTS.backward, time.backward_ms],
    [PHASE_EVENTS.optimizer_step, time.optimizer_ms],
    [PHASE_EVENTS.traced_step_time, gapMs - waitedMs + time.span_ms],
  ]
  return all.flatMap(([name, ms]) => (ms === null ? [] : [[name, ms] as [string, number]]))
}
