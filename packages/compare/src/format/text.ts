import { formatFixed } from '@traceml/analysis'
import type { CompareMetric } from '@traceml/contracts'
import { defaultCompareMetrics } from '../default-metrics.js'
import type { CompareDocument, ComparedSection, ComparedText, DominantShare } from '../model.js'
import { BORDER, boxRow, wrapText } from './box.js'
import { formatDelta, formatValue } from './cells.js'

/** Two columns less than the box holds, so that text does not touch the border. */
const TEXT_WIDTH = 82
const COLUMN_WIDTHS = [26, 17, 17, 19] as const
const MISSING = 'n/a'
const SECTION_TITLES: Readonly<Record<string, string>> = {
  step_time: 'Step Time',
  step_memory: 'Step Memory',
  process: 'Process',
  system: 'System',
}

function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}.`
}

function tableRow(cells: readonly string[]): string {
  return cells
    .map((cell, index) => {
      const width = COLUMN_WIDTHS[index] ?? cell.length
      return clip(cell, width).padEnd(width)
    })
    .join(' ')
    .trimEnd()
}

function changeWord(text: ComparedText): string {
  return text.changed ? 'changed' : 'same'
}

function dominantText(share: DominantShare | null): string {
  if (share === null) return MISSING
  return share.share === null
    ? share.phase
    : `${share.phase} ${formatFixed(100 * share.share, 1)}% of step`
}

function headLines(document: CompareDocument): readonly string[] {
  const { verdict, answer, overview } = document
  const lines = [
    answer.sentence,
    '',
    `Verdict: ${verdict.status}`,
    `Why: ${verdict.why}`,
    `Next: ${verdict.action}`,
    '',
    `A: ${document.lhs.label}`,
    `B: ${document.rhs.label}`,
    'Delta: B - A',
  ]
  const primary = overview.primary_diagnosis
  if (primary.lhs !== null || primary.rhs !== null) {
    const change = `${primary.lhs ?? MISSING} -> ${primary.rhs ?? MISSING}`
    lines.push(`Diagnosis: ${change} (${changeWord(primary)})`)
  }
  const { lhs, rhs } = answer.dominant
  if (lhs !== null || rhs !== null) {
    lines.push(`Longest phase: ${dominantText(lhs)} -> ${dominantText(rhs)}`)
  }
  return lines.flatMap((line) => wrapText(line, TEXT_WIDTH))
}

function sectionTitle(name: string, section: ComparedSection): string {
  const title = SECTION_TITLES[name] ?? name
  if (section.comparison_clock === undefined) return title
  const clock = section.comparison_clock
  return clock === null ? `${title} (no common clock)` : `${title} (${clock.toUpperCase()} clock)`
}

function sectionLines(
  name: string,
  section: ComparedSection,
  metrics: readonly CompareMetric[],
): readonly string[] {
  const hidden = metrics.filter((metric) => metric.section === name && metric.inText === false)
  const rows = Object.entries(section.metrics)
    .filter(([id]) => !hidden.some((metric) => metric.id === id))
    .filter(([, metric]) => metric.lhs !== null || metric.rhs !== null)
    .map(([, metric]) =>
      tableRow([
        `  ${metric.label}`,
        formatValue(metric.lhs, metric.unit),
        formatValue(metric.rhs, metric.unit),
        formatDelta(metric),
      ]),
    )
  const { diagnosis } = section
  return [
    '',
    sectionTitle(name, section),
    tableRow([
      '  Diagnosis',
      diagnosis.lhs ?? MISSING,
      diagnosis.rhs ?? MISSING,
      changeWord(diagnosis),
    ]),
    ...rows,
  ]
}

function noteLines(document: CompareDocument): readonly string[] {
  const { state, reason } = document.verdict.comparability.overall
  const notes = [
    ...document.warnings,
    ...Object.values(document.sections).flatMap((section) => section.notes),
    ...(state !== 'comparable' && reason !== null && reason !== document.verdict.why
      ? [reason]
      : []),
  ]
  if (notes.length === 0) return []
  return ['', 'Notes', ...notes.flatMap((note) => wrapText(`- ${note}`, TEXT_WIDTH))]
}

/**
 * Draws a comparison as a text report of 88 columns: first whether B is better or worse than A
 * and by how much, then how the diagnosis changed, then the metrics of every section that at
 * least one run has data for. Presentation only: not to be parsed.
 *
 * @param metrics - The metrics of the comparison; those with `inText: false` are left out.
 */
export function formatCompareText(
  document: CompareDocument,
  metrics: readonly CompareMetric[] = defaultCompareMetrics,
): string {
  const sections = Object.entries(document.sections).filter(
    ([, section]) =>
      section.diagnosis.lhs !== null ||
      section.diagnosis.rhs !== null ||
      Object.values(section.metrics).some((metric) => metric.lhs !== null || metric.rhs !== null),
  )
  const body = [
    '',
    ...headLines(document),
    '',
    tableRow(['Metric', 'A', 'B', 'Delta']),
    '-'.repeat(TEXT_WIDTH),
    ...sections.flatMap(([name, section]) => sectionLines(name, section, metrics)),
    ...noteLines(document),
  ]
  return [BORDER, boxRow('TraceML Compare'), BORDER, ...body.map(boxRow), BORDER].join('\n')
}
