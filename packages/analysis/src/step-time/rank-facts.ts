import { PHASE_INDEX, type Phase, type RankStepColumns, type StepClock } from '@traceml/contracts'
import type { RowSelection } from './align.js'
import { selectColumn } from './select-column.js'
import { REQUIRED_PHASES, type StepTimeValues, type StepValueKey } from './values.js'
import type { RankStepFacts } from './window.js'

type Column = Float64Array | null

/** Value per step index; null when not measured. */
type PerStep = ((index: number) => number) | null

/**
 * The facts of one rank in the window.
 *
 * Averages are computed at once; per-step columns of derived values only when somebody asks, which
 * is what keeps a window of a million steps cheap.
 */
export function rankFacts(
  rank: RankStepColumns,
  rows: RowSelection,
  clock: StepClock,
): RankStepFacts {
  const stored = storedColumns(rank, rows, clock)
  return factsOf(rank.globalRank, rank.steps.length, stored, rows.count)
}

/** The same facts over some steps of the window, which `select` picks out of a column. */
export function restrictFacts(
  facts: RankStepFacts,
  select: (column: Float64Array) => Float64Array,
  count: number,
): RankStepFacts {
  // On one clock, several keys are one column: it is copied once.
  const copies = new Map<Float64Array, Float64Array>()
  const copyOf = (key: StepValueKey): Column => {
    const column = facts.column(key)
    if (column === null) return null
    const copy = copies.get(column) ?? select(column)
    copies.set(column, copy)
    return copy
  }
  const stored: StoredColumns = {
    inputWaitMs: copyOf('inputWaitMs'),
    h2dMs: copyOf('h2dMs'),
    forwardMs: copyOf('forwardMs'),
    backwardMs: copyOf('backwardMs'),
    optimizerStepMs: copyOf('optimizerStepMs'),
    tracedStepTimeMs: copyOf('tracedStepTimeMs'),
    tracedStepTimeCpuMs: copyOf('tracedStepTimeCpuMs'),
    tracedStepTimeGpuMs: copyOf('tracedStepTimeGpuMs'),
    dataloaderFetchCpuMs: copyOf('dataloaderFetchCpuMs'),
    // Step time on the device follows from both of its clocks.
    stepTimeGpuMs: copyOf('stepTimeGpuMs'),
  }
  return factsOf(facts.globalRank, facts.storedStepCount, stored, count)
}

function factsOf(
  globalRank: number,
  storedStepCount: number,
  stored: StoredColumns,
  count: number,
): RankStepFacts {
  const perStep = derivedValues(stored)
  const cache = new Map<StepValueKey, Column>()
  const column = (key: StepValueKey): Column => {
    let values = cache.get(key)
    if (values === undefined) {
      values = stored[key] ?? materialise(perStep[key], count)
      cache.set(key, values)
    }
    return values
  }
  return {
    globalRank,
    storedStepCount,
    average: averages(stored, perStep, count),
    column,
    valuesAt: (index) => mapValues((key) => column(key)?.[index] ?? null),
  }
}

/** The columns that are stored rather than derived, plus the two clocks of the step's parts. */
type StoredColumns = Readonly<Partial<Record<StepValueKey, Column>>> & {
  readonly inputWaitGpu?: Column
}

function storedColumns(rank: RankStepColumns, rows: RowSelection, clock: StepClock): StoredColumns {
  const read = (phase: Phase, on: StepClock): Column => {
    const columns = on === 'gpu' ? rank.gpuMs : rank.cpuMs
    return selectColumn(
      columns[PHASE_INDEX[phase]] as Float64Array,
      rows,
      REQUIRED_PHASES.has(phase),
    )
  }
  const [inputCpu, inputGpu] = [read('input_wait', 'cpu'), read('input_wait', 'gpu')]
  const [tracedCpu, tracedGpu] = [read('traced_step_time', 'cpu'), read('traced_step_time', 'gpu')]
  return {
    inputWaitMs: clock === 'gpu' ? inputGpu : inputCpu,
    h2dMs: read('h2d', clock),
    forwardMs: read('forward', clock),
    backwardMs: read('backward', clock),
    optimizerStepMs: read('optimizer_step', clock),
    tracedStepTimeMs: clock === 'gpu' ? tracedGpu : tracedCpu,
    tracedStepTimeCpuMs: tracedCpu,
    tracedStepTimeGpuMs: tracedGpu,
    dataloaderFetchCpuMs: inputCpu,
    inputWaitGpu: inputGpu,
  }
}

