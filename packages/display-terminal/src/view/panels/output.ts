import { defineRenderer } from '@traceml/contracts'
import { paletteOf } from '../../draw/palette.js'
import { clipLine, foldLine } from '../../text/clip-line.js'
import { stripColors } from '../../text/measure.js'
import type { LiveView } from '../live-view.js'
import type { Panel } from '../panel.js'

/** What the training prints, newest line at the bottom. */
export const outputPanel: Panel = /* @__PURE__ */ defineRenderer<LiveView, readonly string[]>({
  apiVersion: 1,
  kind: 'renderer',
  id: 'output',
  surface: 'terminal',
  title: 'Output',
  render({ terminal }, target) {
    const { lines, scrolledBack } = terminal.output
    const palette = paletteOf(target)
    if (lines.length === 0)
      return [palette.dim(clipLine('Nothing was printed yet.', target.columns))]
    const end = Math.max(Math.min(target.rows, lines.length), lines.length - scrolledBack)
    return lines
      .slice(Math.max(0, end - target.rows), end)
      .flatMap(({ text }) => foldLine(target.color ? text : stripColors(text), target.columns))
      .slice(-target.rows)
  },
})
