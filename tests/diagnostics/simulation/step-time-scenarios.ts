import { analyzeStepTime, type PhaseSamples, snapshotFromDurations } from '@traceml/analysis'
import type { Issue } from '@traceml/contracts'
import {
  diagnoseStepTime,
  ROBUST_SUMMARY_STEP_TIME_POLICY,
  SUMMARY_STEP_TIME_POLICY,
} from '@traceml/diagnostics'
import type { Random } from './random.js'
import type { Outcome, PolicySet, Scenario } from './scenario.js'
import {
  BALANCED,
  type Part,
  type RunOptions,
  type StepShape,
  simulateRun,
} from './step-time-runs.js'

/** What is true of a run: nothing, or a finding of one of these kinds that passes the check. */
interface Truth {
  readonly kinds: readonly string[]
  readonly check?: (issue: Issue) => boolean
  /** Kinds that may lead beside it. */
  readonly alsoTrue?: readonly string[]
}

const NOTHING: Truth = { kinds: [] }

function outcomeOf(issues: readonly Issue[], truth: Truth): Outcome {
  const { kinds, check = () => true, alsoTrue = [] } = truth
  const isTrue = (issue: Issue): boolean => kinds.includes(issue.kind) && check(issue)
  const [lead] = issues
  if (lead === undefined) return 'missed'
  const isAlarm = lead.severity !== 'info'
  if (isAlarm && !isTrue(lead) && !alsoTrue.includes(lead.kind)) return 'false alarm'
  return kinds.length > 0 && !issues.some(isTrue) ? 'missed' : 'right'
}

function judge(durations: readonly PhaseSamples[], truth: Truth): Record<PolicySet, Outcome> {
  const window = analyzeStepTime(snapshotFromDurations(durations))
  const issues = (policy: typeof SUMMARY_STEP_TIME_POLICY): readonly Issue[] =>
    diagnoseStepTime(window, policy).issues
  return {
    compatible: outcomeOf(issues(SUMMARY_STEP_TIME_POLICY), truth),
    robust: outcomeOf(issues(ROBUST_SUMMARY_STEP_TIME_POLICY), truth),
  }
}

const STEP_COUNTS = [20, 24, 50, 200, 2000] as const
const NOISES = [0.02, 0.1, 0.3] as const
const total = (shape: StepShape): number => Object.values(shape).reduce((sum, ms) => sum + ms, 0)

function scenario(
  name: string,
  truth: string,
  make: (
    random: Random,
    run: Pick<RunOptions, 'stepCount' | 'noise' | 'shape'>,
  ) => {
    readonly options: RunOptions
    readonly truth: Truth
  },
): Scenario {
  return {
    name,
    truth,
    run(random) {
      const stepCount = random.pick(STEP_COUNTS)
      const made = make(random, { stepCount, noise: random.pick(NOISES), shape: BALANCED })
      return judge(simulateRun(random, made.options), made.truth)
    },
  }
}

/** A part that takes `ms` more in some steps. */
function spikes(
  part: Part,
  ms: number,
  isSpike: (step: number) => boolean,
): NonNullable<RunOptions['extra']> {
  return (other, _rank, step) => (other === part && isSpike(step) ? ms : 0)
}

const HOST_PARTS: readonly Part[] = ['input', 'rest']
const INPUT_BOUND: StepShape = { ...BALANCED, input: 22 }
const COMPUTE_BOUND: StepShape = {
  input: 1,
  h2d: 1,
  forward: 50,
  backward: 45,
  optimizer: 5,
  rest: 1,
}

const steady: readonly Scenario[] = [
  scenario('balanced', 'nothing', (_, run) => ({ options: run, truth: NOTHING })),
  scenario('compute-bound', 'COMPUTE-BOUND', (_, run) => ({
    options: { ...run, shape: COMPUTE_BOUND },
    truth: { kinds: ['COMPUTE_BOUND'] },
  })),
  scenario('input-bound', 'INPUT-BOUND', (_, run) => ({
    options: { ...run, shape: INPUT_BOUND },
    truth: { kinds: ['INPUT_BOUND'] },
  })),
  scenario('residual-heavy', 'RESIDUAL-HEAVY', (_, run) => ({
    options: { ...run, shape: { ...BALANCED, rest: 25 } },
    truth: { kinds: ['RESIDUAL_HEAVY'] },
  })),
]

