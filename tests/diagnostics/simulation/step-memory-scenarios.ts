import type { Issue, ProcessSampleRow, StepMemorySampleRow } from '@traceml/contracts'
import {
  createStepMemoryWindow,
  diagnoseProcess,
  diagnoseStepMemory,
  PROCESS_POLICY,
  ROBUST_PROCESS_POLICY,
  ROBUST_STEP_MEMORY_POLICY,
  SUMMARY_STEP_MEMORY_POLICY,
} from '@traceml/diagnostics'
import type { Random } from './random.js'
import type { Outcome, PolicySet, Scenario } from './scenario.js'

const GIB = 1024 ** 3
const STEP_COUNTS = [60, 120, 400, 2000] as const

/** Bytes of a rank at a step. */
type Level = (step: number) => number

interface Run {
  readonly stepCount: number
  readonly ranks: readonly Level[]
  /** Bytes of each rank's device. */
  readonly capacities: readonly number[]
  /** Kinds and rank (null: any) of what is true; null is nothing. */
  readonly truth: { readonly kinds: readonly string[]; readonly rank: number | null } | null
}

/** Kinds that a quiet run must not lead with, `MEMORY RISING` among them. */
const ALARMS = ['HIGH_PRESSURE', 'IMBALANCE', 'CREEP_CONFIRMED', 'CREEP_EARLY']

function outcomeOf(issues: readonly Issue[], truth: Run['truth']): Outcome {
  const isTrue = ({ kind, ranks }: Issue): boolean =>
    truth?.kinds.includes(kind) === true && (truth.rank === null || ranks.includes(truth.rank))
  const [lead] = issues
  if (lead !== undefined && ALARMS.includes(lead.kind) && !isTrue(lead)) return 'false alarm'
  return truth !== null && !issues.some(isTrue) ? 'missed' : 'right'
}

function judge({ stepCount, ranks, capacities, truth }: Run): Record<PolicySet, Outcome> {
  const rows = ranks.flatMap((level, rank) =>
    Array.from({ length: stepCount }, (_, step) => {
      const reserved = Math.max(0, Math.round(level(step)))
      return {
        id: rank * stepCount + step,
        global_rank: rank,
        step,
        peak_alloc_bytes: Math.round(reserved * 0.7),
        peak_reserved_bytes: reserved,
      } as StepMemorySampleRow
    }),
  )
  const process = capacities.map((bytes, rank) => ({
    global_rank: rank,
    gpu_available: 1,
    gpu_mem_total_bytes: bytes,
  })) as unknown as ProcessSampleRow[]
  const window = createStepMemoryWindow({ stepMemory: rows, process, system: [] })
  return {
    compatible: outcomeOf(diagnoseStepMemory(window, SUMMARY_STEP_MEMORY_POLICY).issues, truth),
    robust: outcomeOf(diagnoseStepMemory(window, ROBUST_STEP_MEMORY_POLICY).issues, truth),
  }
}

/** Independent noise, or noise in which a value keeps a part of the one before. */
function noise(random: Random, size: number, memory: number): () => number {
  let value = 0
  return () => {
    value = memory * value + Math.sqrt(1 - memory * memory) * random.normal()
    return size * value
  }
}

function scenario(
  name: string,
  truth: string,
  make: (
    random: Random,
    stepCount: number,
  ) => Omit<Run, 'stepCount' | 'capacities'> & {
    readonly capacities?: readonly number[]
  },
): Scenario {
  return {
    name,
    truth,
    run(random) {
      const stepCount = random.pick(STEP_COUNTS)
      const made = make(random, stepCount)
      const capacities = made.capacities ?? made.ranks.map(() => 160 * GIB)
      return judge({ ...made, stepCount, capacities })
    },
  }
}

const SIZES = [0.005, 0.02, 0.05] as const

function flat(random: Random, level: number, memory = 0): Level {
  const disturb = noise(random, level * random.pick(SIZES), memory)
  return () => level + disturb()
}

function ranksOf(count: number, make: (rank: number) => Level): readonly Level[] {
  return Array.from({ length: count }, (_, rank) => make(rank))
}

