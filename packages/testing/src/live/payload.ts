import {
  type JsonObject,
  type LayerProfile,
  LIVE_SCHEMA_VERSION,
  type LiveFreshness,
  type LiveLogLine,
  type LivePayload,
  type LiveRank,
  type LiveSection,
} from '@traceml/contracts'
import { layersBody } from './layers.js'
import { freshness, type Moment, momentOf } from './moment.js'
import { round } from './numbers.js'
import { liveNodes, liveRanks } from './ranks.js'
import { type LiveFixtureName, scenarioOf } from './scenario.js'
import { processBody, stepMemoryBody, stepTimeBody, systemBody } from './sections.js'
import { issueOf, runVerdict, sectionVerdict } from './verdicts.js'

const TAIL_LINES = 50
/** Steps of which one is sampled by the deep profile. */
const EVERY = 20

/**
 * Returns a plausible payload of an invented run, the same for the same arguments: what surfaces
 * are drawn and tested against.
 *
 * @param tick - Ticks of 2 s since the start of the run, at least 1. Default 30.
 */
export function liveFixture(name: LiveFixtureName, tick = 30): LivePayload {
  const moment = momentOf(scenarioOf(name), Math.max(1, Math.trunc(tick)))
  const { scenario } = moment
  const ranks = liveRanks(moment)
  const nodes = liveNodes(moment, ranks)
  const hasSteps = scenario.profile !== 'watch'
  const steps = stepFreshness(moment)
  const samples = sampleFreshness(moment)
  const runWide = hasSteps ? sectionVerdict(moment, 'step_time') : sectionVerdict(moment, 'system')
  return {
    schema_version: LIVE_SCHEMA_VERSION,
    seq: moment.tick,
    generated_at: moment.now,
    run: run(moment, ranks),
    verdict: runVerdict(moment) ?? runWide,
    progress: progress(moment, ranks),
    nodes,
    ranks,
    sections: {
      system: section(moment, 'system', 'System', samples, () => systemBody(moment, nodes)),
      process: section(moment, 'process', 'Process', samples, () => processBody(moment, ranks)),
      step_time: section(moment, 'step_time', 'Step time', steps, () =>
        stepTimeBody(moment, ranks),
      ),
      step_memory: section(moment, 'step_memory', 'Step memory', steps, () =>
        stepMemoryBody(moment, ranks),
      ),
      layers: layersSection(moment),
    },
    extra_sections: {},
    logs: logTail(moment),
    telemetry: {
      rows_received: moment.newestStep * scenario.ranks * 2,
      bytes_received: moment.newestStep * scenario.ranks * 900,
      steps_lost: 0,
      rows_lost: 0,
      messages_lost: 0,
      backlog_messages: 0,
      notes: [],
      compute_ms: 2.1,
    },
  }
}

function section<Body extends object = JsonObject>(
  moment: Moment,
  id: string,
  title: string,
  age: LiveFreshness,
  body: () => Body,
): LiveSection<Body> {
  if (moment.scenario.brokenSection === id) {
    const error = `The section ${id} could not be computed: no such column: live_bytes.`
    return { id, title, freshness: age, verdict: null, issues: [], body: null, error }
  }
  if (age.state === 'waiting' || age.state === 'not_applicable') {
    return { id, title, freshness: age, verdict: null, issues: [], body: null, error: null }
  }
  const verdict = sectionVerdict(moment, id)
  return {
    id,
    title,
    freshness: age,
    verdict,
    issues: [issueOf(verdict)],
    body: body(),
    error: null,
  }
}

function layersSection(moment: Moment): LiveSection<LayerProfile> {
  const reason = 'Only the profile deep measures layers; use traceml deep to see them.'
  const { profile } = moment.scenario
  const age =
    profile === 'deep'
      ? { ...sampleFreshness(moment), newest_step: moment.newestStep - (moment.newestStep % EVERY) }
      : freshness(moment, 'not_applicable', reason, null)
  const body = profile === 'deep' ? layersBody(moment, EVERY) : null
  return {
    id: 'layers',
    title: 'Layers',
    freshness: age,
    verdict: null,
    issues: [],
    body,
    error: null,
  }
}

