import {
  type LayerProfile,
  LIVE_SCHEMA_VERSION,
  type LiveEngine,
  type LiveFacts,
  type LiveFreshness,
  type LivePayload,
  type LiveProcessBody,
  type LiveRunInfo,
  type LiveSectionSpec,
  type LiveSections,
  type LiveStepMemoryBody,
  type LiveStepTimeBody,
  type LiveSystemBody,
} from '@traceml/contracts'
import { freshnessOf } from './freshness/freshness.js'
import { bestFreshness, sampleFreshness } from './freshness/group-freshness.js'
import { isSilent, rankFreshness } from './freshness/rank-freshness.js'
import { querySeries } from './history/query.js'
import { nodeTable } from './payload/nodes.js'
import { rankTable } from './payload/ranks.js'
import { progressOf, runOf } from './payload/run.js'
import { SectionCache } from './sections/cache.js'
import { ExtraSection } from './sections/extra.js'
import { layersFreshness, layersSection } from './sections/layers.js'
import { processesSection } from './sections/processes.js'
import { stepMemorySection } from './sections/step-memory/section.js'
import { type StepTimeSection, stepTimeSection } from './sections/step-time/section.js'
import { systemSection } from './sections/system.js'
import { SessionState } from './session-state.js'
import { runVerdict } from './verdicts/run-verdict.js'

const TAIL_LINES = 50
const NO_STEPS =
  'The profile watch records no steps; start the training with traceml run to see them.'
const NO_MEMORY =
  'The steps of this training bring no memory: nothing on its device counts it by step.'
/** Steps after which memory that has not come will not come. */
const STEPS_WITHOUT_MEMORY = 20

/** Options of {@link createLiveSession}. */
export interface LiveSessionOptions {
  readonly run: LiveRunInfo
  /** Sections of others, in the order in which they lead at the same severity. Default none. */
  readonly sections?: readonly LiveSectionSpec[]
  /** Milliseconds on any clock, for `telemetry.compute_ms`; without it that is 0. */
  readonly monotonicMs?: () => number
}

/**
 * Makes a live session: rows in, payloads out. It has no clock, timer or I/O of its own, so that it
 * runs in any process and in a browser.
 *
 * @example
 * ```ts
 * const session = createLiveSession({ run })
 * session.add(batch, nowS)
 * const payload = session.tick(facts)
 * ```
 */
export function createLiveSession(options: LiveSessionOptions): LiveEngine {
  return new LiveSession(options)
}

class LiveSession implements LiveEngine {
  readonly #state: SessionState
  readonly #monotonicMs: () => number
  readonly #system = new SectionCache<LiveSystemBody>('system', 'System')
  readonly #processes = new SectionCache<LiveProcessBody>('process', 'Process')
  readonly #stepTime = new SectionCache<LiveStepTimeBody, StepTimeSection>('step_time', 'Step time')
  readonly #layers = new SectionCache<LayerProfile>('layers', 'Layers')
  readonly #stepMemory = new SectionCache<LiveStepMemoryBody>('step_memory', 'Step memory')
  readonly #extra: readonly ExtraSection[]
  #seq = 0
  /** Wall time minus the time of the clock, in seconds. */
  #wallOffsetS = 0

  constructor(options: LiveSessionOptions) {
    this.#state = new SessionState(options.run)
    this.#monotonicMs = options.monotonicMs ?? (() => 0)
    const { interval_s: intervalS } = options.run
    this.#extra = (options.sections ?? []).map((spec) => new ExtraSection(spec, intervalS))
  }

  add: LiveEngine['add'] = (batch, nowS) => {
    this.#state.add(batch, nowS)
    for (const section of this.#extra) section.add(batch, nowS)
  }

  logs: LiveEngine['logs'] = (query) => this.#state.logs.query(query)

  series: LiveEngine['series'] = (query) => {
    const { ranks, runHistory } = this.#state
    const rank = query.rank ?? null
    const history = rank === null ? runHistory : (ranks.get(rank)?.history ?? null)
    return querySeries(history, query, (arrivedS) => arrivedS + this.#wallOffsetS)
  }

  tick(facts: LiveFacts): LivePayload {
    const startedMs = this.#monotonicMs()
    const state = this.#state
    this.#seq += 1
    this.#wallOffsetS = facts.wall_s - facts.now_s
    for (const fact of facts.ranks ?? []) state.rank(fact.global_rank)
    const ages = this.#rankAges(facts)
    const sections = this.#sections(facts, ages)
    const extraSections = Object.fromEntries(
      this.#extra.flatMap((extra) => {
        const section = extra.section(facts)
        return section === null ? [] : [[extra.id, section] as const]
      }),
    )
    const window = this.#stepTime.result?.window ?? null
    const culprits = culpritsOf(sections)
    const ranks = rankTable(state, { freshness: ages, window, culprits, nowS: facts.now_s })
    const nodes = nodeTable(state, ranks, facts)
    const silent = new Set(
      [...state.ranks.values()]
        .filter((rank) => isSilent(rank, facts.now_s))
        .map(({ globalRank }) => globalRank),
    )
    return {
      schema_version: LIVE_SCHEMA_VERSION,
      seq: this.#seq,
      generated_at: facts.wall_s,
      run: runOf(state, facts, { ranks, nodes }, window?.clock ?? null),
      verdict: runVerdict({ run: state.run, facts, ranks, nodes, sections, extraSections, silent }),
      progress: progressOf(state, ranks),
      nodes,
      ranks,
      sections,
      extra_sections: extraSections,
      logs: {
        freshness: sampleFreshness(state.arrivals.lines, facts, 'line of output'),
        ranks: state.logs.ranks,
        lines: state.logs.tail(TAIL_LINES),
      },
      telemetry: {
        rows_received: facts.rows_received,
        bytes_received: facts.bytes_received,
        steps_lost: facts.steps_lost,
        rows_lost: facts.rows_lost,
        messages_lost: facts.messages_lost,
        backlog_messages: facts.backlog_messages,
        notes: facts.notes,
        compute_ms: this.#monotonicMs() - startedMs,
      },
    }
  }

