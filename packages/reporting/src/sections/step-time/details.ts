import type { StepTimeWindow, StepValueKey } from '@traceml/analysis'
import { findStepMetric } from '@traceml/analysis'
import type { SectionDetails, SeriesLine, Spread, SummarySeries } from '@traceml/contracts'
import type { LineParts } from '../shared/series.js'
import { bucketColumn, bucketEdges, seriesLine } from '../shared/series.js'
import { spreadOf } from '../shared/spread.js'
import { STEP_TIME_REPORT_METRICS } from './model.js'

/** The lines of the series: the step with its spikes, and the phases that it is made of. */
const LINES: readonly (readonly [string, StepValueKey, LineParts])[] = [
  ['step_time_ms', 'stepTimeMs', { worst: true, extremes: true }],
  ['input_wait_ms', 'inputWaitMs', { worst: true }],
  ['h2d_ms', 'h2dMs', {}],
  ['forward_ms', 'forwardMs', {}],
  ['backward_ms', 'backwardMs', {}],
  ['optimizer_ms', 'optimizerStepMs', {}],
  ['residual_ms', 'residualMs', {}],
]

/** What a window of steps shows beyond its averages. O(ranks × steps log steps). */
export function stepTimeDetails(
  window: StepTimeWindow,
): Pick<SectionDetails, 'median' | 'step_time_spread' | 'steps_per_second' | 'series'> {
  const spread = Object.fromEntries(
    window.rankFacts.flatMap((facts): readonly (readonly [string, Spread])[] => {
      const column = facts.column('stepTimeMs')
      return column === null ? [] : [[String(facts.globalRank), spreadOf(column)]]
    }),
  )
  return {
    median: Object.fromEntries(
      STEP_TIME_REPORT_METRICS.map(({ name, statistic }) => [
        name,
        findStepMetric(window, statistic)?.medianMs ?? null,
      ]),
    ),
    step_time_spread: spread,
    steps_per_second: stepsPerSecond(window),
    series: stepTimeSeries(window),
  }
}

/** The slowest rank decides, as all wait for it. */
function stepsPerSecond(window: StepTimeWindow): number | null {
  const slowestMs = findStepMetric(window, 'step_time')?.worstMs ?? null
  return slowestMs === null || slowestMs <= 0 ? null : 1000 / slowestMs
}

function stepTimeSeries(window: StepTimeWindow): SummarySeries | null {
  const edges = bucketEdges(window.steps.length)
  const lines: Record<string, SeriesLine> = {}
  for (const [name, key, parts] of LINES) {
    const columns = window.rankFacts
      .map((facts) => facts.column(key))
      .filter((column) => column !== null)
    const line = seriesLine(
      columns.map((column) => bucketColumn(column, edges)),
      parts,
    )
    if (line !== null) lines[name] = line
  }
  if (Object.keys(lines).length === 0) return null
  const at = Array.from(edges.subarray(0, -1), (position) => window.steps[position] as number)
  return { axis: 'step', at, lines }
}
