import type { ComparableSummary, CompareMetric, CompareMetricContext } from '@traceml/contracts'
import { defineCompareMetric } from '@traceml/contracts'
import {
  commonSelectedClock,
  comparisonClock,
  hasClockedStepTime,
  stepTimeOnClock,
} from '../clock.js'
import { asRecord, readAverage, readPath, toNumber } from '../read.js'

const SECTION = 'step_time'

/** A phase average; null unless both runs measured their phases on the same clock. */
function readPhase(
  summary: ComparableSummary,
  context: CompareMetricContext,
  key: string,
): number | null {
  return commonSelectedClock(context) === null ? null : readAverage(summary, SECTION, key)
}

function phaseMetric(id: string, label: string, key: string, inText: boolean): CompareMetric {
  return defineCompareMetric({
    apiVersion: 1,
    kind: 'compare-metric',
    id,
    section: SECTION,
    label,
    unit: 'ms',
    deltaUnit: null,
    direction: 'higher_is_worse',
    inText,
    read: (summary, context) => readPhase(summary, context, key),
  })
}

/** Outer step time on the clock that both runs have. */
export const stepTimeMetric: CompareMetric = /* @__PURE__ */ defineCompareMetric({
  apiVersion: 1,
  kind: 'compare-metric',
  id: 'step_time_ms',
  section: SECTION,
  label: (context) => {
    const clock = comparisonClock(context)
    return clock === null ? 'Step Time' : `${clock.toUpperCase()} Step Time`
  },
  unit: 'ms',
  deltaUnit: null,
  direction: 'higher_is_worse',
  read: (summary, context) => {
    const clock = comparisonClock(context)
    return clock === null ? null : stepTimeOnClock(summary, clock)
  },
})

/** CPU time of fetching batches; context, never added to step time. */
export const dataloaderFetchMetric: CompareMetric = /* @__PURE__ */ defineCompareMetric({
  apiVersion: 1,
  kind: 'compare-metric',
  id: 'dataloader_fetch_cpu_ms',
  section: SECTION,
  label: 'DataLoader Fetch (CPU)',
  unit: 'ms',
  deltaUnit: null,
  direction: 'context',
  read: (summary) =>
    readAverage(
      summary,
      SECTION,
      hasClockedStepTime(summary) ? 'dataloader_fetch_cpu_ms' : 'dataloader_ms',
    ),
})

const DOMINANT_CANDIDATES: readonly (readonly [string, string])[] = [
  ['input', 'input_wait_ms'],
  ['h2d', 'h2d_ms'],
  ['forward', 'forward_ms'],
  ['backward', 'backward_ms'],
  ['optimizer', 'optimizer_ms'],
]

/** The measured phase that takes longest, and its milliseconds; null when none was measured. */
export function dominantPhase(
  summary: ComparableSummary,
): { readonly phase: string; readonly ms: number } | null {
  let dominant: { phase: string; ms: number } | null = null
  for (const [phase, key] of DOMINANT_CANDIDATES) {
    const ms = readAverage(summary, SECTION, key)
    if (ms !== null && (dominant === null || ms > dominant.ms)) dominant = { phase, ms }
  }
  return dominant
}

/** Name of the longest phase. */
export const dominantPhaseMetric: CompareMetric = /* @__PURE__ */ defineCompareMetric({
  apiVersion: 1,
  kind: 'compare-metric',
  id: 'dominant_phase',
  section: SECTION,
  label: 'Dominant phase',
  unit: null,
  deltaUnit: null,
  direction: 'context',
  inText: false,
  read: (summary, context) =>
    commonSelectedClock(context) === null ? null : (dominantPhase(summary)?.phase ?? null),
})

/** The 95th percentile of single steps, of the rank where it is highest. */
export const stepTimeP95Metric: CompareMetric = /* @__PURE__ */ defineCompareMetric({
  apiVersion: 1,
  kind: 'compare-metric',
  id: 'step_time_p95_ms',
  section: SECTION,
  label: 'Step Time p95',
  unit: 'ms',
  deltaUnit: null,
  direction: 'higher_is_worse',
  onlyWhenMeasured: true,
  read(summary, context) {
    // The spread is one of the phases' clock.
    if (commonSelectedClock(context) === null) return null
    const rows = asRecord(readPath(summary, [SECTION, 'details', 'step_time_spread'])) ?? {}
    const values = Object.values(rows).map((row) => toNumber(asRecord(row)?.['p95']))
    const measured = values.filter((value) => value !== null)
    return measured.length === 0 ? null : Math.max(...measured)
  },
})

/** Steps that the run completed a second, as the slowest rank does. */
export const stepsPerSecondMetric: CompareMetric = /* @__PURE__ */ defineCompareMetric({
  apiVersion: 1,
  kind: 'compare-metric',
  id: 'steps_per_second',
  section: SECTION,
  label: 'Steps a second',
  unit: null,
  deltaUnit: null,
  direction: 'lower_is_worse',
  onlyWhenMeasured: true,
  read: (summary, context) =>
    commonSelectedClock(context) === null
      ? null
      : toNumber(readPath(summary, [SECTION, 'details', 'steps_per_second'])),
})

/** Metrics of the step-time section, in the order of the document. */
export const stepTimeMetrics: readonly CompareMetric[] = [
  stepTimeMetric,
  stepTimeP95Metric,
  stepsPerSecondMetric,
  phaseMetric('input_ms', 'Input', 'input_wait_ms', true),
  dataloaderFetchMetric,
  phaseMetric('h2d_ms', 'H2D', 'h2d_ms', true),
  phaseMetric('compute_ms', 'Compute', 'compute_ms', true),
  phaseMetric('residual_ms', 'Residual', 'residual_ms', true),
  phaseMetric('forward_ms', 'Forward', 'forward_ms', false),
  phaseMetric('backward_ms', 'Backward', 'backward_ms', false),
  phaseMetric('optimizer_ms', 'Optimizer', 'optimizer_ms', false),
  dominantPhaseMetric,
]
