import { formatFixed } from '@traceml/analysis'
import type { SectionView } from '../view/report-view.js'
import { chooseRows, othersNote } from './choose-rows.js'
import { drawnRows, type PhaseValue, phaseValues, stepMs } from './phases.js'
import { type Html, html } from './tag.js'
import { htmlShare, htmlValue, spokenValue } from './values.js'

interface Segment extends PhaseValue {
  /** Percent of the width of the bar. */
  readonly x: number
  readonly width: number
}

function segmentsOf(phases: readonly PhaseValue[], wholeMs: number): readonly Segment[] {
  let x = 0
  return phases.map((phase) => {
    const width = (100 * phase.valueMs) / wholeMs
    const segment = { ...phase, x, width }
    x += width
    return segment
  })
}

function percent(value: number): string {
  return `${formatFixed(Math.max(0, Math.min(100, value)), 2)}%`
}

/** A stacked bar; `wholeMs` is what the full width stands for. */
function bar(name: string, phases: readonly PhaseValue[], wholeMs: number): Html {
  const segments = segmentsOf(phases, wholeMs)
  const spoken = phases.map((phase) => `${phase.label} ${spokenValue('x_ms', phase.valueMs)}`)
  return html`<svg class="bar" role="img" aria-label="${name}: ${spoken.join(', ')}" width="100%" height="22">${segments.map(
    (segment) =>
      html`<rect class="${segment.className}" x="${percent(segment.x)}" y="0" width="${percent(segment.width)}" height="22"><title>${segment.label} ${spokenValue('x_ms', segment.valueMs)}</title></rect>`,
  )}</svg>`
}

function legend(section: SectionView): Html {
  const whole = stepMs(section.average)
  const phases = phaseValues(section.average)
  return html`<table class="legend"><caption class="quiet">${section.rows.length > 1 ? 'Average of all ranks' : 'Average of a step'}</caption><tbody>${phases.map(
    (phase) =>
      html`<tr><th scope="row"><svg class="swatch" width="12" height="12" aria-hidden="true"><rect class="${phase.className}" width="12" height="12" rx="2"/></svg>${phase.label}</th><td class="num">${htmlValue('x_ms', phase.valueMs)}</td><td class="num quiet">${htmlShare(phase.valueMs, whole)}</td></tr>`,
  )}<tr class="total"><th scope="row">Step time</th><td class="num">${htmlValue('x_ms', whole)}</td><td class="num quiet"></td></tr></tbody></table>`
}

/**
 * Where a step's time goes: one stacked bar a rank, on one scale, and the parts with their numbers.
 *
 * @param marked - Ids of the ranks that the finding is about.
 */
export function phaseBars(section: SectionView, marked: ReadonlySet<string>): Html | null {
  const rows = drawnRows(section)
  const wholeMs = stepMs(section.average)
  const average = phaseValues(section.average)
  if (wholeMs === null || average.length === 0) return null
  if (rows.length <= 1) {
    return html`<figure class="phases"><figcaption>Where a step's time goes</figcaption>${bar('Average step', average, wholeMs)}${legend(section)}</figure>`
  }
  const chosen = chooseRows(rows, marked, (row) => stepMs(row.metrics) ?? 0)
  const longestMs = Math.max(...chosen.map((row) => stepMs(row.metrics) ?? 0))
  return html`<figure class="phases"><figcaption>Where a step's time goes, by rank</figcaption><ol class="bars">${chosen.map(
    (row) =>
      html`<li class="${marked.has(row.id) ? 'marked' : ''}"><span class="row-name">${row.label}</span>${bar(`Rank ${row.label}`, phaseValues(row.metrics), longestMs)}<span class="num">${htmlValue('x_ms', stepMs(row.metrics))}</span></li>`,
  )}</ol>${othersNote('the longest steps', rows.length - chosen.length)}${legend(section)}</figure>`
}
