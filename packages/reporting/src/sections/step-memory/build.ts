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
  withLiveTensors,
} from '@traceml/diagnostics'
import { compatibleDetails } from '../shared/compatible.js'
import { BY_NUMBER, type ReportRow } from '../shared/roll-up.js'
import { sectionPayload } from '../shared/section-payload.js'
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
  const ranks = 'ranks' in memory ? memory.ranks : []
  const judge = (by: StepMemoryPolicy): StepMemoryResult => {
    const thresholds = { ...by, windowSteps: windowRows }
    return withLiveTensors(judgeStepMemory(memory, metrics, thresholds), ranks, thresholds)
  }
  const report = judge(policy)
  const { issues, primary } = report
  const compatible =
    policy === SUMMARY_STEP_MEMORY_POLICY ? null : judge(SUMMARY_STEP_MEMORY_POLICY)
  const rows = reportRows(metrics)
  return sectionPayload({
    indexBy: 'global_rank',
    metrics: STEP_MEMORY_REPORT_METRICS,
    peaks: STEP_MEMORY_PEAK_METRICS,
    rows,
    order: BY_NUMBER,
    issues,
    metadata: {
      mode: topologyMode(rows.map((row) => row.identity)),
      global_ranks_seen: report.ranksSeen,
      global_ranks_used: rows.length,
      training_total_steps: report.trainingSteps,
      training_latest_step: report.latestStep,
    },
    window: buildWindow(metrics[0]),
    units: { memory: 'bytes' },
    card: () => formatStepMemoryCard(report),
    details: {
      confidence: primary.confidence,
      ...compatibleDetails(compatible?.issues ?? null),
      series: stepMemorySeries(metrics, memory),
    },
  })
}
