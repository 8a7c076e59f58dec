import type { StepTimeWindow } from '@traceml/analysis'
import { analyzeStepTime, findStepMetric } from '@traceml/analysis'
import type {
  MetricPoint,
  RankIdentity,
  SectionMetadata,
  SectionPayload,
  SectionWindow,
  StepTimeSnapshot,
} from '@traceml/contracts'
import type { StepTimePolicy } from '@traceml/diagnostics'
import { diagnoseStepTime, SUMMARY_STEP_TIME_POLICY } from '@traceml/diagnostics'
import { compatibleDetails } from '../shared/compatible.js'
import { topologyMode, unknownIdentity } from '../topology.js'
import { stepTimeDetails } from './details.js'
import { formatStepTimeCard } from './format.js'
import type { StepTimeReport, StepTimeReportMetric } from './model.js'
import { STEP_TIME_REPORT_METRICS } from './model.js'

function averageOf(window: StepTimeWindow, metric: StepTimeReportMetric): number | null {
  const values = window.rankFacts
    .map((facts) => facts.average[metric.value])
    .filter((value) => value !== null)
  // A plain sum from the lowest rank up: the published averages are defined that way.
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}

function medianPoint(window: StepTimeWindow, metric: StepTimeReportMetric): MetricPoint {
  const found = findStepMetric(window, metric.statistic)
  if (found === null) return { value: null, idx: null }
  return { value: found.representativeMs, idx: String(found.representativeRank) }
}

function worstPoint(window: StepTimeWindow, metric: StepTimeReportMetric): MetricPoint {
  const found = findStepMetric(window, metric.statistic)
  if (found === null) return { value: null, idx: null }
  return { value: found.worstMs, idx: String(found.worstRank) }
}

function byMetric<Value>(
  read: (metric: StepTimeReportMetric) => Value,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(STEP_TIME_REPORT_METRICS.map((metric) => [metric.name, read(metric)]))
}

function identityOf(snapshot: StepTimeSnapshot, rank: number): RankIdentity {
  return snapshot.identities[String(rank)] ?? unknownIdentity(rank)
}

function buildWindow(report: StepTimeReport): SectionWindow {
  const { steps, clock } = report.window
  return {
    kind: 'step_window',
    alignment: 'common_steps',
    samples: null,
    steps_analyzed: steps.length,
    start_step: steps[0] ?? null,
    end_step: steps.at(-1) ?? null,
    completed_step: steps.at(-1) ?? null,
    window_size: report.windowRows,
    diagnosis_clock: clock,
  }
}

function buildMetadata(
  report: StepTimeReport,
  identities: readonly RankIdentity[],
): SectionMetadata {
  const { latestStep } = report.snapshot.cursor
  return {
    mode: topologyMode(identities),
    duration_s: null,
    samples: null,
    nodes_expected: null,
    nodes_observed: null,
    nodes_coverage: null,
    nodes_partial: null,
    gpus_observed: null,
    global_ranks_seen: report.ranksSeen,
    global_ranks_used: report.window.rankFacts.length,
    training_total_steps: latestStep === null ? 0 : latestStep + 1,
    training_latest_step: latestStep,
    section_metric_names: STEP_TIME_REPORT_METRICS.map((metric) => metric.name),
  }
}

/** Analyses and diagnoses a snapshot, and writes the result down in the shape of the report. */
export function buildStepTime(
  snapshot: StepTimeSnapshot,
  windowRows: number,
  policy: StepTimePolicy,
): SectionPayload {
  const window = analyzeStepTime(snapshot, { windowSize: windowRows })
  const { issues, primary } = diagnoseStepTime(window, policy)
  const diagnosis = issues[0]
  if (diagnosis === undefined) throw new Error('The step-time diagnosis returned no issue.')
  const usedRanks = window.rankFacts.map((facts) => facts.globalRank)
  const seen = new Set([...snapshot.globalRanks, ...usedRanks])
  const report: StepTimeReport = { snapshot, window, issues, windowRows, ranksSeen: seen.size }
  const identities = usedRanks.map((rank) => identityOf(snapshot, rank))
  const rows = window.rankFacts.map((facts) => [
    String(facts.globalRank),
    {
      identity: identityOf(snapshot, facts.globalRank),
      metrics: byMetric((metric) => facts.average[metric.value]),
    },
  ])
  return {
    metadata: buildMetadata(report, identities),
    diagnosis,
    issues,
    global: {
      index_by: 'global_rank',
      window: buildWindow(report),
      average: byMetric((metric) => averageOf(window, metric)),
      median: byMetric((metric) => medianPoint(window, metric)),
      worst: byMetric((metric) => worstPoint(window, metric)),
    },
    groups: { by: 'global_rank', rows: Object.fromEntries(rows) },
    units: { time: 'ms' },
    card: formatStepTimeCard(report),
    details: {
      ...stepTimeDetails(window),
      confidence: primary.confidence,
      ...compatibleDetails(
        policy === SUMMARY_STEP_TIME_POLICY
          ? null
          : diagnoseStepTime(window, SUMMARY_STEP_TIME_POLICY).issues,
      ),
    },
  }
}
