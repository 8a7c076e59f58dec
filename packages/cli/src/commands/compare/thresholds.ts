import { type ComparePolicy, defaultCompareMetrics, memoryTrendMetric } from '@traceml/compare'
import { type CompareMetric, ConfigError } from '@traceml/contracts'

const ENTRY = /^([^=]+)=\s*([0-9]*\.?[0-9]+)\s*(%|pp)?$/
const MAX_CHANGE = 1000

/** The metrics that can be judged: numbers with a direction that summaries have. */
const judged: readonly CompareMetric[] = defaultCompareMetrics.filter(
  (metric) => metric.direction !== 'context' && metric !== memoryTrendMetric,
)

/** How a metric is called on the command line: its id without the unit. */
function nameOf({ id }: CompareMetric): string {
  return id.replace(/_(ms|bytes|pct)$/, '')
}

function invalid(text: string, advice: string): ConfigError {
  return new ConfigError(
    'TRACEML_CONFIG_INVALID',
    `--threshold is "${text}", which cannot be used; ${advice}.`,
    { details: { source: '--threshold', value: text } },
  )
}

/**
 * The thresholds of a policy with those that were typed, such as `step_time=3%` or `memory_skew=5pp`.
 *
 * @throws {ConfigError} TRACEML_CONFIG_INVALID for an unknown metric, naming all, and a change that is
 * no number above 0 in the unit of the metric.
 */
export function applyThresholds(
  policy: ComparePolicy,
  entries: readonly string[],
): ComparePolicy['thresholds'] {
  const thresholds: Record<string, number> = { ...policy.thresholds }
  for (const text of entries) {
    const [, name = '', size = '', unit] = ENTRY.exec(text) ?? []
    if (name === '') throw invalid(text, 'write a metric and a change, such as step_time=3%')
    const metric =
      judged.find(({ id }) => id === name.trim()) ??
      judged.find((candidate) => nameOf(candidate) === name.trim())
    if (metric === undefined) {
      throw invalid(text, `the metric must be one of ${judged.map(nameOf).join(', ')}`)
    }
    const inPoints = metric.deltaUnit === 'percentage_point'
    if (unit !== undefined && (unit === 'pp') !== inPoints) {
      const example = `${nameOf(metric)}=${size}${inPoints ? 'pp' : '%'}`
      throw invalid(
        text,
        `its change is in ${inPoints ? 'percentage points' : 'percent'}: ${example}`,
      )
    }
    const change = Number(size)
    if (!(change > 0 && change <= MAX_CHANGE)) {
      throw invalid(text, `give a change above 0 and at most ${MAX_CHANGE}`)
    }
    thresholds[metric.id] = change
  }
  return thresholds
}