const quiet: readonly Scenario[] = [
  ...([1, 2, 8] as const).map((count) =>
    scenario(`memory: noise, ${count} rank${count > 1 ? 's' : ''}`, 'nothing', (random) => ({
      ranks: ranksOf(count, () => flat(random, 20 * GIB)),
      truth: null,
    })),
  ),
  scenario('memory: noise that depends on itself (0.8)', 'nothing', (random) => ({
    ranks: [flat(random, 20 * GIB, 0.8)],
    truth: null,
  })),
  scenario('memory: one jump to a new level', 'nothing', (random, stepCount) => {
    const base = flat(random, 20 * GIB)
    const at = stepCount * random.between(0.05, 0.95)
    const size = random.between(0.05, 0.3) * 20 * GIB
    return { ranks: [(step) => base(step) + (step >= at ? size : 0)], truth: null }
  }),
  scenario('memory: a cache that fills and is emptied', 'nothing', (random, stepCount) => {
    const base = flat(random, 20 * GIB)
    const period = stepCount / random.between(2, 12)
    const phase = random.uniform()
    const size = random.between(0.05, 0.3) * 20 * GIB
    return {
      ranks: [(step) => base(step) + size * ((step / period + phase) % 1)],
      truth: null,
    }
  }),
]

const CREEP = ['CREEP_EARLY', 'CREEP_CONFIRMED']

/** A slow leak of 4 to 20 % of its rank's level over the run. */
function leak(random: Random, level: number, stepCount: number): Level {
  const base = noise(random, level * random.pick([0.002, 0.01, 0.03] as const), 0)
  const rise = level * random.between(0.04, 0.2)
  return (step) => level + base() + (rise * step) / stepCount
}

const leaks: readonly Scenario[] = [
  scenario('memory: slow leak, 1 rank', 'MEMORY RISING or CREEP', (random, stepCount) => ({
    ranks: [leak(random, 20 * GIB, stepCount)],
    truth: { kinds: CREEP, rank: 0 },
  })),
  scenario(
    'memory: slow leak on all of 4 ranks',
    'MEMORY RISING or CREEP',
    (random, stepCount) => ({
      ranks: ranksOf(4, () => leak(random, 20 * GIB, stepCount)),
      truth: { kinds: CREEP, rank: null },
    }),
  ),
  scenario('memory: slow leak on the largest of 4 ranks', 'its rank rises', (random, stepCount) => {
    const rank = random.index(4)
    return {
      ranks: ranksOf(4, (other) =>
        other === rank ? leak(random, 21 * GIB, stepCount) : flat(random, 20 * GIB),
      ),
      truth: { kinds: CREEP, rank },
    }
  }),
  scenario(
    'memory: slow leak on a smaller one of 4 ranks',
    'its rank rises',
    (random, stepCount) => {
      const rank = 1 + random.index(3)
      return {
        ranks: ranksOf(4, (other) =>
          other === rank ? leak(random, 17 * GIB, stepCount) : flat(random, 20 * GIB),
        ),
        truth: { kinds: CREEP, rank },
      }
    },
  ),
]

const pressure: readonly Scenario[] = [
  scenario('memory: the smaller of two devices is full', 'HIGH PRESSURE on it', (random) => {
    const rank = random.index(2)
    const small = 24 * GIB
    const level = small * random.between(0.94, 0.98)
    return {
      ranks: ranksOf(2, () => () => level),
      capacities: [0, 1].map((other) => (other === rank ? small : 80 * GIB)),
      truth: { kinds: ['HIGH_PRESSURE'], rank },
    }
  }),
  {
    name: 'process: the smaller of two devices is full',
    truth: 'VERY HIGH PROCESS GPU MEMORY on it',
    run(random) {
      const rank = random.index(2)
      const small = 24 * GIB
      const rows = Array.from({ length: 40 }, (_, id) => ({
        id,
        global_rank: id % 2,
        gpu_available: 1,
        gpu_mem_used_bytes: small * 0.8,
        gpu_mem_reserved_bytes: small * random.between(0.91, 0.97),
        gpu_mem_total_bytes: id % 2 === rank ? small : 80 * GIB,
      })) as unknown as ProcessSampleRow[]
      const truth = { kinds: ['VERY_HIGH_PROCESS_GPU_MEMORY'], rank }
      return {
        compatible: outcomeOf(diagnoseProcess(rows, PROCESS_POLICY).issues, truth),
        robust: outcomeOf(diagnoseProcess(rows, ROBUST_PROCESS_POLICY).issues, truth),
      }
    },
  },
]

/** Memory runs whose truth is known. */
export const stepMemoryScenarios: readonly Scenario[] = [...quiet, ...leaks, ...pressure]
