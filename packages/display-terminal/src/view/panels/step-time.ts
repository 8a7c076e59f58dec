import { defineRenderer, type LiveStraggler } from '@traceml/contracts'
import { paletteOf } from '../../draw/palette.js'
import { formatMs, formatShare } from '../../format.js'
import { clipLine } from '../../text/clip-line.js'
import { wrapText } from '../../text/wrap-text.js'
import type { LiveView } from '../live-view.js'
import { absentLines, noticeLines, type Panel } from '../panel.js'
import { partsLines } from './step-parts.js'
import { chartLines, sparkLines } from './step-series.js'
import { stepTableLines } from './step-table.js'

/** With fewer rows the parts are one bar with a legend instead of a table. */
const TABLE_ROWS = 9

const CAUSES = { input: 'its input', h2d: 'its copies to the device', compute: 'its computation' }

function stragglerText(straggler: LiveStraggler): string {
  const { rank, cause, cost_ms: cost, pattern } = straggler
  const late = `late in ${formatShare(straggler.recurrence_ratio)} of the steps`
  const loss = `the others lose ${formatMs(cost)} a step`
  if (pattern === 'rotating') {
    return `Ranks take turns: one is ${late}, ${formatShare(straggler.same_rank_ratio)} of them rank ${rank}; ${loss}.`
  }
  const by = cause === null ? '' : ` by ${CAUSES[cause]}`
  return `Rank ${rank} is ${pattern === 'occasional' ? 'now and then ' : ''}${late}${by}; ${loss}.`
}

/** Where a step's time goes: its course, its parts, how ranks differ, and who is late how often. */
export const stepTimePanel: Panel = /* @__PURE__ */ defineRenderer<LiveView, readonly string[]>({
  apiVersion: 1,
  kind: 'renderer',
  id: 'step-time',
  surface: 'terminal',
  title: 'Step time',
  section: 'step_time',
  render(view, target) {
    const section = view.sections.step_time
    const { body } = section
    if (body === null) return absentLines(section, target)
    const palette = paletteOf(target)
    const notices = noticeLines(view, section, target)
    const room = target.rows - notices.length
    const straggler =
      body.straggler === null
        ? []
        : wrapText(stragglerText(body.straggler), target.columns, 2).map(palette.tone.warn)
    const table = stepTableLines(view, body, target)
    const fitting = (lines: readonly string[]): readonly string[] =>
      [...notices, ...lines].map((line) => clipLine(line, target.columns))
    if (room < Math.min(TABLE_ROWS, table.length + 1)) {
      const short = [...sparkLines(view, body, target, 1), ...partsLines(view, body, target)]
      return fitting(short.length + straggler.length <= room ? [...short, ...straggler] : short)
    }
    const spark = sparkLines(view, body, target, room >= table.length + 2 ? 2 : 1)
    const fixed = [...spark, ...table, ...straggler]
    const { selectedRank } = view.terminal
    // The payload has the parts of one rank over time.
    const isOfOther = selectedRank !== null && selectedRank !== body.series.rank
    const chart = isOfOther ? [] : chartLines(body, target, room - fixed.length)
    return fitting([...spark, ...chart, ...table, ...straggler])
  },
})
