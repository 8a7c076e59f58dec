import { median } from '@traceml/analysis'
import type { MetricPoint, RankIdentity, SectionPayload } from '@traceml/contracts'

/** One published metric of a section: its name, whose unit is its ending, and where it is read. */
export interface ReportMetric<Facts> {
  readonly name: string
  /** The direction in which a row is the worst one. */
  readonly worst: 'highest' | 'lowest'
  /** Null where the row did not measure it. */
  read(facts: Facts): number | null
}

/** One row of a section: a node or a rank. */
export interface ReportRow<Facts> {
  readonly id: string
  readonly identity: RankIdentity
  readonly facts: Facts
}

/** How a section orders its row ids where values are equal. */
export interface RowOrder {
  /** Ascending order of ids. */
  compare(a: string, b: string): number
  /** Of equally bad rows, the one that is named: the last id for highest-is-worse, or the first. */
  readonly worstTie: 'last-of-highest' | 'first'
}

/** Ids as text, `10` before `2`: how nodes and processes are ordered in existing reports. */
export const BY_TEXT: RowOrder = {
  compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
  worstTie: 'last-of-highest',
}

/** Ids as numbers: how the ranks of steps are ordered. */
export const BY_NUMBER: RowOrder = {
  compare: (a, b) => Number(a) - Number(b),
  worstTie: 'first',
}

/** The numbers of a section over all its rows. */
export interface RollUp extends Pick<SectionPayload['global'], 'average' | 'median' | 'worst'> {
  readonly rows: SectionPayload['groups']['rows']
  /** Mathematical medians. */
  readonly middle: Readonly<Record<string, number | null>>
}

/** Rows whose distances from the median differ by less, relative to it, are equally near. */
const NEAR_TIE = 1e-9

interface Measured {
  readonly id: string
  readonly value: number
}

/** Averages, medians and extremes of the metrics over the rows. O(metrics × rows log rows). */
export function rollUp<Facts>(
  metrics: readonly ReportMetric<Facts>[],
  rows: readonly ReportRow<Facts>[],
  order: RowOrder,
): RollUp {
  const average: Record<string, number | null> = {}
  const medians: Record<string, MetricPoint> = {}
  const worst: Record<string, MetricPoint> = {}
  const middle: Record<string, number | null> = {}
  for (const metric of metrics) {
    const values = measuredValues(metric, rows)
    // A plain sum in the order of the rows: the published averages are defined that way.
    const sum = values.reduce((total, { value }) => total + value, 0)
    average[metric.name] = values.length === 0 ? null : sum / values.length
    middle[metric.name] = median(values.map(({ value }) => value))
    medians[metric.name] = medianRow(values, middle[metric.name] ?? null, order)
    worst[metric.name] = worstRow(values, metric.worst, order)
  }
  return { average, median: medians, worst, middle, rows: publishedRows(metrics, rows) }
}

function measuredValues<Facts>(
  metric: ReportMetric<Facts>,
  rows: readonly ReportRow<Facts>[],
): readonly Measured[] {
  const values: Measured[] = []
  for (const { id, facts } of rows) {
    const value = metric.read(facts)
    if (value !== null) values.push({ id, value })
  }
  return values
}

/** The row nearest to the median; of equally near ones the lower value, then the first id. */
function medianRow(
  values: readonly Measured[],
  middle: number | null,
  order: RowOrder,
): MetricPoint {
  let best: Measured | null = null
  for (const row of values) {
    if (best === null || middle === null) {
      best = row
      continue
    }
    const nearer = Math.abs(best.value - middle) - Math.abs(row.value - middle)
    // The two middle rows are equally far away: only rounding makes one of them nearer.
    const isTie = Math.abs(nearer) <= NEAR_TIE * Math.abs(middle)
    const wins = isTie
      ? row.value < best.value || (row.value === best.value && order.compare(row.id, best.id) < 0)
      : nearer > 0
    if (wins) best = row
  }
  return pointOf(best)
}

function worstRow(
  values: readonly Measured[],
  direction: ReportMetric<unknown>['worst'],
  order: RowOrder,
): MetricPoint {
  const isHighest = direction === 'highest'
  const takesLast = isHighest && order.worstTie === 'last-of-highest'
  let best: Measured | null = null
  for (const row of values) {
    if (best === null) {
      best = row
      continue
    }
    const tie = order.compare(row.id, best.id)
    const isWorse = isHighest ? row.value > best.value : row.value < best.value
    if (isWorse || (row.value === best.value && (takesLast ? tie > 0 : tie < 0))) best = row
  }
  return pointOf(best)
}

function pointOf(row: Measured | null): MetricPoint {
  return row === null ? { value: null, idx: null } : { value: row.value, idx: row.id }
}

function publishedRows<Facts>(
  metrics: readonly ReportMetric<Facts>[],
  rows: readonly ReportRow<Facts>[],
): RollUp['rows'] {
  return Object.fromEntries(
    rows.map(({ id, identity, facts }) => [
      id,
      {
        identity,
        metrics: Object.fromEntries(metrics.map((metric) => [metric.name, metric.read(facts)])),
      },
    ]),
  )
}
