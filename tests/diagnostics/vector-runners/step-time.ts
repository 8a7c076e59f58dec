import {
  analyzeStepTime,
  analyzeTrend,
  type DecodedStepRow,
  decodeStepEvents,
  parseTrainingStrategy,
  stepTimeSnapshotFromRows,
  type TrendConfig,
  trendLabel,
} from '@traceml/analysis'
import type { StepTimeSnapshot } from '@traceml/contracts'
import {
  createLiveStepTimeSession,
  diagnoseStepTime,
  LIVE_STEP_TIME_POLICY,
  RESIDUAL_DEFINITION,
  type StepTimeDiagnosisResult,
  type StepTimePolicy,
  SUMMARY_STEP_TIME_POLICY,
  stepTimeEvidence,
} from '@traceml/diagnostics'
import { compareDeep, outcomeOf, type VectorOutcome } from './outcome.js'
import {
  caseSnapshot,
  type StepTimeCaseInput,
  windowJson,
  windowSummaryJson,
} from './step-time-json.js'

type Thresholds = Readonly<Record<string, number>>

interface StepTimeCase {
  readonly name: string
  readonly input: StepTimeCaseInput
  readonly policy: 'live' | 'summary' | { readonly thresholds: Thresholds }
  readonly expected: unknown
}

const camelCase = (key: string): string =>
  key.replace(/_([a-z])/g, (_, c: string) => c.toUpperCase())

function camelKeys(source: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(source).map(([key, value]) => [camelCase(key), value]))
}

function policyOf(policy: StepTimeCase['policy']): StepTimePolicy {
  if (policy === 'live') return LIVE_STEP_TIME_POLICY
  if (policy === 'summary') return SUMMARY_STEP_TIME_POLICY
  return { ...LIVE_STEP_TIME_POLICY, ...camelKeys(policy.thresholds) }
}

function diagnosisJson({ primary, trend }: StepTimeDiagnosisResult): Record<string, unknown> {
  const note = primary.note ?? ''
  return {
    kind: primary.kind,
    status: primary.status,
    severity: primary.severity,
    steps_used: primary.stepsUsed,
    worst_rank: primary.worstRank,
    residual_note: note.includes(RESIDUAL_DEFINITION),
    // A trend counts only when the note that people read carries its state and label.
    trend: trend && note.includes(trend.text) && note.includes(trend.state) ? trend : null,
  }
}

/** Runs cases of the shape of `step_time.json`: rows to window, verdict, findings and evidence. */
export function runStepTimeVectors(json: unknown): VectorOutcome[] {
  return (json as readonly StepTimeCase[]).map(({ name, input, policy, expected }) =>
    outcomeOf(name, expected, () => {
      const window = analyzeStepTime(caseSnapshot(input), { windowSize: input.window_size })
      const result = diagnoseStepTime(window, policyOf(policy))
      return {
        status: result.primary.status,
        severity: result.primary.severity,
        diagnosis: diagnosisJson(result),
        issues: result.issues.map(({ summary: _summary, action: _action, ...issue }) => issue),
        dashboard_evidence: stepTimeEvidence(window),
        window: windowSummaryJson(window),
      }
    }),
  )
}

/** Runs cases of the shape of `step_time_events.json`: one row's events to phases. */
export function runStepTimeEventVectors(json: unknown): VectorOutcome[] {
  const cases = json as readonly { name: string; input: unknown; expected: unknown }[]
  return cases.map(({ name, input, expected }) =>
    outcomeOf(name, expected, () => {
      const phases = decodeStepEvents(input)
      return (
        phases &&
        Object.fromEntries(
          Object.entries(phases).map(([phase, { cpuMs, gpuMs }]) => [
            phase,
            { cpu_ms: cpuMs, gpu_ms: gpuMs },
          ]),
        )
      )
    }),
  )
}

interface TrendCase {
  readonly name: string
  readonly input: {
    readonly series: readonly (number | null)[]
    readonly config: Readonly<Record<string, unknown>>
  }
  readonly expected: unknown
}

function trendConfig(config: TrendCase['input']['config']): Partial<TrendConfig> {
  const { deadband_pct, warmup_frac, ...rest } = config
  return {
    ...camelKeys(rest),
    ...(deadband_pct === undefined ? {} : { deadbandRatio: deadband_pct as number }),
    ...(warmup_frac === undefined ? {} : { warmupRatio: warmup_frac as number }),
  }
}

/** Runs cases of the shape of `step_time_trend.json`: a series to its evidence and label. */
export function runStepTimeTrendVectors(json: unknown): VectorOutcome[] {
  return (json as readonly TrendCase[]).map(({ name, input, expected }) =>
    outcomeOf(name, expected, () => {
      const config = trendConfig(input.config)
      const trend = analyzeTrend(input.series, config)
      return {
        evidence: trend && {
          points_seen: trend.pointsSeen,
          points_used: trend.pointsUsed,
          truncated: trend.truncated,
          baseline_avg: trend.baselineAvg,
          mid_avg: trend.midAvg,
          recent_avg: trend.recentAvg,
          delta_vs_baseline: trend.deltaVsBaseline,
          delta_vs_mid: trend.deltaVsMid,
          delta_pct_vs_baseline: trend.ratioVsBaseline,
          delta_pct_vs_mid: trend.ratioVsMid,
        },
        label: trendLabel(trend?.ratioVsBaseline ?? null, config.deadbandRatio ?? 0.02),
      }
    }),
  )
}