function derivedValues(stored: StoredColumns): Readonly<Partial<Record<StepValueKey, PerStep>>> {
  const { forwardMs: forward, backwardMs: backward, optimizerStepMs: optimizer } = stored
  const { tracedStepTimeMs: traced, h2dMs: h2d } = stored
  const compute: PerStep =
    forward && backward && optimizer
      ? (i) => at(forward, i) + at(backward, i) + at(optimizer, i)
      : null
  const stepTime = plus(stored.inputWaitMs, traced)
  const isOnCpu =
    stored.inputWaitMs === stored.dataloaderFetchCpuMs && traced === stored.tracedStepTimeCpuMs
  return {
    computeMs: compute,
    // Clamped step by step: time that one step has too much of explains nothing in another.
    residualMs:
      compute && traced
        ? (i) => Math.max(0, at(traced, i) - (h2d ? at(h2d, i) : 0) - compute(i))
        : null,
    stepTimeMs: stepTime,
    // On the host's clock both are one sum, and share its average.
    stepTimeCpuMs: isOnCpu
      ? stepTime
      : plus(stored.dataloaderFetchCpuMs, stored.tracedStepTimeCpuMs),
    stepTimeGpuMs: plus(stored.inputWaitGpu, stored.tracedStepTimeGpuMs),
  }
}

function averages(
  stored: StoredColumns,
  perStep: ReturnType<typeof derivedValues>,
  count: number,
): StepTimeValues {
  const known = new Map<object, number>()
  const once = (source: object, sum: () => number): number => {
    const average = known.get(source) ?? sum() / count
    known.set(source, average)
    return average
  }
  const values = mapValues((key) => {
    const column = stored[key]
    if (column) return once(column, () => sumOf(column))
    const valueAt = perStep[key]
    if (!valueAt || key === 'computeMs') return null
    return once(valueAt, () => {
      let sum = 0
      for (let i = 0; i < count; i++) sum += valueAt(i)
      return sum
    })
  })
  // The sum of the phase averages, not the mean of the sums: equal up to rounding, and exact
  // against the phases that a report shows beside it.
  const { forwardMs, backwardMs, optimizerStepMs } = values
  const isComputed = forwardMs !== null && backwardMs !== null && optimizerStepMs !== null
  return { ...values, computeMs: isComputed ? forwardMs + backwardMs + optimizerStepMs : null }
}

function sumOf(column: Float64Array): number {
  let sum = 0
  for (let i = 0; i < column.length; i++) sum += column[i] as number
  return sum
}

const at = (column: Float64Array, index: number): number => column[index] as number

function plus(a: Column | undefined, b: Column | undefined): PerStep {
  return a && b ? (i) => at(a, i) + at(b, i) : null
}

function materialise(valueAt: PerStep | undefined, count: number): Column {
  if (!valueAt) return null
  const column = new Float64Array(count)
  for (let i = 0; i < count; i++) column[i] = valueAt(i)
  return column
}

/** A literal: windows are cut into blocks at every refresh of a live view, for every rank. */
function mapValues(read: (key: StepValueKey) => number | null): StepTimeValues {
  return {
    inputWaitMs: read('inputWaitMs'),
    h2dMs: read('h2dMs'),
    forwardMs: read('forwardMs'),
    backwardMs: read('backwardMs'),
    optimizerStepMs: read('optimizerStepMs'),
    stepTimeMs: read('stepTimeMs'),
    tracedStepTimeMs: read('tracedStepTimeMs'),
    computeMs: read('computeMs'),
    residualMs: read('residualMs'),
    stepTimeCpuMs: read('stepTimeCpuMs'),
    stepTimeGpuMs: read('stepTimeGpuMs'),
    tracedStepTimeCpuMs: read('tracedStepTimeCpuMs'),
    tracedStepTimeGpuMs: read('tracedStepTimeGpuMs'),
    dataloaderFetchCpuMs: read('dataloaderFetchCpuMs'),
  }
}
