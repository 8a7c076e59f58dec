import type { RenderTarget } from '@traceml/contracts'
import { paletteOf } from '../draw/palette.js'
import { fitLine } from '../text/clip-line.js'
import { type FooterState, footerLine } from './footer.js'

/** The screen before the aggregator has said anything. */
export function drawWaiting(footer: FooterState, target: RenderTarget): readonly string[] {
  const palette = paletteOf(target)
  const lines = [fitLine(`${palette.bold('TraceML')}  ${palette.dim('starting')}`, target.columns)]
  while (lines.length < target.rows - 1) lines.push('')
  return [...lines, footerLine(footer, target)]
}
