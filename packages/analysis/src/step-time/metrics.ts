import { medianInPlace } from '../internal/select.js'
import { type RankStatistics, type RankValue, rankStatistics } from './rank-statistics.js'
import {
  SERIES_METRIC_COUNT,
  STEP_METRICS,
  type StepMetricKey,
  type StepValueKey,
} from './values.js'
import type { RankStepFacts, StepSeries, StepTimeMetric } from './window.js'

/** The averages of the ranks that measured a value, in the order of the facts. */
function rankAverages(facts: readonly RankStepFacts[], key: StepValueKey): RankValue[] {
  const values: RankValue[] = []
  for (const { globalRank, average } of facts) {
    const value = average[key]
    if (value !== null) values.push({ globalRank, value })
  }
  return values
}

/** Every metric that some rank measured, in the fixed order. */
export function stepMetrics(facts: readonly RankStepFacts[]): readonly StepTimeMetric[] {
  return STEP_METRICS.flatMap(([metric, key], i) => {
    const statistics = rankStatistics(rankAverages(facts, key))
    if (statistics === null) return []
    const columns = (): Float64Array[] =>
      facts.map((rank) => rank.column(key)).filter((column) => column !== null)
    return [toMetric(metric, statistics, i < SERIES_METRIC_COUNT ? columns : null)]
  })
}

function toMetric(
  metric: StepMetricKey,
  statistics: RankStatistics,
  columns: (() => readonly Float64Array[]) | null,
): StepTimeMetric {
  let series: StepSeries | null = null
  return {
    metric,
    medianMs: statistics.median,
    worstMs: statistics.worst,
    worstRank: statistics.worstRank,
    skewRatio: statistics.skewRatio,
    representativeRank: statistics.representativeRank,
    representativeMs: statistics.representative,
    // Most windows are judged without their series, and it is the only part that costs
    // steps × ranks more than once.
    get series() {
      if (columns !== null) series ??= stepSeries(columns())
      return series
    },
  }
}

/** Median and maximum over the ranks, step by step. */
function stepSeries(columns: readonly Float64Array[]): StepSeries {
  const [only] = columns
  if (columns.length <= 1) {
    const values = only ?? new Float64Array(0)
    return { median: values, worst: values }
  }
  const stepCount = (only as Float64Array).length
  const median = new Float64Array(stepCount)
  const worst = new Float64Array(stepCount)
  const scratch = new Float64Array(columns.length)
  for (let i = 0; i < stepCount; i++) {
    let highest = 0
    for (let r = 0; r < columns.length; r++) {
      const value = (columns[r] as Float64Array)[i] as number
      scratch[r] = value
      if (value > highest) highest = value
    }
    worst[i] = highest
    median[i] = medianInPlace(scratch, columns.length)
  }
  return { median, worst }
}
