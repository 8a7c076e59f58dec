import {
  InputError,
  PHASE_INDEX,
  PHASES,
  type Phase,
  type RankStepColumns,
  type StepClock,
  type StepTimeSnapshot,
  type TrainingStrategy,
} from '@traceml/contracts'

/**
 * Milliseconds of one rank per phase, one entry a step, oldest first; null and NaN are "not
 * measured". An absent phase was never measured. All arrays have the same length; shape [steps].
 */
export type PhaseSamples = Readonly<Partial<Record<Phase, ArrayLike<number | null>>>>

/** Options of `snapshotFromDurations`. */
export interface SnapshotFromDurationsOptions {
  /** Which clock measured the durations. Default `cpu`. */
  readonly clock?: StepClock
  /** Number of the first step. Default 1. */
  readonly firstStep?: number
  /** Default `ddp`. */
  readonly trainingStrategy?: TrainingStrategy
}

function fail(message: string): never {
  throw new InputError('TRACEML_INPUT_INVALID', message)
}

/** Length that all phases of a rank share. */
function commonLength(samples: PhaseSamples, rank: number): number {
  if (typeof samples !== 'object' || samples === null) {
    fail(`The durations of rank ${String(rank)} are ${String(samples)}; give arrays by phase.`)
  }
  let first: readonly [string, number] | null = null
  for (const [phase, values] of Object.entries(samples)) {
    if (!(PHASES as readonly string[]).includes(phase)) {
      fail(`"${phase}" of rank ${String(rank)} is no phase; use ${PHASES.join(', ')}.`)
    }
    const length: unknown = (values as unknown as ArrayLike<unknown> | null)?.length
    if (typeof values !== 'object' || typeof length !== 'number') {
      fail(`${phase} of rank ${String(rank)} is ${typeof values}; give an array of milliseconds.`)
    }
    first ??= [phase, length]
    if (length !== first[1]) {
      fail(
        `${phase} of rank ${String(rank)} has ${String(length)} values and ${first[0]} has ${String(first[1])}; give one value a step to each.`,
      )
    }
  }
  return first?.[1] ?? 0
}

function toColumns(
  samples: PhaseSamples,
  globalRank: number,
  clock: StepClock,
  firstStep: number,
): RankStepColumns {
  const count = commonLength(samples, globalRank)
  const missing = new Float64Array(count).fill(Number.NaN)
  const measured = PHASES.map(() => missing)
  const present = new Uint8Array(count)
  for (const phase of PHASES) {
    const values = samples[phase]
    if (values === undefined) continue
    const column = new Float64Array(count)
    for (let i = 0; i < count; i++) {
      const value = values[i] ?? null
      if (value !== null && typeof value !== 'number') {
        fail(
          `${phase}[${String(i)}] of rank ${String(globalRank)} is ${typeof value}; give milliseconds or null.`,
        )
      }
      column[i] = value !== null && Number.isFinite(value) ? Math.max(0, value) : Number.NaN
      if (!Number.isNaN(column[i])) present[i] = (present[i] as number) | (1 << PHASE_INDEX[phase])
    }
    measured[PHASE_INDEX[phase]] = column
  }
  const unmeasured = PHASES.map(() => missing)
  return {
    globalRank,
    steps: Float64Array.from({ length: count }, (_, i) => firstStep + i),
    present,
    cpuMs: clock === 'cpu' ? measured : unmeasured,
    gpuMs: clock === 'gpu' ? measured : unmeasured,
  }
}

/**
 * Makes a snapshot from plain arrays: the way in for tools that measured the phases themselves.
 *
 * @param durations - One rank, or a list of ranks whose position is their global rank.
 * @throws {InputError} `TRACEML_INPUT_INVALID` for an unknown phase, arrays of different lengths or
 * a value that is no number, naming it.
 * @example
 * ```ts
 * snapshotFromDurations({ input_wait: [40, 41], traced_step_time: [60, 61] })
 * ```
 */
export function snapshotFromDurations(
  durations: PhaseSamples | readonly PhaseSamples[],
  options: SnapshotFromDurationsOptions = {},
): StepTimeSnapshot {
  const { clock = 'cpu', firstStep = 1, trainingStrategy = 'ddp' } = options
  if (!Number.isSafeInteger(firstStep)) {
    fail(`firstStep is ${String(firstStep)}; give a whole number.`)
  }
  const byRank: readonly PhaseSamples[] = Array.isArray(durations) ? durations : [durations]
  const columns = byRank.map((samples, rank) => toColumns(samples, rank, clock, firstStep))
  const stepCount = Math.max(0, ...columns.map((rank) => rank.steps.length))
  return {
    globalRanks: columns.map((rank) => rank.globalRank),
    ranks: columns.filter((rank) => rank.steps.length > 0),
    identities: {},
    cursor: { lastRowId: null, latestStep: stepCount === 0 ? null : firstStep + stepCount - 1 },
    trainingStrategy,
  }
}
