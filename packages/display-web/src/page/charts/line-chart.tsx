import type { VNode } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type uPlot from 'uplot'
import { formatClock, formatCount } from '../format/format.js'
import { colour } from '../state/theme.js'
import { cursor, fromZero, percentRange, stepAxis, timeAxis, valueAxis } from './axes.js'
import { Plot } from './plot.js'
import { TableView } from './table-view.js'

/** One line of a chart. */
interface Line {
  readonly label: string
  /** Name of its colour in the style sheet. */
  readonly colour: string
  readonly values: readonly (number | null)[]
  readonly isDashed?: boolean
}

/** Lines over steps, time or anything that counts. */
export interface LineChartProps {
  readonly label: string
  readonly x: readonly number[]
  readonly xKind: 'step' | 'time' | 'count'
  readonly xLabel: string
  readonly lines: readonly Line[]
  readonly format: (value: number | null) => string
  readonly height: number
  /** `zero`: from zero up; `percent`: 0 to 100; `close`: around the values. */
  readonly range: 'zero' | 'percent' | 'close'
}

/** A chart with its numbers above it, the newest or those under the pointer, and a table below. */
export function LineChart(props: LineChartProps): VNode {
  const { label, x, xKind, xLabel, lines, format, height, range } = props
  const [point, setPoint] = useState<number | null>(null)
  const data = useMemo<uPlot.AlignedData>(
    () => [[...x], ...lines.map(({ values }) => [...values])],
    [x, ...lines.map(({ values }) => values)],
  )
  const at = point ?? x.length - 1
  const formatX = (value: number | null): string =>
    xKind === 'time' ? formatClock(value) : formatCount(value)
  const newest = lines.map((line) => `${line.label} ${format(line.values.at(-1) ?? null)}`)
  return (
    <div class="line-chart">
      <div class="readout">
        <span class="readout-step">
          {xKind === 'time' ? '' : `${xLabel} `}
          {formatX(x[at] ?? null)}
        </span>
        {lines.map((line) => (
          <span key={line.label}>
            <i class="line-mark" style={{ background: `var(--${line.colour})` }} /> {line.label}{' '}
            <b>{format(line.values[at] ?? null)}</b>
          </span>
        ))}
      </div>
      <Plot
        label={`${label}; newest: ${newest.join(', ')}.`}
        height={height}
        data={data}
        onPoint={setPoint}
        structure={`${xKind} ${range} ${lines.map((line) => line.label).join()}`}
        options={() => ({
          legend: { show: false },
          cursor: cursor(null, false),
          scales: { x: { time: xKind === 'time' }, y: yScale(range) },
          axes: [xKind === 'time' ? timeAxis() : stepAxis(), valueAxis((value) => format(value))],
          series: [{}, ...lines.map(lineSeries)],
        })}
      />
      <TableView
        caption={label}
        columns={[xLabel, ...lines.map((line) => line.label)]}
        rows={(limit) =>
          x
            .map((value, index) => [
              `${formatX(value)}`,
              ...lines.map((line) => format(line.values[index] ?? null)),
            ])
            .slice(-limit)
            .toReversed()
        }
      />
    </div>
  )
}

function yScale(range: LineChartProps['range']): uPlot.Scale {
  if (range === 'percent') return { range: percentRange }
  return range === 'zero' ? { range: fromZero } : {}
}

function lineSeries(line: Line): uPlot.Series {
  return {
    stroke: colour(line.colour),
    width: 1.5,
    points: { show: false },
    spanGaps: false,
    ...(line.isDashed === true ? { dash: [4, 3] } : {}),
  }
}
