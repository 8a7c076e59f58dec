import type { VNode } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import uPlot from 'uplot'
import { cursor, fromZero, stepAxis, valueAxis } from '../charts/axes.js'
import { Plot } from '../charts/plot.js'
import { stack } from '../charts/stack.js'
import { TableView } from '../charts/table-view.js'
import type { StepLines } from '../data/step-range.js'
import { formatCount, formatMs } from '../format/format.js'
import { PHASES } from '../format/phases.js'
import { colour } from '../state/theme.js'

/** Both charts show the same steps with the same cursor. */
export interface StepChartsProps {
  readonly lines: StepLines
  readonly onSelect: (from: number, to: number) => void
  readonly onReset: () => void
}

const SYNC = 'steps'
/** Above this, a point is too narrow to be a bar. */
const MAX_BARS = 200

/** Step time as lines, and below it what the steps are made of. */
export function StepCharts({ lines, onSelect, onReset }: StepChartsProps): VNode {
  const [point, setPoint] = useState<number | null>(null)
  const shared = { onPoint: setPoint, onSelect, onReset }
  const at = point ?? lines.steps.length - 1
  return (
    <div class="step-charts">
      <Readout lines={lines} at={at} />
      <TimeChart lines={lines} {...shared} />
      <PhaseChart lines={lines} {...shared} />
      <TableView
        caption="Step time and its parts, newest steps first"
        columns={[
          'Step',
          lines.middleLabel,
          ...(lines.highest === null ? [] : [lines.highestLabel]),
          ...PHASES.map(({ label }) => label),
        ]}
        rows={(limit) => tableRows(lines, limit)}
      />
    </div>
  )
}

type ChartProps = Omit<StepChartsProps, 'lines'> & {
  readonly lines: StepLines
  readonly onPoint: (index: number | null) => void
}

function TimeChart({ lines, ...handlers }: ChartProps): VNode {
  const { highest, lowest } = lines
  const hasHighest = highest !== null
  const hasBand = lowest !== null
  const data = useMemo<uPlot.AlignedData>(
    () => [
      [...lines.steps],
      ...(lines.highest === null ? [] : [[...lines.highest]]),
      ...(lines.lowest === null ? [] : [[...lines.lowest]]),
      [...lines.middle],
    ],
    [lines],
  )
  return (
    <Plot
      {...handlers}
      label={`Step time in milliseconds from ${rangeText(lines)}; at the newest: ${newestText(lines)}.`}
      height={150}
      data={data}
      structure={`time ${hasHighest} ${hasBand}`}
      options={() => {
        const worst = { stroke: colour('worst'), width: 1.25, points: { show: false } }
        const lowestLine = { stroke: colour('quiet'), width: 0.5, points: { show: false } }
        const middle = { stroke: colour('text'), width: 1.5, points: { show: false } }
        return {
          legend: { show: false },
          cursor: cursor(SYNC, true),
          scales: { x: { time: false }, y: { range: fromZero } },
          axes: [
            { ...stepAxis(), values: (_self, values) => values.map(() => '') },
            valueAxis((value) => formatMs(value)),
          ],
          series: [{}, ...(hasHighest ? [worst] : []), ...(hasBand ? [lowestLine] : []), middle],
          ...(hasBand ? { bands: [{ series: [1, 2], fill: colour('worst-fill') }] } : {}),
        }
      }}
    />
  )
}

function PhaseChart({ lines, ...handlers }: ChartProps): VNode {
  const data = useMemo<uPlot.AlignedData>(() => {
    const sums = stack(PHASES.map(({ key }) => lines.phases[key]))
    // The highest sum first, so that each lower one is drawn over it.
    return [[...lines.steps], ...sums.toReversed()]
  }, [lines])
  const isBars = lines.steps.length <= MAX_BARS
  const whose = lines.phaseRank === null ? 'over all ranks' : `of rank ${lines.phaseRank}`
  return (
    <Plot
      {...handlers}
      label={`Parts of the step ${whose}, stacked, from ${rangeText(lines)}.`}
      height={170}
      data={data}
      structure={`phases ${isBars}`}
      options={() => ({
        legend: { show: false },
        cursor: { ...cursor(SYNC, true), points: { show: false } },
        scales: { x: { time: false }, y: { range: fromZero } },
        axes: [stepAxis(), valueAxis((value) => formatMs(value))],
        series: [{}, ...PHASES.toReversed().map(({ colour: name }) => phaseSeries(name, isBars))],
      })}
    />
  )
}

function phaseSeries(name: string, isBars: boolean): uPlot.Series {
  const fill = colour(name)
  const bars = uPlot.paths.bars?.({ size: [1, 64], gap: 1 })
  return {
    fill,
    stroke: fill,
    width: 0,
    points: { show: false },
    ...(isBars && bars !== undefined ? { paths: bars } : {}),
  }
}

function rangeText({ steps }: StepLines): string {
  return `step ${formatCount(steps[0] ?? null)} to ${formatCount(steps.at(-1) ?? null)}`
}

function newestText({ middle, middleLabel, highest, highestLabel }: StepLines): string {
  const own = `${middleLabel} ${formatMs(middle.at(-1) ?? null)}`
  return highest === null ? own : `${own}, ${highestLabel} ${formatMs(highest.at(-1) ?? null)}`
}

/** The numbers under the pointer, or the newest ones. */
function Readout({ lines, at }: { readonly lines: StepLines; readonly at: number }): VNode {
  const step = lines.steps[at] ?? null
  const rank = lines.worstRank[at] ?? null
  const last = step === null ? null : step + lines.bucketSteps - 1
  return (
    <div class="readout">
      <span class="readout-step">
        Step {formatCount(step)}
        {lines.bucketSteps > 1 && `–${formatCount(last)}`}
      </span>
      <span>
        <i class="line-mark" style={{ background: 'var(--text)' }} /> {lines.middleLabel}{' '}
        <b>{formatMs(lines.middle[at] ?? null)}</b>
      </span>
      {lines.highest !== null && (
        <span>
          <i class="line-mark" style={{ background: 'var(--worst)' }} /> {lines.highestLabel}{' '}
          <b>{formatMs(lines.highest[at] ?? null)}</b>
          {rank !== null && <span class="quiet"> r{rank}</span>}
        </span>
      )}
      {PHASES.map(({ key, label, colour: name }) => {
        const ms = lines.phases[key][at] ?? null
        return (
          <span key={key} class={ms === null ? 'unknown' : undefined}>
            <i class="swatch" style={{ background: `var(--${name})` }} /> {label}{' '}
            <b>{formatMs(ms)}</b>
          </span>
        )
      })}
    </div>
  )
}

function tableRows(lines: StepLines, limit: number): readonly (readonly string[])[] {
  const first = Math.max(0, lines.steps.length - limit)
  return lines.steps
    .slice(first)
    .map((step, offset) => {
      const index = first + offset
      return [
        formatCount(step),
        formatMs(lines.middle[index] ?? null),
        ...(lines.highest === null ? [] : [formatMs(lines.highest[index] ?? null)]),
        ...PHASES.map(({ key }) => formatMs(lines.phases[key][index] ?? null)),
      ]
    })
    .toReversed()
}
