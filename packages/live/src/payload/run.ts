import type {
  LiveFacts,
  LiveFreshness,
  LiveNode,
  LiveProgress,
  LiveRank,
  LiveRun,
  StepClock,
} from '@traceml/contracts'
import { freshnessOf } from '../freshness/freshness.js'
import { worstFreshness } from '../freshness/group-freshness.js'
import type { SessionState } from '../session-state.js'

/** The run as a whole. @internal */
export function runOf(
  state: SessionState,
  facts: LiveFacts,
  tables: { readonly ranks: readonly LiveRank[]; readonly nodes: readonly LiveNode[] },
  clock: StepClock | null,
): LiveRun {
  const { run } = state
  const { ranks, nodes } = tables
  const expected = facts.ranks_expected ?? run.ranks_expected
  const seen = ranks.filter(({ freshness }) => freshness.newest_ts !== null)
  const isWaiting = facts.status === 'running' && seen.length === 0
  const end = facts.end?.ended_at ?? facts.wall_s
  return {
    session_id: run.session_id,
    run_name: run.run_name,
    profile: run.profile,
    status: isWaiting ? 'waiting' : facts.status,
    freshness: runFreshness(expected, facts, ranks),
    started_at: run.started_at,
    elapsed_s: run.started_at === null ? null : Math.max(0, end - run.started_at),
    ranks_expected: expected,
    ranks_seen: seen.length,
    ranks_finished: (facts.ranks ?? []).filter(({ finished }) => finished).length,
    ranks_missing: seen.length === 0 ? [] : missingRanks(expected, seen),
    nodes_expected: nodesExpected(state),
    nodes_seen: nodes.length,
    strategy: state.strategy,
    clock,
    interval_s: run.interval_s,
    history_enabled: run.history_enabled,
    end: facts.end,
  }
}

function runFreshness(
  expected: number,
  facts: LiveFacts,
  ranks: readonly LiveRank[],
): LiveFreshness {
  const going = ranks.filter(({ freshness }) => freshness.state !== 'ended')
  const worst = worstFreshness((going.length > 0 ? going : ranks).map((rank) => rank.freshness))
  if (worst !== null) return worst
  const reason =
    facts.status === 'ended'
      ? 'The run has ended, and nothing was received.'
      : `No telemetry has arrived yet; ${expected} ${expected === 1 ? 'rank is' : 'ranks are'} expected.`
  return freshnessOf(facts.status === 'ended' ? 'ended' : 'waiting', reason, {
    wallS: facts.wall_s,
    ageS: null,
    expectedS: null,
    newestStep: null,
  })
}

function missingRanks(expected: number, seen: readonly LiveRank[]): readonly number[] {
  const known = new Set(seen.map(({ global_rank: rank }) => rank))
  return Array.from({ length: expected }, (_, rank) => rank).filter((rank) => !known.has(rank))
}

/** The one number that all ranks agree on, else null. */
function nodesExpected(state: SessionState): number | null {
  const said = new Set<number>()
  for (const { identity } of state.ranks.values()) {
    const world = identity?.world_size ?? 0
    const local = identity?.local_world_size ?? 0
    if (world > 0 && local > 0) said.add(Math.ceil(world / local))
  }
  const [only] = said
  return said.size === 1 && only !== undefined ? only : null
}

/** How far the slowest rank is, and how long it will take. @internal */
export function progressOf(state: SessionState, ranks: readonly LiveRank[]): LiveProgress {
  const { total_steps: total, samples_per_step: samples } = state.run
  // A rank that is lost does not say how far the others are.
  const going = ranks.filter(({ freshness }) => freshness.state !== 'lost_source')
  const steps = (going.length > 0 ? going : ranks).flatMap(({ last_step: step }) => step ?? [])
  const speeds = going.flatMap(({ steps_per_s: speed }) => speed ?? [])
  const done = steps.length === 0 ? null : steps.reduce((a, b) => Math.min(a, b))
  const speed = speeds.length === 0 ? null : speeds.reduce((a, b) => Math.min(a, b))
  const isKnown = done !== null && total !== null && total > 0
  return {
    steps_completed: done,
    steps_per_s: speed,
    samples_per_s: speed === null || samples === null ? null : speed * samples,
    total_steps: total,
    completed_ratio: isKnown ? Math.min(1, done / total) : null,
    eta_s: isKnown && speed !== null && speed > 0 ? Math.max(0, total - done) / speed : null,
  }
}
