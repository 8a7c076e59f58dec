import type { SeriesView } from '../view/report-view.js'
import { type PhaseStyle, phaseStyles } from './phases.js'
import { areaKey, bandPath, largest, placer, plot, scaleFor, type Values } from './plot.js'
import { type Html, html } from './tag.js'
import { spokenValue } from './values.js'

/** A phase between what is below it and what is above it, for each bucket. */
interface Layer extends PhaseStyle {
  readonly low: Values
  readonly high: Values
}

/** The phases one on top of the other; a bucket without any stays empty. */
function layersOf(series: SeriesView): readonly Layer[] {
  const drawn = phaseStyles((metric) => (series.lines[metric] === undefined ? null : 1)).map(
    (phase) => ({ ...phase, values: series.lines[phase.metric]?.typical ?? [] }),
  )
  const isMeasured = series.at.map((_, index) =>
    drawn.some(({ values }) => (values[index] ?? null) !== null),
  )
  let below: Values = isMeasured.map((measured) => (measured ? 0 : null))
  return drawn.map(({ values, ...phase }) => {
    const low = below
    const high = low.map((value, index) => (value === null ? null : value + (values[index] ?? 0)))
    below = high
    return { ...phase, low, high }
  })
}

/** Where the time of a step went, over the run: the median rank's phases, stacked. */
export function phaseArea(series: SeriesView, noun: string): Html | null {
  const layers = layersOf(series).filter(({ low, high }) => largest(high) > largest(low))
  const top = layers.at(-1)?.high ?? []
  if (layers.length < 2 || top.filter((value) => value !== null).length < 2) return null
  const scale = scaleFor(top, largest(top))
  const place = placer(series, scale.top)
  return plot({
    title: 'Where the time went, over the run',
    spoken: `Phases of a step over the run${noun}, stacked: at most ${spokenValue('x_ms', largest(top))} in all`,
    metric: 'x_ms',
    series,
    scale,
    body: layers.map(
      ({ className, low, high }) =>
        html`<path class="area ${className}" d="${bandPath(low, high, place)}"/>`,
    ),
    keys: layers.map(({ className, label }) => areaKey(className, label)),
  })
}
