import { LIVE_PHASES, type LivePhase, type LivePhasesMs } from '@traceml/contracts'
import type { LiveScenario } from './scenario.js'

/** A number from 0 to 1 that depends on its arguments alone. @internal */
export function noise(...seeds: readonly number[]): number {
  let state = 0x9e3779b9
  for (const seed of seeds) {
    state = Math.imul(state ^ (seed + 0x7f4a7c15), 0x85ebca6b)
    state ^= state >>> 13
  }
  state = Math.imul(state, 0xc2b2ae35)
  return ((state ^ (state >>> 16)) >>> 0) / 2 ** 32
}

/** @internal */
export const round = (value: number, digits = 3): number => Number(value.toFixed(digits))

/** @internal */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const high = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? 0)) / 2
}

/** A record over the parts of a step. @internal */
export function byPhase<Value>(read: (phase: LivePhase) => Value): Record<LivePhase, Value> {
  return {
    input_wait: read('input_wait'),
    h2d: read('h2d'),
    forward: read('forward'),
    backward: read('backward'),
    optimizer_step: read('optimizer_step'),
    residual: read('residual'),
  }
}

const PARTS: Readonly<Record<LivePhase, number>> = {
  input_wait: 0.24,
  h2d: 0.03,
  forward: 0.22,
  backward: 0.38,
  optimizer_step: 0.09,
  residual: 0.04,
}

/**
 * The parts of one step of one rank: ranks leave a step together, and whoever is early waits in
 * `backward`. @internal
 */
export function phasesOf(scenario: LiveScenario, rank: number, step: number): LivePhasesMs {
  const { meanStepMs, straggler } = scenario
  const isLateStep = straggler !== null && noise(step, 7) > 0.12
  const lateMs = isLateStep ? meanStepMs * 0.3 : 0
  const stall = noise(step, 3) > 0.97 ? meanStepMs * 1.5 : 0
  const phases = byPhase((phase) => {
    const jitter = 0.9 + 0.2 * noise(rank, step, PARTS[phase] * 1000)
    let ms = PARTS[phase] * meanStepMs * jitter
    if (phase === 'input_wait') ms += rank === straggler ? lateMs : stall
    if (phase === 'backward' && straggler !== null && rank !== straggler) ms += lateMs
    return round(ms)
  })
  // Without a device of its own there is nothing to copy to.
  return scenario.gpus ? phases : { ...phases, h2d: null }
}

/** Sum of the known parts. @internal */
export function stepTimeOf(phases: LivePhasesMs): number {
  return round(LIVE_PHASES.reduce((sum, phase) => sum + (phases[phase] ?? 0), 0))
}

/** Means over steps. @internal */
export function meanPhases(all: readonly LivePhasesMs[]): LivePhasesMs {
  return byPhase((phase) => {
    const values = all.flatMap((phases) => phases[phase] ?? [])
    const sum = values.reduce((total, value) => total + value, 0)
    return values.length === 0 ? null : round(sum / values.length)
  })
}
