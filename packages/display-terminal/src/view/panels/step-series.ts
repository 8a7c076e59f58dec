import type { LiveStepTimeBody, RenderTarget } from '@traceml/contracts'
import { paletteOf } from '../../draw/palette.js'
import { sparkline } from '../../draw/sparkline.js'
import { stackedChart } from '../../draw/stacked.js'
import { formatCount, formatMs } from '../../format.js'
import { fitLine } from '../../text/clip-line.js'
import { displayWidth } from '../../text/measure.js'
import type { LiveView } from '../live-view.js'

interface NamedSeries {
  readonly name: string
  readonly values: readonly (number | null)[]
  /** What stands behind the line. */
  readonly text: string
}

function newest(values: readonly (number | null)[]): number | null {
  return values.findLast((value) => value !== null) ?? null
}

/** The known parts of each step together; null where none is known. */
function partsTogether({ series }: LiveStepTimeBody): readonly (number | null)[] {
  return series.steps.map((_, index) => {
    const parts = Object.values(series.phases_ms).flatMap((values) => values[index] ?? [])
    return parts.length === 0 ? null : parts.reduce((sum, ms) => sum + ms, 0)
  })
}

function seriesOf(view: LiveView, body: LiveStepTimeBody): readonly NamedSeries[] {
  const selected = view.terminal.selectedRank
  const { series, heat } = body
  const row = selected === null ? -1 : heat.ranks.indexOf(selected)
  // Without its input a step has no length, but its parts have.
  if (newest(series.median_ms) === null && row < 0) {
    const values = partsTogether(body)
    return [{ name: 'parts', values, text: `now ${formatMs(newest(values))}` }]
  }
  const trend = body.trend === null ? '' : `  ${body.trend.label}`
  const median: NamedSeries = {
    name: body.window.ranks_known > 1 ? 'median' : 'step',
    values: series.median_ms,
    text: `now ${formatMs(newest(series.median_ms))}${trend}`,
  }
  if (row >= 0) {
    const values = heat.step_time_ms[row] ?? []
    return [{ name: `rank ${selected}`, values, text: `now ${formatMs(newest(values))}` }, median]
  }
  if (body.window.ranks_known <= 1) return [median]
  const worstRank = series.worst_rank.findLast((rank) => rank !== null) ?? null
  return [
    median,
    {
      name: 'worst',
      values: series.worst_ms,
      text: `now ${formatMs(newest(series.worst_ms))}${worstRank === null ? '' : `  r${worstRank}`}`,
    },
  ]
}

/** Step times of the newest steps as one line, or with several ranks at most `maxLines` lines. */
export function sparkLines(
  view: LiveView,
  body: LiveStepTimeBody,
  { columns, color }: RenderTarget,
  maxLines: number,
): readonly string[] {
  const palette = paletteOf({ color })
  const all = seriesOf(view, body).slice(0, maxLines)
  const nameColumns = Math.max(...all.map(({ name }) => name.length)) + 1
  const textColumns = Math.max(16, ...all.map(({ text }) => displayWidth(text)))
  const room = Math.max(4, Math.min(100, columns - nameColumns - textColumns - 2))
  return all.map(({ name, values, text }) => {
    const line = sparkline(values.slice(-room), room)
    return fitLine(`${palette.dim(fitLine(name, nameColumns))}${line}  ${text}`, columns)
  })
}

const MIN_CHART_ROWS = 4
const MAX_CHART_ROWS = 12
const AXIS_COLUMNS = 10

/** The newest steps with their parts as a chart, when there is room for one; else nothing. */
export function chartLines(
  body: LiveStepTimeBody,
  target: RenderTarget,
  room: number,
): readonly string[] {
  const rows = Math.min(MAX_CHART_ROWS, room - 1)
  const { steps, rank, phases_ms: phases } = body.series
  const columns = Math.min(steps.length, target.columns - AXIS_COLUMNS)
  if (rows < MIN_CHART_ROWS || columns < 10 || rank === null) return []
  const palette = paletteOf(target)
  const wholeMs = partsTogether(body)
  const { lines, topMs } = stackedChart({ phases, wholeMs }, { columns, rows, palette })
  const label = (row: number): string => {
    const text = row === 0 ? formatMs(topMs) : row === rows - 1 ? '0' : ''
    return palette.dim(`${fitLine(text, AXIS_COLUMNS - 2, 'right')} │`)
  }
  const of = body.window.ranks_known > 1 ? ` of rank ${rank}` : ''
  const caption = `steps ${formatCount(steps[0] ?? null)} to ${formatCount(steps.at(-1) ?? null)}${of}`
  return [
    ...lines.map((line, row) => `${label(row)}${line}`),
    palette.dim(`${' '.repeat(AXIS_COLUMNS)}${caption}`),
  ]
}
