import type { LineView, SeriesView } from '../view/report-view.js'
import { areaKey, bandPath, largest, lineKey, linePath, placer, plot, scaleFor } from './plot.js'
import { type Html, html } from './tag.js'
import { spokenValue } from './values.js'

/** What to draw of a series. */
export interface ChartOptions {
  readonly title: string
  readonly metric: string
  readonly series: SeriesView
  readonly line: LineView
  /** What the typical line and the worst line are called. */
  readonly names: { readonly typical: string; readonly worst: string }
}

/** Whether the single values of any bucket differ from what its lines show. */
function isSpread({ typical, worst, low, high }: LineView): boolean {
  if (high === null) return false
  const upper = worst ?? typical
  return high.some(
    (value, index) => value !== upper[index] || (low !== null && low[index] !== typical[index]),
  )
}

function summaryText({ title, metric, line }: ChartOptions): string {
  const typical = line.typical.filter((value) => value !== null)
  const low = Math.min(...typical)
  const high = largest(line.typical, line.worst, line.high)
  return `${title}: from ${spokenValue(metric, low)} to ${spokenValue(metric, high)}`
}

/** A line over the run with the range of single values behind it; no more than the series holds. */
export function lineChart(options: ChartOptions): Html {
  const { title, metric, series, line, names } = options
  const { typical, worst, low, high } = line
  const scale = scaleFor(high ?? worst ?? typical, largest(typical, worst, high))
  const place = placer(series, scale.top)
  const hasSpread = isSpread(line)
  const body = [
    hasSpread
      ? html`<path class="band" d="${bandPath(low ?? typical, high ?? [], place)}"/>`
      : null,
    worst === null ? null : html`<path class="worst" d="${linePath(worst, place)}"/>`,
    html`<path class="typical" d="${linePath(typical, place)}"/>`,
  ]
  const keys = [
    lineKey('typical', names.typical),
    worst === null ? null : lineKey('worst', names.worst),
    hasSpread ? areaKey('band', 'single values') : null,
  ]
  return plot({ title, spoken: summaryText(options), metric, series, scale, body, keys })
}
