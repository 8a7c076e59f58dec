import { formatFixed } from '@traceml/analysis'
import type { CompareMetric } from '@traceml/contracts'
import { plainLine } from '@traceml/contracts'
import type { ComparisonTable } from '../compare-many.js'
import { defaultCompareMetrics } from '../default-metrics.js'
import type { CompareDocument, ComparedText } from '../model.js'
import { formatDelta, formatValue } from './cells.js'
import { formatChange, formatInterval, formatThreshold } from './numbers.js'
import { rowsOf, sectionTitle } from './rows.js'
import { tableRows } from './table-text.js'
import { notesOf } from './text.js'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '@': '&#64;',
}

/** Somebody's text as it may stand in Markdown: one line, no markup, no mention, no table border. */
export function escapeMarkdown(text: string, maxLength = 200): string {
  return plainLine(text, maxLength)
    .replaceAll(/[\\`*_[\]#|~$]/g, '\\$&')
    .replaceAll(/[&<>@]/g, (character) => ENTITIES[character] ?? '')
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function changeText(text: ComparedText): string {
  const [lhs, rhs] = [text.lhs, text.rhs].map((side) =>
    side === null ? 'n/a' : escapeMarkdown(side),
  )
  return text.changed ? `${lhs} → ${rhs}` : `${lhs}`
}

function judgedTable({ judgement }: CompareDocument): readonly string[] {
  if (judgement.metrics.length === 0) return []
  const percent = formatFixed(100 * (judgement.confidence ?? 0), 0)
  return [
    '',
    row(['judged', 'change', `${percent} % interval`, 'counts from', 'outcome']),
    '| --- | ---: | ---: | ---: | --- |',
    ...judgement.metrics.map(({ label, change, change_unit: unit, interval, threshold, outcome }) =>
      row([
        escapeMarkdown(label),
        change === null ? 'n/a' : formatChange(change, unit),
        interval === null ? 'n/a' : formatInterval(interval, unit),
        threshold === null ? 'any' : formatThreshold(threshold, unit),
        outcome === 'worse' ? '**worse**' : outcome,
      ]),
    ),
  ]
}

/** Draws a comparison as Markdown, for a step summary or a pull request. */
export function formatCompareMarkdown(
  document: CompareDocument,
  metrics: readonly CompareMetric[] = defaultCompareMetrics,
): string {
  const { judgement, lhs, rhs, overview, sections } = document
  const rows = Object.entries(sections).flatMap(([name, section]) =>
    rowsOf(name, section, metrics).map((metric, index) =>
      row([
        index === 0 ? escapeMarkdown(sectionTitle(name, section)) : '',
        escapeMarkdown(metric.label),
        escapeMarkdown(formatValue(metric.lhs, metric.unit)),
        escapeMarkdown(formatValue(metric.rhs, metric.unit)),
        escapeMarkdown(formatDelta(metric)),
      ]),
    ),
  )
  const notes = notesOf(document)
  return [
    `### traceml: ${judgement.status}`,
    '',
    `**${escapeMarkdown(judgement.sentence)}**`,
    '',
    escapeMarkdown(judgement.why, 1000),
    '',
    `A: ${escapeMarkdown(lhs.label)} · B: ${escapeMarkdown(rhs.label)} · diagnosis: ${changeText(overview.primary_diagnosis)} · next: ${escapeMarkdown(judgement.action, 1000)}`,
    ...judgedTable(document),
    '',
    '<details><summary>All metrics</summary>',
    '',
    row(['', 'metric', 'A', 'B', 'B − A']),
    '| --- | --- | ---: | ---: | ---: |',
    ...rows,
    '',
    '</details>',
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `- ${escapeMarkdown(note, 1000)}`)]),
    '',
  ].join('\n')
}

/** Draws a table of runs against the first as Markdown. */
export function formatTableMarkdown(table: ComparisonTable): string {
  const reasons = table.comparisons.map(
    ({ rhs, judgement }) =>
      `- **${escapeMarkdown(rhs.label)}**: ${judgement.status}. ${escapeMarkdown(judgement.why, 1000)}`,
  )
  return [
    `### traceml: ${table.comparisons.length} runs against ${escapeMarkdown(table.baseline.label)}`,
    '',
    row(['run', 'step time', 'change', 'interval', 'peak memory', 'change', 'verdict']),
    '| --- | ---: | ---: | ---: | ---: | ---: | --- |',
    ...tableRows(table).map((cells) =>
      row(
        [
          cells.label,
          cells.stepTime,
          cells.change,
          cells.interval,
          cells.memory,
          cells.memoryChange,
          cells.status,
        ].map((cell) => escapeMarkdown(cell)),
      ),
    ),
    '',
    ...reasons,
    '',
  ].join('\n')
}
