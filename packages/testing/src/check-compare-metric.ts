import type { ComparableSummary, CompareMetric } from '@traceml/contracts'

/** One example of what a metric must read. */
export interface CompareMetricExample {
  readonly name: string
  readonly lhs: ComparableSummary
  readonly rhs: ComparableSummary
  readonly expected: {
    readonly lhs: number | string | null
    readonly rhs: number | string | null
  }
}

const UNITS: readonly unknown[] = ['ms', 'percent', 'bytes', 'gb', null]
const DIRECTIONS: readonly unknown[] = ['higher_is_worse', 'lower_is_worse', 'context']

/** Shapes that a reader of other people's files meets; none of them has the number. */
const ODD_SUMMARIES: readonly ComparableSummary[] = [
  {},
  { system: null, process: [], step_time: 'none', step_memory: 3 },
  { step_time: { global: null }, system: { global: { average: null } } },
  { step_time: { global: { average: [], window: null } }, extra_sections: null },
]

function reject(id: string, problem: string): never {
  throw new Error(`Compare metric "${id}" ${problem}`)
}

function checkDeclaration(metric: CompareMetric): void {
  const id = String(metric.id)
  if (metric.apiVersion !== 1 || metric.kind !== 'compare-metric') {
    reject(id, 'must declare apiVersion 1 and kind "compare-metric".')
  }
  if (id.trim() === '' || metric.section.trim() === '') reject(id, 'needs an id and a section.')
  if (!UNITS.includes(metric.unit)) reject(id, `has the unknown unit "${String(metric.unit)}".`)
  if (!DIRECTIONS.includes(metric.direction)) {
    reject(id, `has the unknown direction "${String(metric.direction)}".`)
  }
}

function checkValue(metric: CompareMetric, value: unknown, where: string): void {
  const fits =
    value === null ||
    typeof value === 'string' ||
    (typeof value === 'number' && Number.isFinite(value))
  if (!fits) {
    reject(metric.id, `read ${String(value)} from ${where}; return a finite number, text or null.`)
  }
}

function readBoth(
  metric: CompareMetric,
  lhs: ComparableSummary,
  rhs: ComparableSummary,
  where: string,
): readonly [number | string | null, number | string | null] {
  const before = JSON.stringify([lhs, rhs])
  try {
    const context = { lhs, rhs }
    const values = [metric.read(lhs, context), metric.read(rhs, context)] as const
    for (const value of values) checkValue(metric, value, where)
    const label = typeof metric.label === 'function' ? metric.label(context) : metric.label
    if (label.trim() === '') reject(metric.id, `has an empty label for ${where}.`)
    if (JSON.stringify([lhs, rhs]) !== before) reject(metric.id, `modified ${where}.`)
    return values
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Compare metric')) throw error
    return reject(metric.id, `threw on ${where}: ${String(error)}; read null instead.`)
  }
}

/**
 * Checks that a metric keeps the contract of `CompareMetric`: its declaration, finite numbers, text
 * or null for any input, no throwing and no modification, and the given examples.
 *
 * @throws {Error} With one sentence about the first broken promise.
 */
export function checkCompareMetric(
  metric: CompareMetric,
  examples: readonly CompareMetricExample[] = [],
): void {
  checkDeclaration(metric)
  for (const odd of ODD_SUMMARIES) {
    readBoth(metric, odd, {}, `the summary ${JSON.stringify(odd)}`)
    readBoth(metric, {}, odd, `the summary ${JSON.stringify(odd)}`)
  }
  for (const example of examples) {
    const [lhs, rhs] = readBoth(metric, example.lhs, example.rhs, `example "${example.name}"`)
    if (lhs !== example.expected.lhs || rhs !== example.expected.rhs) {
      reject(
        metric.id,
        `read ${String(lhs)} and ${String(rhs)} in example "${example.name}" instead of ${String(example.expected.lhs)} and ${String(example.expected.rhs)}.`,
      )
    }
  }
}
