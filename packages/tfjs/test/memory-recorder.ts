import {
  type JsonObject,
  PHASE_EVENTS,
  type Phase,
  type StepRecorder,
  type TrainingEnvironment,
} from '@traceml/contracts'

/** One committed step. */
export interface MemoryStep {
  readonly tracedMs: number
  readonly endMs: number
  readonly device: string
  readonly liveBytes: number | null
  readonly liveTensorCount: number | null
  /** Milliseconds by event name, summed; absent when never added. */
  readonly ms: Readonly<Record<string, number>>
  readonly calls: Readonly<Record<string, number>>
}

/** A recorder that keeps everything in memory, with the rules of the real one. */
export interface MemoryRecorder extends StepRecorder {
  enabled: boolean
  readonly steps: MemoryStep[]
  /** What was added and neither committed nor discarded. */
  readonly pending: ReadonlyMap<number, { ms: number; calls: number }>
  readonly environments: TrainingEnvironment[]
  readonly facts: { readonly topic: string; readonly fact: JsonObject }[]
  discards: number
}

/** Milliseconds of a phase in a step, or null when it was not recorded. */
export function phaseMs(step: MemoryStep, phase: Phase): number | null {
  if (phase === 'traced_step_time') return step.tracedMs
  return step.ms[PHASE_EVENTS[phase]] ?? null
}

/** Calls of a phase in a step. */
export function phaseCalls(step: MemoryStep, phase: Phase): number {
  return step.calls[PHASE_EVENTS[phase]] ?? 0
}

export function createMemoryRecorder(): MemoryRecorder {
  const names: string[] = []
  const pending = new Map<number, { ms: number; calls: number }>()
  let memory: readonly [number, number] | null = null
  let device = 'cpu'
  let owner: 'auto' | 'sdk' = 'auto'
  const recorder: MemoryRecorder = {
    enabled: true,
    steps: [],
    pending,
    environments: [],
    facts: [],
    discards: 0,
    get boundaryOwner() {
      return owner
    },
    slot(name) {
      const at = names.indexOf(name)
      return at >= 0 ? at : names.push(name) - 1
    },
    add(slot, durationMs) {
      if (!recorder.enabled || slot < 0) return
      if (!(durationMs >= 0)) throw new Error(`duration ${durationMs} of ${names[slot]}`)
      const event = pending.get(slot) ?? { ms: 0, calls: 0 }
      event.ms += durationMs
      event.calls++
      pending.set(slot, event)
    },
    commit(tracedMs, endMs) {
      if (!recorder.enabled) return
      if (!(tracedMs >= 0)) throw new Error(`traced step ${tracedMs}`)
      const ms: Record<string, number> = {}
      const calls: Record<string, number> = {}
      for (const [slot, event] of pending) {
        const name = names[slot] ?? `slot ${slot}`
        ms[name] = event.ms
        calls[name] = event.calls
      }
      const [liveBytes, liveTensorCount] = memory ?? [null, null]
      recorder.steps.push({ tracedMs, endMs, device, liveBytes, liveTensorCount, ms, calls })
      pending.clear()
      memory = null
    },
    discard() {
      recorder.discards++
      pending.clear()
      memory = null
    },
    setMemory(liveBytes, liveTensorCount) {
      memory = [liveBytes, liveTensorCount]
    },
    setDevice(label) {
      device = label
    },
    setEnvironment(environment) {
      if (recorder.environments.length === 0) recorder.environments.push(environment)
    },
    publish(topic, fact) {
      if (recorder.enabled) recorder.facts.push({ topic, fact: structuredClone(fact) })
    },
    claimBoundaries() {
      owner = 'sdk'
    },
  }
  return recorder
}
