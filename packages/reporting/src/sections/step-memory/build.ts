import type {
  SectionPayload,
  SectionWindow,
  StepMemoryColumns,
  StepMemoryWindow,
} from '@traceml/contracts'
import {
  alignMemoryColumns,
  alignSummaryMetrics,
  judgeStepMemory,
  type StepMemoryMetric,
  type StepMemoryPolicy,
  type StepMemoryResult,
  SUMMARY_STEP_MEMORY_POLICY,
} from '@traceml/diagnostics'
import { compatibleDetails } from '../shared/compatible.js'
import { sectionMetadata } from '../shared/metadata.js'
import { peakDetails } from '../shared/peaks.js'
import { BY_NUMBER, type ReportRow, rollUp } from '../shared/roll-up.js'
import { topologyMode } from '../topology.js'
import { stepMemorySeries } from './details.js'
import { formatStepMemoryCard } from './format.js'
import {
  STEP_MEMORY_PEAK_METRICS,
  STEP_MEMORY_REPORT_METRICS,
  type StepMemoryFacts,
} from './model.js'

function buildWindow(metric: StepMemoryMetric | undefined): SectionWindow {
  const endStep = metric?.steps.at(-1) ?? null
  return {
    kind: 'step_window',
    alignment: 'common_steps',
    samples: null,
    steps_analyzed: metric?.stepsUsed ?? 0,
    start_step: null,
    end_step: endStep,
    completed_step: endStep,
    window_size: metric?.windowSize ?? null,
  }
}

function reportRows(metrics: readonly StepMemoryMetric[]): readonly ReportRow<StepMemoryFacts>[] {
  const find = (name: string): StepMemoryMetric | undefined =>
    metrics.find(({ metric }) => metric === name)
  const allocated = new Map(find('peak_allocated')?.ranks.map((rank) => [rank.globalRank, rank]))
  const reserved = new Map(find('peak_reserved')?.ranks.map((rank) => [rank.globalRank, rank]))
  return (metrics[0]?.ranks ?? []).map(({ globalRank, identity }) => ({
    id: String(globalRank),
    identity,
    facts: {
      allocated: allocated.get(globalRank) ?? null,
      reserved: reserved.get(globalRank) ?? null,
    },
  }))
}

/** Aligns and diagnoses the steps' memory, and writes it down in the shape of the report. */
export function buildStepMemory(
  memory: StepMemoryWindow | StepMemoryColumns,
  windowRows: number,
  policy: StepMemoryPolicy,
): SectionPayload {
  const metrics =
    'ranks' in memory
      ? alignMemoryColumns(memory, windowRows)
      : alignSummaryMetrics(memory, windowRows)
  const judge = (by: StepMemoryPolicy): StepMemoryResult =>
    judgeStepMemory(memory, metrics, { ...by, windowSteps: windowRows })
  const report = judge(policy)
  const isCompatible = policy === SUMMARY_STEP_MEMORY_POLICY
  const { issues, primary } = report
  const [diagnosis] = issues
  if (diagnosis === undefined) throw new Error('The step-memory diagnosis returned no issue.')
  const rows = reportRows(metrics)
  const rolled = rollUp(STEP_MEMORY_REPORT_METRICS, rows, BY_NUMBER)
  return {
    metadata: sectionMetadata({
      mode: topologyMode(rows.map((row) => row.identity)),
      global_ranks_seen: report.ranksSeen,
      global_ranks_used: rows.length,
      training_total_steps: report.trainingSteps,
      training_latest_step: report.latestStep,
      section_metric_names: STEP_MEMORY_REPORT_METRICS.map((metric) => metric.name),
    }),
    diagnosis,
    issues,
    global: {
      index_by: 'global_rank',
      window: buildWindow(metrics[0]),
      average: rolled.average,
      median: rolled.median,
      worst: rolled.worst,
    },
    groups: { by: 'global_rank', rows: rolled.rows },
    units: { memory: 'bytes' },
    card: formatStepMemoryCard(report),
    details: {
      median: rolled.middle,
      ...peakDetails(STEP_MEMORY_PEAK_METRICS, rows, BY_NUMBER),
      confidence: primary.confidence,
      ...compatibleDetails(isCompatible ? null : judge(SUMMARY_STEP_MEMORY_POLICY).issues),
      series: stepMemorySeries(metrics),
    },
  }
}
