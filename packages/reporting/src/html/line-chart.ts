import { formatFixed, quantileLinear } from '@traceml/analysis'
import type { LineView, SeriesView } from '../view/report-view.js'
import { type Html, html, raw } from './tag.js'
import { duration, grouped, htmlValue, spokenValue } from './values.js'

const WIDTH = 1000
const HEIGHT = 200
/** How far above what 95 % of the buckets reach a drawing goes on. */
const USUAL_MULTIPLE = 1.5
/** A spike that is cut off is clearly higher than the drawing. */
const CLEARLY = 2
/** Steps of a scale that are easy to read. */
const NICE = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10] as const

type Values = readonly (number | null)[]

/** What to draw of a series. */
export interface ChartOptions {
  readonly title: string
  readonly metric: string
  readonly series: SeriesView
  readonly line: LineView
  /** What the typical line and the worst line are called. */
  readonly names: { readonly typical: string; readonly worst: string }
}

/** The smallest easy number from `value` up. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const step = NICE.find((nice) => nice * power >= value) ?? 10
  return step * power
}

function largest(...lists: readonly (Values | null)[]): number {
  let found = 0
  for (const list of lists) {
    for (const value of list ?? []) if (value !== null && value > found) found = value
  }
  return found
}

/** Highest value of the drawing: one spike must not press everything else flat. */
function scaleTop(line: LineView): { readonly top: number; readonly beyond: number | null } {
  const highest = largest(line.typical, line.worst, line.high)
  const usual = (line.high ?? line.worst ?? line.typical).filter((value) => value !== null)
  const limit = USUAL_MULTIPLE * (quantileLinear(usual, 0.95) ?? highest)
  return limit > 0 && highest > CLEARLY * limit
    ? { top: niceCeiling(limit), beyond: highest }
    : { top: niceCeiling(highest), beyond: null }
}

/** Whether the single values of any bucket differ from what its lines show. */
function isSpread({ typical, worst, low, high }: LineView): boolean {
  if (high === null) return false
  const upper = worst ?? typical
  return high.some(
    (value, index) => value !== upper[index] || (low !== null && low[index] !== typical[index]),
  )
}

/** Maps a series to the drawing; x follows the axis, one bucket stands in the middle. */
function placer(series: SeriesView, top: number): (index: number, value: number) => string {
  const first = series.at[0] ?? 0
  const span = (series.at.at(-1) ?? 0) - first
  return (index, value) => {
    const x = span > 0 ? (((series.at[index] ?? 0) - first) / span) * WIDTH : WIDTH / 2
    const y = HEIGHT - Math.max(0, Math.min(1, value / top)) * HEIGHT
    return `${formatFixed(x, 1)} ${formatFixed(y, 1)}`
  }
}

/** A path through the values; a gap where nothing was measured, a dot for a value alone. */
function linePath(values: Values, place: (index: number, value: number) => string): string {
  let path = ''
  let isOpen = false
  values.forEach((value, index) => {
    if (value !== null) {
      const point = place(index, value)
      const isAlone = !isOpen && (values[index + 1] ?? null) === null
      path += isOpen ? `L${point}` : `M${point}${isAlone ? 'h0.1' : ''}`
    }
    isOpen = value !== null
  })
  return path
}

/** The area between two lines, in pieces where either is missing. */
function bandPath(
  low: Values,
  high: Values,
  place: (index: number, value: number) => string,
): string {
  let path = ''
  let start = 0
  const isWhole = (index: number): boolean =>
    (low[index] ?? null) !== null && (high[index] ?? null) !== null
  for (let index = 0; index <= high.length; index += 1) {
    if (index < high.length && isWhole(index)) continue
    if (index - start > 1) {
      const range = Array.from({ length: index - start }, (_, offset) => start + offset)
      const up = range.map((at) => place(at, high[at] ?? 0))
      const down = range.toReversed().map((at) => place(at, low[at] ?? 0))
      path += `M${[...up, ...down].join('L')}Z`
    }
    start = index + 1
  }
  return path
}

function axisText(series: SeriesView, index: number): string {
  const value = series.at.at(index) ?? 0
  return series.axis === 'step' ? `step ${grouped(value, 0)}` : duration(value)
}

function summaryText({ title, metric, line }: ChartOptions): string {
  const typical = line.typical.filter((value) => value !== null)
  const low = Math.min(...typical)
  const high = largest(line.typical, line.worst, line.high)
  return `${title}: from ${spokenValue(metric, low)} to ${spokenValue(metric, high)}`
}

function key(className: string, name: string): Html {
  return html`<li><svg class="swatch" width="18" height="12" aria-hidden="true"><path class="${className}" d="M0 6h18"/></svg>${name}</li>`
}

/** A line over the run with the range of single values behind it; no more than the series holds. */
export function lineChart(options: ChartOptions): Html {
  const { title, metric, series, line, names } = options
  const { top, beyond } = scaleTop(line)
  const place = placer(series, top)
  const band = isSpread(line) ? bandPath(line.low ?? line.typical, line.high ?? [], place) : ''
  return html`<figure class="chart"><figcaption>${title}</figcaption><div class="plot"><div class="y-axis" aria-hidden="true"><span>${htmlValue(metric, top)}</span><span>${htmlValue(metric, top / 2)}</span><span>0</span></div><svg role="img" aria-label="${summaryText(options)}" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none"><path class="grid" d="M0 0.5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - 0.5}H${WIDTH}"/>${band === '' ? null : html`<path class="band" d="${band}"/>`}${line.worst === null ? null : html`<path class="worst" d="${linePath(line.worst, place)}"/>`}<path class="typical" d="${linePath(line.typical, place)}"/></svg><div class="x-axis" aria-hidden="true"><span>${axisText(series, 0)}</span><span>${axisText(series, -1)}</span></div></div>${legendOf(line, names)}${beyond === null ? null : html`<p class="quiet">The highest value, ${htmlValue(metric, beyond)}, lies beyond this drawing.</p>`}</figure>`
}

function legendOf(line: LineView, names: ChartOptions['names']): Html {
  return html`<ul class="keys">${key('typical', names.typical)}${line.worst === null ? null : key('worst', names.worst)}${!isSpread(line) ? null : raw('<li><svg class="swatch" width="18" height="12" aria-hidden="true"><rect class="band" width="18" height="12"/></svg>single values</li>')}</ul>`
}