  #rankAges(facts: LiveFacts): ReadonlyMap<number, LiveFreshness> {
    const known = new Map((facts.ranks ?? []).map((fact) => [fact.global_rank, fact]))
    const { run } = this.#state
    return new Map(
      this.#state.sortedRanks().map((rank) => {
        const fact = known.get(rank.globalRank) ?? null
        return [rank.globalRank, rankFreshness(rank, fact, facts, run)]
      }),
    )
  }

  #sections(facts: LiveFacts, ages: ReadonlyMap<number, LiveFreshness>): LiveSections {
    const state = this.#state
    const { versions, arrivals } = state
    const going = goingRanks(ages)
    const ranks = state.sortedRanks().filter(({ globalRank }) => going.has(globalRank))
    const names = [...going].join()
    const stepsAge = this.#stepsAge(facts, ages)
    const memoryAge = this.#memoryAge(facts, stepsAge)
    return {
      system: this.#system.read(
        String(versions.system),
        sampleFreshness(arrivals.system, facts, 'system sample'),
        () => systemSection(state),
      ),
      process: this.#processes.read(
        String(versions.process),
        sampleFreshness(arrivals.processes, facts, 'process sample'),
        () => processesSection(state),
      ),
      step_time: this.#stepTime.read(`${versions.steps}:${names}`, stepsAge, () =>
        stepTimeSection(state, ranks),
      ),
      step_memory: this.#stepMemory.read(`${versions.memory}:${names}`, memoryAge, () =>
        stepMemorySection(state, ranks),
      ),
      layers: this.#layers.read(
        `${versions.layers}:${facts.ranks_expected}`,
        layersFreshness(state, facts),
        () => layersSection(state, facts),
      ),
    }
  }

  #memoryAge(facts: LiveFacts, stepsAge: LiveFreshness): LiveFreshness {
    if (stepsAge.state === 'not_applicable') return stepsAge
    const { memory } = this.#state.arrivals
    const age = sampleFreshness(memory, facts, 'memory of a step', stepsAge.newest_step)
    // Producers that measure it send it with the steps; by now it would be here.
    const isMissing = age.state === 'waiting' && (stepsAge.newest_step ?? 0) >= STEPS_WITHOUT_MEMORY
    return isMissing ? { ...age, state: 'not_applicable', reason: NO_MEMORY } : age
  }

  #stepsAge(facts: LiveFacts, ages: ReadonlyMap<number, LiveFreshness>): LiveFreshness {
    const nothing = { wallS: facts.wall_s, ageS: null, expectedS: null, newestStep: null }
    if (this.#state.run.profile === 'watch') return freshnessOf('not_applicable', NO_STEPS, nothing)
    const withSteps = [...ages.values()].filter((age) => age.newest_step !== null)
    const best = bestFreshness(withSteps)
    if (best === null) {
      return facts.status === 'ended'
        ? freshnessOf('ended', 'The run ended before its first step.', nothing)
        : freshnessOf('waiting', 'No step has been completed yet.', nothing)
    }
    const newest = withSteps.reduce((most, age) => Math.max(most, age.newest_step ?? 0), 0)
    if (facts.status !== 'ended') return { ...best, newest_step: newest }
    return { ...best, state: 'ended', reason: 'The run has ended.', newest_step: newest }
  }
}

/** The ranks that the window is made of: those that go on, and all when none does. */
function goingRanks(ages: ReadonlyMap<number, LiveFreshness>): ReadonlySet<number> {
  const going = [...ages].filter(([, { state }]) => state === 'live' || state === 'stale')
  return new Set((going.length > 0 ? going : [...ages]).map(([rank]) => rank))
}

function culpritsOf({ step_time, step_memory }: LiveSections): ReadonlySet<number> {
  const verdicts = [step_time.verdict, step_memory.verdict]
  return new Set(
    verdicts.flatMap((verdict) =>
      verdict === null || verdict.severity === 'info' ? [] : verdict.ranks,
    ),
  )
}
