import { formatFixed, quantileLinear } from '@traceml/analysis'
import type { SeriesView } from '../view/report-view.js'
import { type Html, html } from './tag.js'
import { duration, grouped, htmlValue } from './values.js'

/** Size of a drawing in its own units; the page stretches it. */
const PLOT_WIDTH = 1000
const PLOT_HEIGHT = 200

/** How far above what 95 % of the buckets reach a drawing goes on. */
const USUAL_MULTIPLE = 1.5
/** A spike that is cut off is clearly higher than the drawing. */
const CLEARLY = 1.5
/** Steps of a scale that are easy to read. */
const NICE = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10] as const

/** One value a bucket, null where nothing was measured. */
export type Values = readonly (number | null)[]

/** Maps the value of a bucket to a point of the drawing. */
export type Place = (index: number, value: number) => string

/** The smallest easy number from `value` up. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const step = NICE.find((nice) => nice * power >= value) ?? 10
  return step * power
}

/** The largest of all values, 0 when there is none above. */
export function largest(...lists: readonly (Values | null)[]): number {
  let found = 0
  for (const list of lists) {
    for (const value of list ?? []) if (value !== null && value > found) found = value
  }
  return found
}

/** Where a scale ends: one spike must not press everything else flat. */
export interface Scale {
  readonly top: number
  /** The value that lies beyond the drawing; null when none does. */
  readonly beyond: number | null
}

/** The scale for values of which the highest may be a spike. */
export function scaleFor(values: Values, highest: number): Scale {
  const usual = values.filter((value) => value !== null)
  const limit = USUAL_MULTIPLE * (quantileLinear(usual, 0.95) ?? highest)
  return limit > 0 && highest > CLEARLY * limit
    ? { top: niceCeiling(limit), beyond: highest }
    : { top: niceCeiling(highest), beyond: null }
}

/** Follows the axis of a series; what is above the scale stays at its top. */
export function placer(series: SeriesView, top: number): Place {
  const first = series.at[0] ?? 0
  const span = (series.at.at(-1) ?? 0) - first
  return (index, value) => {
    const x = span > 0 ? (((series.at[index] ?? 0) - first) / span) * PLOT_WIDTH : PLOT_WIDTH / 2
    const y = PLOT_HEIGHT - Math.max(0, Math.min(1, value / top)) * PLOT_HEIGHT
    return `${formatFixed(x, 1)} ${formatFixed(y, 1)}`
  }
}

/** A path through the values; a gap where nothing was measured, a dot for a value alone. */
export function linePath(values: Values, place: Place): string {
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
export function bandPath(low: Values, high: Values, place: Place): string {
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

/** What stands around a drawing. */
export interface PlotFrame {
  readonly title: string
  /** What assistive technology says in place of the drawing. */
  readonly spoken: string
  /** Gives the unit of the scale. */
  readonly metric: string
  readonly series: SeriesView
  readonly scale: Scale
  readonly body: readonly (Html | null)[]
  /** Entries of the legend. */
  readonly keys: readonly (Html | null)[]
}

/** A drawing with its title, axes and legend. */
export function plot({ title, spoken, metric, series, scale, body, keys }: PlotFrame): Html {
  const { top, beyond } = scale
  return html`<figure class="chart"><figcaption>${title}</figcaption><div class="plot"><div class="y-axis" aria-hidden="true"><span>${htmlValue(metric, top)}</span><span>${htmlValue(metric, top / 2)}</span><span>0</span></div><svg role="img" aria-label="${spoken}" viewBox="0 0 ${PLOT_WIDTH} ${PLOT_HEIGHT}" preserveAspectRatio="none"><path class="grid" d="M0 0.5H${PLOT_WIDTH}M0 ${PLOT_HEIGHT / 2}H${PLOT_WIDTH}M0 ${PLOT_HEIGHT - 0.5}H${PLOT_WIDTH}"/>${body}</svg><div class="x-axis" aria-hidden="true"><span>${axisText(series, 0)}</span><span>${axisText(series, -1)}</span></div></div><ul class="keys">${keys}</ul>${beyond === null ? null : html`<p class="quiet">The highest value, ${htmlValue(metric, beyond)}, lies beyond this drawing.</p>`}</figure>`
}

/** An entry of a legend: a swatch of the class's colour and a name. */
export function areaKey(className: string, name: string): Html {
  return html`<li><svg class="swatch" width="14" height="12" aria-hidden="true"><rect class="${className}" width="14" height="12" rx="2"/></svg>${name}</li>`
}

/** The same with a piece of a line. */
export function lineKey(className: string, name: string): Html {
  return html`<li><svg class="swatch" width="18" height="12" aria-hidden="true"><path class="${className}" d="M0 6h18"/></svg>${name}</li>`
}
