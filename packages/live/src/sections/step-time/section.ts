import {
  analyzeStepTime,
  findStepMetric,
  type StepMetricKey,
  type StepTimeWindow,
} from '@traceml/analysis'
import {
  LIVE_PHASES,
  type LiveEvidence,
  type LiveStepMetric,
  type LiveStepTimeBody,
  type LiveStraggler,
} from '@traceml/contracts'
import {
  diagnoseStepTime,
  ROBUST_LIVE_STEP_TIME_POLICY,
  type StepTimePolicy,
} from '@traceml/diagnostics'
import type { RankState } from '../../rank-state.js'
import type { SessionState } from '../../session-state.js'
import { liveTrend } from '../../trend.js'
import { evidence, liveIssue, sectionVerdict } from '../../verdicts/section-verdict.js'
import type { SectionResult } from '../result.js'
import { stragglerOf } from './lateness.js'
import { phasesOf, shownFacts, stepHeat, stepSeries } from './series.js'
import { snapshotOf } from './snapshot.js'

const WINDOW_STEPS = 100

const LABELS: Readonly<Record<LiveStepMetric['key'], string>> = {
  step_time: 'step time',
  input_wait: 'input wait',
  h2d: 'copy to device',
  forward: 'forward',
  backward: 'backward',
  optimizer_step: 'optimizer',
  residual: 'residual',
}
const METRICS: readonly (readonly [LiveStepMetric['key'], StepMetricKey])[] = [
  ['step_time', 'step_time'],
  ...LIVE_PHASES.map((phase) =>
    phase === 'residual' ? ([phase, 'residual_proxy'] as const) : ([phase, phase] as const),
  ),
]

/** The step-time section, and the window that others draw ranks from. @internal */
export interface StepTimeSection extends SectionResult<LiveStepTimeBody> {
  readonly window: StepTimeWindow
}

/**
 * Judges the newest steps that the given ranks share; null when there are none.
 *
 * @param ranks - Those that go on: one that is gone must not hold the window where it stopped.
 * @internal
 */
export function stepTimeSection(
  state: SessionState,
  ranks: readonly RankState[],
  policy: Partial<StepTimePolicy> = ROBUST_LIVE_STEP_TIME_POLICY,
): StepTimeSection | null {
  const window = analyzeStepTime(snapshotOf(state, ranks), { windowSize: WINDOW_STEPS })
  if (window.metrics.length === 0) return null
  const { primary, issues } = diagnoseStepTime(window, policy)
  const [lead] = issues
  const straggler = stragglerOf(window, primary.kind, lead?.ranks[0] ?? primary.worstRank)
  const metrics = METRICS.flatMap(([key, metric]) => metricOf(window, key, metric) ?? [])
  const shown = shownFacts(window)
  const stepMs = shown?.average.stepTimeMs ?? null
  const { steps, coverage } = window
  const series = stepSeries(window)
  return {
    window,
    verdict: sectionVerdict('step_time', primary, {
      ranks: lead?.ranks ?? [],
      evidence: evidenceOf(window, metrics, primary.kind.endsWith('STRAGGLER') ? straggler : null),
    }),
    issues: issues.map(liveIssue),
    body: {
      clock: window.clock,
      window: {
        steps_used: coverage.stepsUsed,
        steps_wanted: coverage.expectedSteps,
        first_step: steps[0] ?? null,
        last_step: steps[steps.length - 1] ?? null,
        ranks_present: window.rankFacts.length,
        ranks_known: state.ranks.size,
      },
      metrics,
      composition:
        shown === null || stepMs === null
          ? null
          : { rank: shown.globalRank, step_time_ms: stepMs, phases_ms: phasesOf(shown) },
      straggler,
      trend: liveTrend(findStepMetric(window, 'step_time')?.series?.median ?? []),
      series,
      heat: stepHeat(window),
    },
  }
}

function metricOf(
  window: StepTimeWindow,
  key: LiveStepMetric['key'],
  metric: StepMetricKey,
): LiveStepMetric | null {
  const found = findStepMetric(window, metric)
  if (found === null) return null
  const stepMs = findStepMetric(window, 'step_time')?.medianMs ?? null
  const shares: Partial<Record<LiveStepMetric['key'], number | null>> = {
    step_time: null,
    input_wait: window.inputWaitShare,
    h2d: window.h2dShare,
    residual: window.residualShare,
  }
  const share = stepMs === null || stepMs <= 0 ? null : found.medianMs / stepMs
  return {
    key,
    label: LABELS[key],
    median_ms: found.medianMs,
    worst_ms: found.worstMs,
    worst_rank: found.worstRank,
    skew_ratio: found.skewRatio,
    share_ratio: key in shares ? (shares[key] ?? null) : share,
  }
}

function evidenceOf(
  window: StepTimeWindow,
  metrics: readonly LiveStepMetric[],
  straggler: LiveStraggler | null,
): readonly LiveEvidence[] {
  const stepTime = metrics.find(({ key }) => key === 'step_time') ?? null
  const parts = metrics
    .filter(({ key }) => key !== 'step_time')
    .toSorted((a, b) => b.median_ms - a.median_ms)
    .slice(0, 3)
  return [
    ...(straggler === null
      ? []
      : [
          ...evidence('straggler_cost_ms', 'costs', straggler.cost_ms, 'ms'),
          ...evidence('recurrence', 'recurs in', straggler.recurrence_ratio, 'ratio'),
        ]),
    ...evidence('step_time_ms', 'step', stepTime?.median_ms, 'ms'),
    ...parts.flatMap(({ key, label, share_ratio: share }) =>
      evidence(`${key}_share`, label, share, 'ratio'),
    ),
    ...evidence('skew', 'skew', stepTime?.skew_ratio, 'ratio'),
    ...evidence('steps', 'steps', window.coverage.stepsUsed, 'count'),
  ]
}
