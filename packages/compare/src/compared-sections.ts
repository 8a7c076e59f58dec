import type { ComparedMetric, CompareMetric, CompareMetricContext } from '@traceml/contracts'
import { clockNotes, comparisonClock } from './clock.js'
import type { ComparedSection, ComparedText } from './model.js'
import { hasSection, readStatus } from './read.js'

/** Sections of the document, always present, in their order. */
const SECTION_ORDER = ['step_time', 'step_memory', 'process', 'system'] as const

/** Below this a left value is too close to zero for a percentage. */
const ZERO_BASELINE = 1e-12

/** Both sides of one text. */
export function compareText(lhs: string | null, rhs: string | null): ComparedText {
  return { lhs, rhs, changed: lhs !== rhs }
}

function readSafely(
  metric: CompareMetric,
  side: 'lhs' | 'rhs',
  context: CompareMetricContext,
): number | string | null {
  try {
    const value = metric.read(context[side], context)
    return typeof value === 'number' && !Number.isFinite(value) ? null : value
  } catch {
    // The interface promises that a throwing metric reads as missing.
    return null
  }
}

/** Reads one metric on both sides and computes its change. */
export function compareMetric(
  metric: CompareMetric,
  context: CompareMetricContext,
): ComparedMetric {
  const lhs = readSafely(metric, 'lhs', context)
  const rhs = readSafely(metric, 'rhs', context)
  const numeric = typeof lhs === 'number' && typeof rhs === 'number'
  const delta = numeric ? rhs - lhs : null
  return {
    label: typeof metric.label === 'function' ? metric.label(context) : metric.label,
    unit: metric.unit,
    lhs,
    rhs,
    delta,
    pct_change:
      numeric && delta !== null && Math.abs(lhs) > ZERO_BASELINE ? (100 * delta) / lhs : null,
    delta_unit: metric.deltaUnit,
    direction: metric.direction,
  }
}

function compareSection(
  section: string,
  metrics: readonly CompareMetric[],
  context: CompareMetricContext,
): ComparedSection {
  const entries = metrics
    .filter((metric) => metric.section === section)
    .map((metric) => ({ metric, compared: compareMetric(metric, context) }))
    .filter(
      ({ metric, compared }) =>
        metric.onlyWhenMeasured !== true || compared.lhs !== null || compared.rhs !== null,
    )
    .map(({ metric, compared }) => [metric.id, compared] as const)
  return {
    available: hasSection(context.lhs, section) || hasSection(context.rhs, section),
    diagnosis: compareText(readStatus(context.lhs, section), readStatus(context.rhs, section)),
    metrics: Object.fromEntries(entries),
    notes: section === 'step_time' ? clockNotes(context) : [],
    ...(section === 'step_time' ? { comparison_clock: comparisonClock(context) } : {}),
  }
}

/** Compares every section: the four built-in ones and those that only `metrics` name. */
export function compareSections(
  metrics: readonly CompareMetric[],
  context: CompareMetricContext,
): Readonly<Record<string, ComparedSection>> {
  const names = new Set<string>([...SECTION_ORDER, ...metrics.map((metric) => metric.section)])
  return Object.fromEntries(
    [...names].map((section) => [section, compareSection(section, metrics, context)]),
  )
}
