import { rowLabel } from '../view/read-section.js'
import type { PointView, RowView, SectionView } from '../view/report-view.js'
import { metricLabel } from './labels.js'
import { type Html, html } from './tag.js'
import { htmlValue } from './values.js'

/** Tables with more rows are closed until asked for. */
const MAX_OPEN_ROWS = 8
/** Rows of one table at most: a page stays small enough to open. */
const MAX_TABLE_ROWS = 1024

/** Why a rank is marked: `late` after the finding's ranks. */
export interface RowMark {
  readonly ids: ReadonlySet<string>
  readonly word: string
}

function wide(label: string, table: Html): Html {
  return html`<div class="wide" role="region" aria-label="${label}" tabindex="0">${table}</div>`
}

function rowHead(row: RowView, mark: RowMark): Html {
  const node = row.nodeRank === null || row.label.startsWith('n') ? null : ` n${row.nodeRank}`
  return html`<th scope="row"><span class="row-name">${row.label}</span>${mark.ids.has(row.id) ? html` <span class="mark">${mark.word}</span>` : null}${row.hostname === null && node === null ? null : html`<span class="host quiet">${row.hostname}${node}</span>`}</th>`
}

/** One row a rank or node, one column a metric that any of them has; null for a single row. */
export function rowTable(
  section: SectionView,
  metrics: readonly string[],
  mark: RowMark,
): Html | null {
  const columns = metrics.filter((metric) =>
    section.rows.some((row) => (row.metrics[metric] ?? null) !== null),
  )
  if (section.rows.length < 2 || columns.length === 0) return null
  const noun = section.groupedBy === 'rank' ? 'rank' : 'node'
  const label = `${section.title} by ${noun}`
  const shown = section.rows.slice(0, MAX_TABLE_ROWS)
  const left = section.rows.length - shown.length
  const body = shown.map(
    (row) =>
      html`<tr class="${mark.ids.has(row.id) ? 'marked' : ''}">${rowHead(row, mark)}${columns.map(
        (metric) => html`<td class="num">${htmlValue(metric, row.metrics[metric])}</td>`,
      )}</tr>`,
  )
  const table = html`<table class="numbers"><thead><tr><th scope="col">${noun === 'rank' ? 'Rank' : 'Node'}</th>${columns.map(
    (metric) => html`<th scope="col" class="num">${metricLabel(metric)}</th>`,
  )}</tr></thead><tbody>${body}</tbody></table>`
  return html`<details class="more"${section.rows.length <= MAX_OPEN_ROWS ? html` open` : null}><summary>By ${noun} <span class="quiet">(${section.rows.length})</span></summary>${wide(label, table)}${left > 0 ? html`<p class="quiet">${left} more are in the JSON file.</p>` : null}</details>`
}

function pointCell(section: SectionView, metric: string, point: PointView | undefined): Html {
  const value = point?.value ?? null
  const row = point?.idx ?? null
  return html`<td class="num">${htmlValue(metric, value)}${value === null || row === null ? null : html` <span class="quiet">${rowLabel(row, section.groupedBy)}</span>`}</td>`
}

/** Every metric of a section: average, and with several rows median and worst. */
export function metricsTable(section: SectionView): Html | null {
  const metrics = section.metricNames.filter((metric) => (section.average[metric] ?? null) !== null)
  if (metrics.length === 0) return null
  const isSpread = section.rows.length > 1
  const heads = isSpread ? ['Average', 'Median', 'Worst'] : ['Average']
  const table = html`<table class="numbers"><thead><tr><th scope="col">Metric</th>${heads.map(
    (head) => html`<th scope="col" class="num">${head}</th>`,
  )}</tr></thead><tbody>${metrics.map(
    (metric) =>
      html`<tr><th scope="row">${metricLabel(metric)}</th><td class="num">${htmlValue(metric, section.average[metric])}</td>${
        isSpread
          ? html`${pointCell(section, metric, section.median[metric])}${pointCell(section, metric, section.worst[metric])}`
          : null
      }</tr>`,
  )}</tbody></table>`
  return html`<details class="more"><summary>All numbers</summary>${wide(`${section.title}: all numbers`, table)}</details>`
}