const disturbed: readonly Scenario[] = [
  scenario('balanced, slow first steps', 'nothing', (random, run) => {
    const count = 1 + random.index(3)
    const ms = (total(BALANCED) * run.stepCount * random.between(0.2, 1)) / count
    const part = random.pick(HOST_PARTS)
    return {
      options: { ...run, extra: spikes(part, ms, (step) => step < count) },
      truth: NOTHING,
    }
  }),
  scenario('input-bound, compilation hides it', 'INPUT-BOUND', (random, run) => {
    const ms = total(BALANCED) * run.stepCount * random.between(2, 6)
    const extra = spikes('forward', ms, (step) => step === 0)
    return {
      options: { ...run, shape: INPUT_BOUND, extra },
      truth: { kinds: ['INPUT_BOUND'] },
    }
  }),
  scenario('balanced, one or two isolated stalls', 'nothing', (random, run) => {
    const count = run.stepCount < 50 ? 1 : 1 + random.index(2)
    const at = Array.from({ length: count }, () => 3 + random.index(run.stepCount - 3))
    const ms = (total(BALANCED) * run.stepCount * random.between(0.2, 1)) / count
    const extra = spikes(random.pick(HOST_PARTS), ms, (step) => at.includes(step))
    return { options: { ...run, extra }, truth: NOTHING }
  }),
  scenario('recurring stalls of the loader', 'INPUT-BOUND', (random, run) => {
    const every = run.stepCount < 50 ? 5 : 5 + random.index(run.stepCount / 8)
    const offset = random.index(every)
    const ms = total(BALANCED) * every * random.between(0.35, 0.8)
    const extra = spikes('input', ms, (step) => step % every === offset)
    return { options: { ...run, extra }, truth: { kinds: ['INPUT_BOUND'] } }
  }),
  scenario('balanced, warm-up that fades', 'nothing', (random, run) => {
    const [size, decay] = [random.between(5, 20), run.stepCount * random.between(0.02, 0.05)]
    const extra: NonNullable<RunOptions['extra']> = (part, _rank, step) =>
      part === 'rest' ? total(BALANCED) * size * Math.exp(-step / decay) : 0
    return { options: { ...run, extra }, truth: NOTHING }
  }),
  scenario('loader with a long tail', 'INPUT-BOUND', (random, run) => {
    const extra: NonNullable<RunOptions['extra']> = (part) =>
      part === 'input' ? 30 * Math.exp(1.2 * random.normal() - 0.72) : 0
    return { options: { ...run, extra }, truth: { kinds: ['INPUT_BOUND'] } }
  }),
  scenario(
    'input wait of 8 or 12 %, near the threshold',
    'nothing or INPUT-BOUND',
    (random, run) => {
      const share = random.pick([0.08, 0.12] as const)
      const input = (share / (1 - share)) * (total(BALANCED) - BALANCED.input)
      return {
        options: { ...run, shape: { ...BALANCED, input } },
        truth: share < 0.1 ? NOTHING : { kinds: ['INPUT_BOUND'] },
      }
    },
  ),
  scenario('steps below a millisecond', 'nothing', (random, run) => {
    const scale = random.between(0.005, 0.012)
    const parts = Object.entries({ ...BALANCED, input: 14, rest: 12 })
    const shape = Object.fromEntries(parts.map(([part, ms]) => [part, ms * scale]))
    return { options: { ...run, shape: shape as unknown as StepShape }, truth: NOTHING }
  }),
]

const late = (kind: string, ranks: readonly number[]): Truth => ({
  kinds: [kind],
  check: (issue) => issue.ranks.length > 0 && issue.ranks.every((rank) => ranks.includes(rank)),
  alsoTrue: ['INPUT_BOUND'],
})

const betweenRanks: readonly Scenario[] = [
  scenario('equal ranks', 'nothing', (random, run) => ({
    options: { ...run, noise: Math.min(run.noise, 0.1), rankCount: 2 + random.index(7) },
    truth: NOTHING,
  })),
  scenario('one rank with a slow loader', 'INPUT STRAGGLER', (random, run) => {
    const rankCount = 2 + random.index(7)
    const slow = random.index(rankCount)
    const extra: NonNullable<RunOptions['extra']> = (part, rank) =>
      part === 'input' && rank === slow ? 25 : 0
    return {
      options: { ...run, noise: Math.min(run.noise, 0.1), rankCount, extra },
      truth: late('INPUT_STRAGGLER', [slow]),
    }
  }),
  ...(['input', 'forward'] as const).map((slowPart) => {
    const kind = slowPart === 'input' ? 'INPUT_STRAGGLER' : 'COMPUTE_STRAGGLER'
    return scenario(`most ranks slow in ${slowPart}`, kind.replace('_', ' '), (random, run) => {
      const rankCount = 3 + random.index(6)
      const fastCount = Math.max(1, Math.floor(rankCount * random.between(0.25, 0.45)))
      const slow = Array.from({ length: rankCount - fastCount }, (_, rank) => rank + fastCount)
      const extra: NonNullable<RunOptions['extra']> = (part, rank) =>
        part === slowPart && rank >= fastCount ? 35 : 0
      return {
        options: { ...run, noise: Math.min(run.noise, 0.1), rankCount, extra },
        truth: late(kind, slow),
      }
    })
  }),
  scenario('a late rank that is another one each step', 'nothing', (random, run) => {
    const rankCount = 4 + random.index(5)
    const turn = random.index(rankCount)
    const extra: NonNullable<RunOptions['extra']> = (part, rank, step) =>
      part === 'forward' && rank === (step + turn) % rankCount ? 30 : 0
    return {
      options: { ...run, noise: Math.min(run.noise, 0.1), rankCount, extra },
      truth: NOTHING,
    }
  }),
  scenario(
    'one rank slow by itself in backward, no barrier',
    'STRAGGLER, as ambiguous',
    (random, run) => {
      const slow = random.index(2)
      const extra: NonNullable<RunOptions['extra']> = (part, rank) =>
        part === 'backward' && rank === slow ? 30 : 0
      return {
        options: {
          ...run,
          noise: Math.min(run.noise, 0.1),
          rankCount: 2,
          isSynchronized: false,
          extra,
        },
        // Naming the healthy rank as the slow one is wrong; saying that it may be either is right.
        truth: { kinds: ['STRAGGLER'], check: (issue) => issue.evidence['is_ambiguous'] === true },
      }
    },
  ),
]

/** Step Time runs whose truth is known. */
export const stepTimeScenarios: readonly Scenario[] = [...steady, ...disturbed, ...betweenRanks]
