import type { PhaseSamples } from '@traceml/analysis'
import type { Random } from './random.js'

/** The phases of a typical step in milliseconds; `rest` is residual. */
export interface StepShape {
  readonly input: number
  readonly h2d: number
  readonly forward: number
  readonly backward: number
  readonly optimizer: number
  readonly rest: number
}

export type Part = keyof StepShape

/** A step of 83 ms in which nothing dominates. */
export const BALANCED: StepShape = {
  input: 4,
  h2d: 10,
  forward: 30,
  backward: 30,
  optimizer: 5,
  rest: 4,
}

/** What happens in a run besides noise. */
export interface RunOptions {
  readonly stepCount: number
  readonly shape: StepShape
  /** Standard deviation of the logarithm of each part. */
  readonly noise: number
  readonly rankCount?: number
  /** Milliseconds that a part takes longer, by rank and step. */
  extra?(part: Part, rank: number, step: number): number
  /** Ranks leave backward together. Default true. */
  readonly isSynchronized?: boolean
}

const PARTS: readonly Part[] = ['input', 'h2d', 'forward', 'backward', 'optimizer', 'rest']

/**
 * Simulates data-parallel training: every rank does its own work, and backward ends on all ranks
 * when the last one has arrived and done it.
 */
export function simulateRun(random: Random, options: RunOptions): PhaseSamples[] {
  const { stepCount, shape, noise, rankCount = 1, isSynchronized = true } = options
  const columns = Array.from({ length: rankCount }, () => ({
    input_wait: new Float64Array(stepCount),
    h2d: new Float64Array(stepCount),
    forward: new Float64Array(stepCount),
    backward: new Float64Array(stepCount),
    optimizer_step: new Float64Array(stepCount),
    traced_step_time: new Float64Array(stepCount),
  }))
  for (let step = 0; step < stepCount; step++) {
    const works = columns.map((_, rank) => {
      const work = Object.fromEntries(
        PARTS.map((part) => [
          part,
          shape[part] * Math.exp(noise * random.normal() - (noise * noise) / 2) +
            (options.extra?.(part, rank, step) ?? 0),
        ]),
      ) as Record<Part, number>
      return { ...work, ready: work.input + work.h2d + work.forward + work.backward }
    })
    const last = Math.max(...works.map(({ ready }) => ready))
    for (const [rank, column] of columns.entries()) {
      const work = works[rank] as (typeof works)[number]
      const backward = work.backward + (isSynchronized ? last - work.ready : 0)
      column.input_wait[step] = work.input
      column.h2d[step] = work.h2d
      column.forward[step] = work.forward
      column.backward[step] = backward
      column.optimizer_step[step] = work.optimizer
      column.traced_step_time[step] =
        work.h2d + work.forward + backward + work.optimizer + work.rest
    }
  }
  return columns
}
