import type uPlot from 'uplot'
import { formatClock } from '../format/format.js'
import { colour } from '../state/theme.js'

const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'

function axis(): Partial<uPlot.Axis> {
  return {
    font: FONT,
    stroke: colour('quiet'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
  }
}

/** The x axis of steps. */
export function stepAxis(): uPlot.Axis {
  return {
    ...axis(),
    size: 26,
    gap: 6,
    grid: { show: false },
    incrs: [1, 2, 5]
      .flatMap((one) => [0, 1, 2, 3, 4, 5, 6, 7].map((power) => one * 10 ** power))
      .toSorted((a, b) => a - b),
    values: (_self, values) => values.map((value) => compactCount(value)),
  }
}

/** The x axis of wall time, in Unix seconds, shown as the viewer's time of day. */
export function timeAxis(): uPlot.Axis {
  return {
    ...axis(),
    size: 26,
    gap: 6,
    space: 72,
    grid: { show: false },
    values: (_self, values) => values.map((value) => formatClock(value)),
  }
}

/** A y axis of values that `format` writes. */
export function valueAxis(format: (value: number) => string, size = 54): uPlot.Axis {
  return {
    ...axis(),
    size,
    gap: 6,
    space: 34,
    values: (_self, values) => values.map((value) => format(value)),
  }
}

/** From zero to a little above the highest value. */
export const fromZero: uPlot.Range.Function = (_self, _min, max) => [0, max > 0 ? max * 1.08 : 1]

/** From 0 to 100. */
export const percentRange: uPlot.Range.Function = () => [0, 100]

/** A cursor that shows a line and drags a selection. */
export function cursor(sync: string | null, canSelect: boolean): uPlot.Cursor {
  return {
    y: false,
    points: { size: 6, width: 1.5 },
    drag: { x: canSelect, y: false, setScale: false },
    ...(sync === null ? {} : { sync: { key: sync } }),
  }
}

/** `1.2M`, `45k`, `870`. */
function compactCount(value: number): string {
  if (Math.abs(value) >= 1e6) return `${Number((value / 1e6).toFixed(2))}M`
  if (Math.abs(value) >= 1e4) return `${Number((value / 1e3).toFixed(1))}k`
  return String(value)
}
