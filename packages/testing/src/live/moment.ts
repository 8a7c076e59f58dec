import type { LiveFreshness, LiveState } from '@traceml/contracts'
import type { LiveScenario } from './scenario.js'

/** When the runs of all fixtures started: Unix seconds. */
const STARTED_AT = 1_760_000_000
const INTERVAL_S = 2
const WINDOW_STEPS = 100

/** Where a fixture is in its run. @internal */
export interface Moment {
  readonly scenario: LiveScenario
  readonly tick: number
  readonly startedAt: number
  readonly now: number
  readonly intervalS: number
  /** Newest step of ranks that move. */
  readonly newestStep: number
  /** Newest steps of the window, ascending. */
  readonly steps: readonly number[]
  stateOf(rank: number): LiveState
  lastStepOf(rank: number): number
}

/** The moment of a tick: 2 s each. @internal */
export function momentOf(scenario: LiveScenario, tick: number): Moment {
  const elapsed = tick * INTERVAL_S
  const stepsAfter = (seconds: number): number =>
    Math.max(1, Math.floor((seconds * 1000) / scenario.meanStepMs))
  const newestStep = stepsAfter(elapsed)
  // Who is gone left when half of the time was over.
  const goneStep = stepsAfter(elapsed / 2)
  const held = [...scenario.gone.values()].includes('stalled') ? goneStep : newestStep
  const first = Math.max(1, held - WINDOW_STEPS + 1)
  const { status, gone } = scenario
  return {
    scenario,
    tick,
    startedAt: STARTED_AT,
    now: STARTED_AT + elapsed + 0.25,
    intervalS: INTERVAL_S,
    newestStep: held,
    steps: Array.from({ length: held - first + 1 }, (_, index) => first + index),
    stateOf: (rank) =>
      status === 'waiting' ? 'waiting' : status === 'ended' ? 'ended' : (gone.get(rank) ?? 'live'),
    lastStepOf: (rank) => (gone.has(rank) ? goneStep : held),
  }
}

/** The age of something at a moment. @internal */
export function freshness(
  moment: Moment,
  state: LiveState,
  reason: string | null,
  step: number | null,
): LiveFreshness {
  const isOld = state === 'stalled' || state === 'lost_source'
  const age = state === 'waiting' || state === 'not_applicable' ? null : isOld ? moment.tick : 0.6
  return {
    state,
    reason,
    newest_step: step,
    newest_ts: age === null ? null : moment.now - age,
    age_s: age,
    expected_interval_s: age === null ? null : moment.intervalS,
  }
}
