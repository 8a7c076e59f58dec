import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import { cursor, fromZero, stepAxis, valueAxis } from '../charts/axes.js'
import { Plot } from '../charts/plot.js'
import { fetchJson } from '../data/fetch-json.js'
import { useFetched } from '../data/use-fetched.js'
import { colour } from '../state/theme.js'
import { choose, type StepView } from '../state/ui-state.js'

const POINTS = 400
const PAUSE_MS = 10_000

/** The whole run at a glance, to find and choose the part that is worth a look. */
export function Overview(props: {
  readonly newestStep: number
  readonly view: StepView
}): VNode | null {
  const { newestStep, view } = props
  const { value, error } = useFetched(
    (signal) => fetchJson('/api/series.json', { points: POINTS }, signal),
    { key: 'overview', version: newestStep, pauseMs: PAUSE_MS },
  )
  const data = useMemo<[number[], (number | null)[]] | null>(
    () => (value === null ? null : [[...value.steps], [...value.step_time_ms.max]]),
    [value],
  )
  if (error !== null) return <p class="quiet small">The earlier steps cannot be shown: {error}</p>
  if (data === null || data[0].length < 2) return null
  const [first] = data[0]
  return (
    <div class="overview">
      <Plot
        label={`Highest step time over the whole run, step ${first} to ${newestStep}. Drag to choose a part; or use the keys plus, minus and the arrows.`}
        height={58}
        data={data}
        structure="overview"
        onSelect={(from, to) => choose({ view: rangeBetween(from, to) })}
        onReset={() => choose({ view: { kind: 'follow', steps: 0 } })}
        options={() => ({
          legend: { show: false },
          cursor: { ...cursor(null, true), points: { show: false } },
          scales: { x: { time: false }, y: { range: fromZero } },
          axes: [
            { ...stepAxis(), size: 20 },
            { ...valueAxis(() => ''), grid: { show: false } },
          ],
          series: [
            {},
            {
              stroke: colour('quiet'),
              fill: colour('sunken'),
              width: 1,
              points: { show: false },
            },
          ],
        })}
      />
      {view.kind === 'range' && (
        <Window from={view.from} to={view.to} first={first ?? 0} last={newestStep} />
      )}
    </div>
  )
}

/** Where the chosen part lies within the run. */
function Window(props: {
  readonly from: number
  readonly to: number
  readonly first: number
  readonly last: number
}): VNode {
  const { from, to, first, last } = props
  const place = (step: number): number =>
    last === first ? 0 : Math.min(1, Math.max(0, (step - first) / (last - first)))
  return (
    <div class="window-track" aria-hidden="true">
      <div
        class="window"
        style={{ left: `${place(from) * 100}%`, right: `${(1 - place(to)) * 100}%` }}
      />
    </div>
  )
}

/** Whole steps between two places of a chart. */
export function rangeBetween(from: number, to: number): StepView {
  const first = Math.max(0, Math.round(Math.min(from, to)))
  return { kind: 'range', from: first, to: Math.max(first + 2, Math.round(Math.max(from, to))) }
}
