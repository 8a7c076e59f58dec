import { findSteadyDurations, STEADY_STEP_LIMITS } from '../step-time/steady-steps.js'
import type { LayerClock, PlacedRow, RankRows } from './rank-rows.js'
import { isOnClock } from './rank-rows.js'

/** A sampled step of one rank: the rows of all models, on one clock. */
export interface RankStep {
  readonly step: number
  readonly forward: readonly PlacedRow[]
  readonly backward: readonly PlacedRow[]
}

/** The sampled steps that speak for a rank, ascending, and how many do not. */
export interface RankSteps {
  readonly steps: readonly RankStep[]
  /** Left out: slow first steps, and single ones that stand out. */
  readonly unsteadyCount: number
}

/**
 * The sampled steps of a rank. Only the newest that every model's rows reach back to, since the
 * reader brings equally many of each model; without warm-up and isolated stalls.
 */
export function rankSteps(rows: RankRows, clock: LayerClock): RankSteps {
  const forward = byStep(rows.forward_time, clock)
  const backward = byStep(rows.backward_time, clock)
  const all = [...new Set([...forward.keys(), ...backward.keys()])].toSorted((a, b) => a - b)
  const depth = Math.max(deepestModel(rows.forward_time), deepestModel(rows.backward_time))
  const steps = all.slice(-depth).map((step) => ({
    step,
    forward: forward.get(step) ?? [],
    backward: backward.get(step) ?? [],
  }))
  const first = steps[0]
  if (first === undefined) return { steps, unsteadyCount: 0 }
  const every = first.forward[0]?.row.every ?? 1
  const { kept } = findSteadyDurations(
    Float64Array.from(steps, (step) => stepDuration(step, clock)),
    first.step <= 2 * every,
    STEADY_STEP_LIMITS,
  )
  return {
    steps: Array.from(kept, (position) => steps[position] as RankStep),
    unsteadyCount: steps.length - kept.length,
  }
}

function byStep(rows: readonly PlacedRow[], clock: LayerClock): Map<number, PlacedRow[]> {
  const steps = new Map<number, PlacedRow[]>()
  for (const placed of rows) {
    if (!isOnClock(placed.row, clock)) continue
    const known = steps.get(placed.step)
    if (known === undefined) steps.set(placed.step, [placed])
    else known.push(placed)
  }
  return steps
}

function deepestModel(rows: readonly PlacedRow[]): number {
  const counts = new Map<number, number>()
  for (const { model } of rows) counts.set(model, (counts.get(model) ?? 0) + 1)
  return Math.max(1, ...counts.values())
}

function stepDuration({ forward, backward }: RankStep, clock: LayerClock): number {
  return halfDuration(forward, clock) + halfDuration(backward, clock)
}

/** The whole phase where it is known, else its layers. */
function halfDuration(rows: readonly PlacedRow[], clock: LayerClock): number {
  return phaseMs(rows, clock) ?? layersMs(rows, clock)
}

/** Duration of the phase that these rows of all models are of; null when not known. */
export function phaseMs(rows: readonly PlacedRow[], clock: LayerClock): number | null {
  let longest: number | null = null
  for (const { row } of rows) {
    const phase = measured(clock === 'gpu' ? row.phase_gpu_ms : row.phase_cpu_ms)
    if (phase !== null && (longest === null || phase > longest)) longest = phase
  }
  return longest
}

/** Self times of all layers of these rows. */
export function layersMs(rows: readonly PlacedRow[], clock: LayerClock): number {
  let sum = 0
  for (const { row } of rows) {
    for (const time of timesOf(row, clock)) sum += measured(time) ?? 0
  }
  return sum
}

/** The times of a row on a clock, parallel to its layers. */
export function timesOf(
  row: PlacedRow['row'],
  clock: LayerClock,
): readonly (number | null | undefined)[] {
  return clock === 'gpu' ? (row.gpu_ms ?? []) : row.values
}

/** A measured quantity, or null for anything that is none. */
export function measured(value: number | null | undefined): number | null {
  return typeof value === 'number' && value >= 0 && value < Infinity ? value : null
}