interface LiveCase {
  readonly name: string
  readonly input: {
    readonly ttl_s: number | null
    readonly reads: readonly { readonly t: number; readonly read: string }[]
  }
  readonly expected: unknown
}

const USABLE_STEP = {
  input_wait: { cpuMs: 2, gpuMs: null },
  forward: { cpuMs: 20, gpuMs: null },
  backward: { cpuMs: 30, gpuMs: null },
  optimizer_step: { cpuMs: 10, gpuMs: null },
  traced_step_time: { cpuMs: 100, gpuMs: null },
}

/** What each kind of read hands out. */
function readSnapshot(read: string): StepTimeSnapshot {
  if (read === 'error') throw new Error('the store is locked')
  if (read === 'empty') return stepTimeSnapshotFromRows([])
  if (read === 'rank_without_rows') return stepTimeSnapshotFromRows([], { knownRanks: [0] })
  const rows = Array.from({ length: 30 }, (_, i) => ({
    sourceId: i,
    globalRank: 0,
    step: i + 1,
    metrics: USABLE_STEP,
  }))
  return stepTimeSnapshotFromRows(rows)
}

async function runLiveCase({ name, input, expected }: LiveCase): Promise<VectorOutcome> {
  let now = 0
  let read = 'empty'
  const session = createLiveStepTimeSession({
    read: async () => readSnapshot(read),
    clock: { monotonicMs: () => now * 1000 },
    ttlSeconds: input.ttl_s,
    policy: LIVE_STEP_TIME_POLICY,
  })
  const got: unknown[] = []
  for (const step of input.reads) {
    now = step.t
    read = step.read
    const { freshness, diagnosis } = await session.refresh()
    got.push({ freshness, status: diagnosis.primary.status })
  }
  return { name, ok: compareDeep(expected, got), expected, got }
}

/** Runs cases of the shape of `step_time_live.json`: reads over time to freshness and status. */
export function runStepTimeLiveVectors(json: unknown): Promise<VectorOutcome[]> {
  return Promise.all((json as readonly LiveCase[]).map(runLiveCase))
}

interface RepositoryCase {
  readonly name: string
  readonly request: {
    readonly window_size: number
    readonly lookback_factor: number
    readonly rank_filter: readonly number[] | null
  }
  readonly db_rows: readonly {
    readonly id: number
    readonly global_rank: number | null
    readonly step: number | null
    readonly events_json: string | null
  }[]
  readonly training_strategies: readonly (string | null)[]
  readonly live: unknown
  readonly window_live: unknown
  readonly window_summary: unknown
}

/** Strings, kept, or the bare tokens that strict JSON has no word for. */
const BARE_TOKENS = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g

function decodeText(text: string): DecodedStepRow['metrics'] {
  try {
    const strict = text.replace(BARE_TOKENS, (part) => (part.startsWith('"') ? part : 'null'))
    return decodeStepEvents(JSON.parse(strict))
  } catch {
    return null
  }
}

function repositorySnapshot(vector: RepositoryCase): StepTimeSnapshot {
  const { window_size: windowSize, lookback_factor: lookbackFactor } = vector.request
  const stored = vector.db_rows.flatMap((row) =>
    row.global_rank === null ? [] : [{ ...row, globalRank: row.global_rank }],
  )
  return stepTimeSnapshotFromRows(
    stored.flatMap(({ id, globalRank, step, events_json }) =>
      step === null || !events_json
        ? []
        : [{ sourceId: id, globalRank, step, metrics: decodeText(events_json) }],
    ),
    {
      knownRanks: stored.map((row) => row.globalRank),
      request: { windowSize, lookbackFactor, rankFilter: vector.request.rank_filter },
      trainingStrategy: parseTrainingStrategy(
        vector.training_strategies.findLast((strategy) => strategy?.trim()) ?? null,
      ),
    },
  )
}

/**
 * Runs cases of the shape of `step_time_repository.json` without a database: rows to the ranks,
 * cursor and windows.
 */
export function runStepTimeWindowVectors(json: unknown): VectorOutcome[] {
  return (json as readonly RepositoryCase[]).map((vector) => {
    const live = vector.live as Readonly<Record<string, unknown>>
    const expected = {
      global_ranks: live['global_ranks'],
      cursor: live['cursor'],
      window_live: vector.window_live,
      window_summary: vector.window_summary,
    }
    return outcomeOf(vector.name, expected, () => {
      const snapshot = repositorySnapshot(vector)
      const options = { windowSize: vector.request.window_size }
      const window = windowJson(analyzeStepTime(snapshot, options))
      return {
        global_ranks: snapshot.globalRanks,
        cursor: { last_row_id: snapshot.cursor.lastRowId, latest_step: snapshot.cursor.latestStep },
        window_live: window,
        window_summary: window,
      }
    })
  })
}
