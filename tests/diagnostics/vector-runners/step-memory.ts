import type { ProcessSampleRow, StepMemorySampleRow, SystemSampleRow } from '@traceml/contracts'
import {
  type CreepEvidence,
  composeModelDiagnostics,
  createStepMemoryWindow,
  diagnoseLiveStepMemory,
  diagnoseStepMemory,
  LIVE_STEP_MEMORY_POLICY,
  type StepMemoryDiagnosis,
  type StepMemoryMetric,
  type StepMemoryResult,
  type StepMemorySignals,
  SUMMARY_STEP_MEMORY_POLICY,
} from '@traceml/diagnostics'
import { outcomeOf, type VectorOutcome } from './outcome.js'
import { carried, rowsOf, type VectorTable } from './table.js'

interface StepMemoryInput {
  readonly window_rows: number
  readonly step_memory_samples: VectorTable
  readonly process_samples: VectorTable
  readonly system_samples: VectorTable
  readonly live_gpu_total_bytes?: number | null
}

interface Texts {
  readonly reason_carries: readonly string[]
  readonly note_carries: readonly string[] | null
}

interface StepMemoryCase {
  readonly name: string
  readonly input: StepMemoryInput
  readonly policy: { readonly name: string }
  readonly expected: {
    readonly primary: Texts
    readonly issues?: readonly {
      readonly summary_carries: readonly string[]
      readonly evidence: { readonly note_carries?: readonly string[] | null }
    }[]
  }
}

/** Runs cases of the shape of `step_memory.json`, of the summary and of the live view. */
export function runStepMemoryVectors(json: unknown): VectorOutcome[] {
  return (json as readonly StepMemoryCase[]).map((vector) =>
    outcomeOf(vector.name, vector.expected, () =>
      vector.policy.name === 'live' ? liveJson(vector) : summaryJson(vector),
    ),
  )
}

function windowOf(input: StepMemoryInput): ReturnType<typeof createStepMemoryWindow> {
  return createStepMemoryWindow({
    stepMemory: rowsOf<StepMemorySampleRow>(input.step_memory_samples),
    process: rowsOf<ProcessSampleRow>(input.process_samples),
    system: rowsOf<SystemSampleRow>(input.system_samples),
  })
}

function summaryJson({ input, expected }: StepMemoryCase): Record<string, unknown> {
  const result = diagnoseStepMemory(windowOf(input), {
    ...SUMMARY_STEP_MEMORY_POLICY,
    windowSteps: input.window_rows,
  })
  return {
    primary: primaryJson(result.primary, expected.primary),
    issues: issuesJson(result, expected.issues ?? []),
    metric_attribution: Object.fromEntries(
      result.signals.map((signals) => [signals.metric, attributionJson(signals)]),
    ),
    gpu_total_bytes: result.gpuTotalBytes,
    no_gpu_detected: result.noGpuDetected,
    training_steps: result.trainingSteps,
    latest_step_observed: result.latestStep,
    aligned: alignedJson(result),
  }
}

function issuesJson(
  result: StepMemoryResult,
  expected: NonNullable<StepMemoryCase['expected']['issues']>,
): readonly Record<string, unknown>[] {
  return result.issues.map(({ summary, action, ...issue }, index) => {
    const tokens = expected[index]
    const { note, ...evidence } = issue.evidence
    const text = action === '' ? null : summary
    return {
      ...issue,
      summary_carries: carried(tokens?.summary_carries ?? [], text),
      evidence:
        note === undefined
          ? evidence
          : { ...evidence, note_carries: carried(tokens?.evidence.note_carries, note as string) },
    }
  })
}

function primaryJson(primary: StepMemoryDiagnosis, texts: Texts): Record<string, unknown> {
  return {
    kind: primary.kind,
    status: primary.status,
    severity: primary.severity,
    metric: primary.metric,
    steps_used: primary.stepsUsed,
    worst_rank: primary.worstRank,
    confidence: primary.confidence,
    reason_carries: carried(texts.reason_carries, primary.reason),
    note_carries: carried(texts.note_carries, primary.note),
  }
}

function attributionJson(signals: StepMemorySignals): Record<string, unknown> {
  return {
    metric: signals.metric,
    steps_used: signals.stepsUsed,
    window_size: signals.windowSize,
    completed_step: signals.completedStep,
    ranks_seen: signals.ranksSeen,
    worst_rank: signals.worstRank,
    worst_peak_bytes: signals.worstPeakBytes,
    median_peak_bytes: signals.medianPeakBytes,
    skew_ratio: signals.worstToMedianRatio,
    skew_pct: signals.skewRatio,
    pressure_frac: signals.pressureRatio,
    trend: trendJson(signals.creep),
  }
}

function trendJson(creep: CreepEvidence): Record<string, unknown> {
  return {
    eligible: creep.eligible,
    baseline_avg_bytes: creep.baselineAvgBytes,
    mid_avg_bytes: creep.midAvgBytes,
    recent_avg_bytes: creep.recentAvgBytes,
    overall_abs_delta_bytes: creep.overallAbsDeltaBytes,
    overall_worst_growth_pct: creep.overallWorstGrowthRatio,
    overall_median_growth_pct: creep.overallMedianGrowthRatio,
    early: creep.early,
    confirmed: creep.confirmed,
    score: creep.score,
  }
}

function alignedJson(result: StepMemoryResult): Record<string, unknown> {
  const metric = result.metrics[0]
  return {
    count: metric?.stepsUsed ?? 0,
    first_step: metric?.steps[0] ?? null,
    last_step: metric?.steps.at(-1) ?? null,
    global_ranks_used: metric?.ranksPresent ?? 0,
    global_ranks_seen: result.ranksSeen,
  }
}

function liveJson({ input, expected }: StepMemoryCase): Record<string, unknown> {
  const result = diagnoseLiveStepMemory(
    { ...windowOf(input), gpuTotalBytes: input.live_gpu_total_bytes ?? null },
    { ...LIVE_STEP_MEMORY_POLICY, windowSteps: input.window_rows },
  )
  const payload = composeModelDiagnostics(
    { stepTime: null, stepMemory: result },
    { clock: { monotonicMs: () => 0, wallSeconds: () => 0 } },
  )
  const item = payload.items.find((entry) => entry.source === 'step_memory')
  return {
    load_status: result.status,
    metrics: Object.fromEntries(
      result.metrics.map((metric) => [metric.metric, metricJson(metric)]),
    ),
    primary: primaryJson(result.primary, expected.primary),
    card_item: item && {
      kind: item.kind,
      status: item.status,
      severity: item.severity,
      confidence: item.confidence,
      confidence_label: item.confidence_label,
      steps_used: item.steps_used,
      worst_rank: item.worst_rank,
      evidence: item.evidence,
    },
  }
}

function metricJson(metric: StepMemoryMetric): Record<string, unknown> {
  return {
    window_size: metric.windowSize,
    steps_used: metric.stepsUsed,
    median_peak: metric.medianPeakBytes,
    worst_peak: metric.worstPeakBytes,
    worst_rank: metric.worstRank,
    skew_ratio: metric.worstToMedianRatio,
    skew_pct: metric.skewRatio,
    expected_steps: metric.windowSize,
    completed_step: metric.completedStep,
    world_size: metric.ranksExpected,
    ranks_present: metric.ranksPresent,
    incomplete: metric.incomplete,
    first_step: metric.steps[0] ?? null,
    last_step: metric.steps.at(-1) ?? null,
  }
}