function stepFreshness(moment: Moment): LiveFreshness {
  const { scenario } = moment
  if (scenario.profile === 'watch') {
    const reason = 'The profile watch records no steps; use traceml run to see them.'
    return freshness(moment, 'not_applicable', reason, null)
  }
  if (scenario.status === 'running' && [...scenario.gone.values()].includes('stalled')) {
    const reason = `Rank ${[...scenario.gone.keys()].join(', ')} holds the other ranks at step ${moment.newestStep}.`
    return freshness(moment, 'stalled', reason, moment.newestStep)
  }
  return { ...sampleFreshness(moment), newest_step: moment.newestStep }
}

function sampleFreshness(moment: Moment): LiveFreshness {
  const { status } = moment.scenario
  if (status === 'waiting') return freshness(moment, 'waiting', 'No telemetry has arrived.', null)
  if (status === 'ended') return freshness(moment, 'ended', 'The run has ended.', null)
  return freshness(moment, 'live', null, null)
}

function run(moment: Moment, ranks: readonly LiveRank[]): LivePayload['run'] {
  const { scenario } = moment
  const isEnded = scenario.status === 'ended'
  const worst = ranks.find((rank) => rank.freshness.state !== 'live')
  return {
    session_id: `${scenario.runName}_20261009_120000_ab12`,
    run_name: scenario.runName,
    profile: scenario.profile,
    status: scenario.status,
    freshness: worst?.freshness ?? sampleFreshness(moment),
    started_at: moment.startedAt,
    elapsed_s: moment.now - moment.startedAt,
    ranks_expected: scenario.ranks,
    ranks_seen: ranks.length,
    ranks_finished: isEnded ? ranks.length : 0,
    ranks_missing: [],
    nodes_expected: Math.ceil(scenario.ranks / scenario.ranksPerNode),
    nodes_seen: Math.ceil(ranks.length / scenario.ranksPerNode),
    strategy: ranks.length > 1 ? 'ddp' : 'single_process',
    clock: scenario.profile === 'watch' ? null : scenario.gpus ? 'gpu' : 'cpu',
    interval_s: moment.intervalS,
    history_enabled: true,
    end: isEnded
      ? {
          ended_at: moment.now,
          outcome: 'completed',
          exit_code: 0,
          message: null,
          reports: [
            { kind: 'text', path: '/runs/logs/session/final_summary.txt' },
            { kind: 'json', path: '/runs/logs/session/final_summary.json' },
          ],
        }
      : null,
  }
}

function progress(moment: Moment, ranks: readonly LiveRank[]): LivePayload['progress'] {
  const { scenario } = moment
  const last = ranks.flatMap((rank) => rank.last_step ?? [])
  const speeds = ranks.flatMap((rank) => rank.steps_per_s ?? [])
  const done = last.length === 0 ? null : Math.min(...last)
  const speed = speeds.length === 0 ? null : Math.min(...speeds)
  const total = scenario.totalSteps
  const isTotalKnown = done !== null && total !== null
  return {
    steps_completed: done,
    steps_per_s: speed,
    samples_per_s:
      speed === null || scenario.batchSize === null
        ? null
        : round(speed * scenario.batchSize * scenario.ranks, 1),
    total_steps: total,
    completed_ratio: isTotalKnown ? round(Math.min(1, done / total)) : null,
    eta_s: isTotalKnown && speed ? round(Math.max(0, total - done) / speed, 1) : null,
  }
}

/** Lines of a fixture's training up to a moment, oldest first. @internal */
export function logLines(moment: Moment, limit: number): readonly LiveLogLine[] {
  const { scenario } = moment
  if (scenario.status === 'waiting') return []
  const writers = Math.min(scenario.ranks, 4)
  const first = Math.max(1, moment.newestStep - Math.ceil(limit / writers) + 1)
  const lines: LiveLogLine[] = []
  for (let step = first; step <= moment.newestStep; step += 1) {
    for (let rank = 0; rank < writers; rank += 1) {
      lines.push({
        id: step * writers + rank,
        rank,
        ts: moment.startedAt + (step * scenario.meanStepMs) / 1000,
        stream: step % 17 === 0 ? 'stderr' : 'stdout',
        text: scenario.logLine(rank, step),
      })
    }
  }
  return lines.slice(-limit)
}

function logTail(moment: Moment): LivePayload['logs'] {
  const lines = logLines(moment, TAIL_LINES)
  const ranks = [...new Set(lines.flatMap(({ rank }) => rank ?? []))]
  return { freshness: sampleFreshness(moment), ranks, lines }
}
