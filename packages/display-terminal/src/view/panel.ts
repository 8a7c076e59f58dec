import {
  type LiveFreshness,
  type LiveSection,
  plainLine,
  type Renderer,
  type RenderTarget,
} from '@traceml/contracts'
import { type Palette, paletteOf, STATE_GLYPHS } from '../draw/palette.js'
import { formatAge } from '../format.js'
import { clipLine } from '../text/clip-line.js'
import { displayWidth } from '../text/measure.js'
import { wrapText } from '../text/wrap-text.js'
import type { LiveView } from './live-view.js'

/** A panel of the full-screen view. A `Renderer` of the plain live payload is one, too. */
export type Panel = Renderer<LiveView>

/** The section that a panel belongs to; null when it belongs to none of the payload. */
export function sectionOf(view: LiveView, id: string | undefined): LiveSection<unknown> | null {
  if (id === undefined) return null
  const sections: Readonly<Record<string, LiveSection<unknown>>> = {
    ...view.extra_sections,
    ...view.sections,
  }
  return Object.hasOwn(sections, id) ? (sections[id] ?? null) : null
}

/** State and age in a few characters: `● 0.4 s`, `■ stalled 34 s`. */
export function freshnessChip(freshness: LiveFreshness, palette: Palette): string {
  const { state, age_s: age } = freshness
  const paint = palette.state[state]
  const glyph = STATE_GLYPHS[state]
  if (state === 'live')
    return `${paint(glyph)} ${palette.dim(age === null ? 'live' : formatAge(age))}`
  const name = STATE_NAMES[state]
  const withAge = age !== null && state !== 'not_applicable' && state !== 'ended'
  return paint(`${glyph} ${name}${withAge ? ` ${formatAge(age)}` : ''}`)
}

const STATE_NAMES = {
  waiting: 'waiting',
  live: 'live',
  stale: 'stale',
  stalled: 'stalled',
  lost_source: 'lost',
  not_applicable: 'none',
  ended: 'ended',
} as const

/** A panel's first line: its title, a rule, and on the right how fresh it is. */
export function titleLine(
  title: string,
  chip: string | null,
  { columns, color }: Pick<RenderTarget, 'columns' | 'color'>,
): string {
  const palette = paletteOf({ color })
  const right = chip === null ? '' : ` ${chip}`
  const room = columns - displayWidth(right)
  const left = clipLine(`${palette.title(title)} `, Math.max(8, room - 1))
  const rule = '─'.repeat(Math.max(0, room - displayWidth(left)))
  return clipLine(`${left}${palette.dim(rule)}${right}`, columns)
}

/** What a panel says instead of numbers: why there are none. */
export function absentLines(
  section: Pick<LiveSection<unknown>, 'freshness' | 'error'>,
  { columns, color }: RenderTarget,
): readonly string[] {
  const palette = paletteOf({ color })
  const text = plainLine(section.error ?? section.freshness.reason ?? 'Nothing has arrived yet.')
  return section.error === null
    ? wrapText(text, columns, 2).map(palette.dim)
    : wrapText(`! ${text}`, columns, 2).map(palette.tone.warn)
}

/**
 * What has to be known before a section's numbers are read, in front of them: why they are old, that
 * they could not be computed anew, and what its own verdict finds when that is not the run's.
 */
export function noticeLines(
  view: LiveView,
  section: LiveSection<unknown>,
  { columns, color }: RenderTarget,
): readonly string[] {
  const palette = paletteOf({ color })
  const { freshness, verdict, error } = section
  const lines: string[] = []
  if (error !== null) lines.push(palette.tone.warn(`! ${plainLine(error)}`))
  const isOld =
    freshness.state === 'stale' ||
    freshness.state === 'stalled' ||
    freshness.state === 'lost_source'
  if (isOld && freshness.reason !== null) {
    lines.push(palette.state[freshness.state](plainLine(freshness.reason)))
  }
  const isOwn = verdict !== null && verdict.section !== view.verdict.section
  if (isOwn && (verdict.tone === 'warn' || verdict.tone === 'crit')) {
    lines.push(
      `${palette.tone[verdict.tone](plainLine(verdict.status))} ${plainLine(verdict.summary)}`,
    )
    if (verdict.action !== '') lines.push(palette.dim(`→ ${plainLine(verdict.action)}`))
  }
  return lines.map((line) => clipLine(line, columns))
}
