import { defineRenderer, type LiveVerdict, plainLine } from '@traceml/contracts'
import { type Palette, paletteOf } from '../../draw/palette.js'
import { formatUnit } from '../../format.js'
import { clipLine } from '../../text/clip-line.js'
import { displayWidth } from '../../text/measure.js'
import { wrapText } from '../../text/wrap-text.js'
import type { LiveView } from '../live-view.js'
import type { Panel } from '../panel.js'

const SEVERITY_NAMES = { info: null, warn: 'warning', crit: 'critical' } as const

function headline(verdict: LiveVerdict, columns: number, palette: Palette): string {
  const facts = [
    SEVERITY_NAMES[verdict.severity],
    verdict.confidence_label === null ? null : `${verdict.confidence_label} confidence`,
    ...verdict.evidence.map(
      ({ label, value, unit }) => `${plainLine(label)} ${formatUnit(value, unit)}`,
    ),
  ].filter((fact) => fact !== null)
  const status = palette.tone[verdict.tone](plainLine(verdict.status))
  // A fact that would be cut is left out; the first ones matter most.
  while (facts.length > 0 && displayWidth(`${status}  ${facts.join(' · ')}`) > columns) facts.pop()
  return facts.length === 0 ? status : `${status}  ${palette.dim(facts.join(' · '))}`
}

/** What is wrong, how sure that is, and what to try: the first thing to read. */
export const verdictPanel: Panel = /* @__PURE__ */ defineRenderer<LiveView, readonly string[]>({
  apiVersion: 1,
  kind: 'renderer',
  id: 'verdict',
  surface: 'terminal',
  render({ verdict }, target) {
    const palette = paletteOf(target)
    const sentences = [plainLine(verdict.summary)]
    const note = verdict.note === null ? '' : plainLine(verdict.note)
    const roomy = target.rows >= 6
    if (roomy && note !== '') sentences.push(note)
    const action =
      verdict.action === '' ? [] : wrapText(`→ ${plainLine(verdict.action)}`, target.columns, 2)
    return [
      clipLine(headline(verdict, target.columns, palette), target.columns),
      ...sentences.flatMap((text) => wrapText(text, target.columns, 2)),
      ...action.map(palette.bold),
    ]
  },
})
