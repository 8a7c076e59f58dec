import { formatFixed } from '@traceml/analysis'
import type { CompareMetric } from '@traceml/contracts'
import { plainLine } from '@traceml/contracts'
import { defaultCompareMetrics } from '../default-metrics.js'
import type { JudgedMetric } from '../judge/model.js'
import type { CompareDocument, ComparedSection, ComparedText, DominantShare } from '../model.js'
import { BORDER, boxRow, labelled } from './box.js'
import { formatDelta, formatSeconds, formatValue } from './cells.js'
import { formatChange, formatInterval, formatThreshold } from './numbers.js'
import { rowsOf, sectionTitle, usesByteUnits } from './rows.js'
import { tableRow } from './table-row.js'

/** One column less than the box holds, so that text does not touch the border. */
const TEXT_WIDTH = 73
const MISSING = 'n/a'
const METRIC_COLUMNS = [24, 13, 13, 21] as const
const JUDGED_COLUMNS = [24, 9, 19, 7, 11] as const

function changeText(text: ComparedText): string {
  const [lhs, rhs] = [text.lhs, text.rhs].map((side) => (side === null ? MISSING : plainLine(side)))
  return text.changed ? `${lhs} -> ${rhs}` : `${lhs} (same)`
}

function dominantText(share: DominantShare | null): string {
  if (share === null) return MISSING
  return share.share === null
    ? share.phase
    : `${share.phase} ${formatFixed(100 * share.share, 1)}% of step`
}

function headLines(document: CompareDocument): readonly string[] {
  const { judgement, verdict, overview, longest_phase: longest } = document
  const { duration_s: duration, primary_diagnosis: primary } = overview
  const line = (label: string, text: string): readonly string[] => labelled(label, text, TEXT_WIDTH)
  return [
    ...labelled('', judgement.sentence, TEXT_WIDTH + 1).map((text) => text.trimStart()),
    '',
    ...line('Verdict:', judgement.status),
    ...line('Why:', judgement.why),
    ...line('Next:', judgement.action),
    '',
    ...line('A:', plainLine(document.lhs.label)),
    ...line('B:', plainLine(document.rhs.label)),
    ...(duration.lhs === null && duration.rhs === null
      ? []
      : line('Duration:', `${formatSeconds(duration.lhs)} -> ${formatSeconds(duration.rhs)}`)),
    ...(primary.lhs === null && primary.rhs === null
      ? []
      : line('Diagnosis:', changeText(primary))),
    ...(longest.lhs === null && longest.rhs === null
      ? []
      : line('Longest phase:', `${dominantText(longest.lhs)} -> ${dominantText(longest.rhs)}`)),
    ...(verdict.status === judgement.status
      ? []
      : line('Compatible verdict:', `${verdict.status}; ${verdict.why}`)),
  ]
}

const NO_INTERVAL: Readonly<Record<JudgedMetric['method'], string>> = {
  steps: 'open',
  averages: 'averages only',
}

function judgedRow(judged: JudgedMetric): string {
  const { change, change_unit: unit, interval, threshold, method } = judged
  return tableRow(
    [
      judged.label,
      change === null ? MISSING : formatChange(change, unit),
      interval === null ? NO_INTERVAL[method] : formatInterval(interval, unit),
      threshold === null ? 'any' : formatThreshold(threshold, unit),
      judged.outcome,
    ],
    JUDGED_COLUMNS,
  )
}

function judgedLines({ judgement }: CompareDocument): readonly string[] {
  if (judgement.metrics.length === 0) return []
  const percent = formatFixed(100 * (judgement.confidence ?? 0), 0)
  return [
    '',
    tableRow(['Judged', 'Change', `${percent}% interval`, 'Counts', 'Outcome'], JUDGED_COLUMNS),
    '-'.repeat(TEXT_WIDTH),
    ...judgement.metrics.map(judgedRow),
  ]
}

function sectionLines(
  name: string,
  section: ComparedSection,
  metrics: readonly CompareMetric[],
): readonly string[] {
  return [
    '',
    sectionTitle(name, section),
    ...labelled('  Diagnosis:', changeText(section.diagnosis), TEXT_WIDTH),
    ...rowsOf(name, section, metrics).map((metric) =>
      tableRow(
        [
          `  ${plainLine(metric.label)}`,
          formatValue(metric.lhs, metric.unit),
          formatValue(metric.rhs, metric.unit),
          formatDelta(metric),
        ],
        METRIC_COLUMNS,
      ),
    ),
  ]
}

/** Everything that the reader must know besides the verdict and its reason. */
export function notesOf(document: CompareDocument): readonly string[] {
  return [
    ...document.judgement.notes,
    ...document.warnings,
    ...Object.values(document.sections).flatMap((section) => section.notes),
    ...(usesByteUnits(document)
      ? ['KB, MB, GB and TB are units of 1024 (KiB, MiB, GiB, TiB).']
      : []),
  ]
}

/**
 * Draws a comparison as a text report of 78 columns: first whether B is better or worse than A and
 * by how much, then the reason, what was judged and how, and the metrics of every section that at
 * least one run has data for. Presentation only: not to be parsed.
 *
 * @param metrics - The metrics of the comparison; those with `inText: false` are left out.
 */
export function formatCompareText(
  document: CompareDocument,
  metrics: readonly CompareMetric[] = defaultCompareMetrics,
): string {
  const sections = Object.entries(document.sections).filter(
    ([name, section]) =>
      section.diagnosis.lhs !== null ||
      section.diagnosis.rhs !== null ||
      rowsOf(name, section, metrics).length > 0,
  )
  const notes = notesOf(document)
  const body = [
    '',
    ...headLines(document),
    ...judgedLines(document),
    '',
    tableRow(['Metric', 'A', 'B', 'B - A'], METRIC_COLUMNS),
    '-'.repeat(TEXT_WIDTH),
    ...sections.flatMap(([name, section]) => sectionLines(name, section, metrics)),
    ...(notes.length === 0 ? [] : ['', 'Notes']),
    ...notes.flatMap((note) => labelled('-', note, TEXT_WIDTH)),
  ]
  return [BORDER, boxRow('TraceML Compare'), BORDER, ...body.map(boxRow), BORDER].join('\n')
}
