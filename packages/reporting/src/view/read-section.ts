import { plainText } from '@traceml/contracts'
import type { Part } from './parts.js'
import { countOf, listOf, nameOf, numberOf, numbersOf, ownValue, partAt, partOf } from './parts.js'
import { readFindings } from './read-finding.js'
import { readGpus } from './read-gpus.js'
import { readSeries } from './read-series.js'
import type { PointView, RowView, SectionView } from './report-view.js'
import { upgradeStepMetrics } from './step-time-versions.js'

/** Characters of a section's card at most. */
const MAX_CARD = 8000
/** Rows of one section that are read at most. */
const MAX_ROWS = 4096
const WHOLE = /^\d{1,15}$/

type Metrics = Readonly<Record<string, number | null>>

/** A section of a document of any version. */
export function readSection(
  value: unknown,
  id: string,
  title: string,
  schemaVersion: number | null,
): SectionView {
  const section = partOf(value)
  const global = partAt(section, 'global')
  const details = partAt(section, 'details')
  const window = partAt(global, 'window')
  const upgrade = (metrics: Metrics): Metrics =>
    id === 'step_time' ? upgradeStepMetrics(metrics, schemaVersion) : metrics
  const groupedBy =
    global['index_by'] === 'node_rank' || (global['index_by'] === undefined && id === 'system')
      ? 'node'
      : 'rank'
  const average = upgrade(numbersOf(global['average']))
  const rows = readRows(partAt(section, 'groups', 'rows'), groupedBy, upgrade)
  return {
    id,
    title,
    hasNumbers: rows.length > 0 || Object.values(average).some((entry) => entry !== null),
    findings: readFindings(section),
    metricNames: metricNames(section, average),
    average,
    median: pointsOf(global['median']),
    worst: pointsOf(global['worst']),
    rows,
    groupedBy,
    stepsAnalyzed: countOf(window['steps_analyzed']),
    samples: countOf(window['samples']) ?? countOf(partAt(section, 'metadata')['samples']),
    clock: nameOf(window['diagnosis_clock']),
    series: readSeries(details['series']),
    peak: pointsOf(details['peak']),
    rowPeaks: rowNumbers(details['row_peaks']),
    spread: rowNumbers(details['step_time_spread']),
    stepsPerSecond: numberOf(details['steps_per_second']),
    gpus: readGpus(section),
    card: typeof section['card'] === 'string' ? plainText(section['card'], MAX_CARD) : null,
  }
}

/** `r3` or `n1`; a key that is no number is its own label. */
export function rowLabel(id: string, groupedBy: 'rank' | 'node'): string {
  if (!WHOLE.test(id)) return nameOf(id) ?? '?'
  return `${groupedBy === 'node' ? 'n' : 'r'}${id}`
}

function metricNames(section: Part, average: Metrics): readonly string[] {
  const published = listOf(partAt(section, 'metadata')['section_metric_names']).filter(
    (name) => typeof name === 'string',
  )
  return (published.length > 0 ? published : Object.keys(average)).slice(0, 100)
}

function rowNumbers(value: unknown): Readonly<Record<string, Metrics>> {
  const rows = Object.entries(partOf(value)).slice(0, MAX_ROWS)
  return Object.fromEntries(rows.map(([id, numbers]) => [id, numbersOf(numbers)]))
}

function pointsOf(value: unknown): Readonly<Record<string, PointView>> {
  return Object.fromEntries(
    Object.entries(partOf(value)).map(([metric, point]) => {
      const { value: number, idx } = partOf(point)
      // Older documents write numbers.
      const id = typeof idx === 'string' || typeof idx === 'number' ? String(idx) : null
      return [metric, { value: numberOf(number), idx: id }]
    }),
  )
}

function readRows(
  rows: Part,
  groupedBy: 'rank' | 'node',
  upgrade: (metrics: Metrics) => Metrics,
): readonly RowView[] {
  return Object.keys(rows)
    .toSorted(byId)
    .slice(0, MAX_ROWS)
    .map((id) => {
      const row = partOf(ownValue(rows, id))
      const identity = partAt(row, 'identity')
      return {
        id,
        label: rowLabel(id, groupedBy),
        hostname: nameOf(identity['hostname']),
        nodeRank: countOf(identity['node_rank']),
        metrics: upgrade(numbersOf(row['metrics'])),
      }
    })
}

/** Ids that are numbers first, ascending; the others after them, by text. */
function byId(a: string, b: string): number {
  const [isNumberA, isNumberB] = [WHOLE.test(a), WHOLE.test(b)]
  if (isNumberA && isNumberB) return Number(a) - Number(b)
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}
