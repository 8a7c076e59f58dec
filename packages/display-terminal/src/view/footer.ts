import type { RenderTarget } from '@traceml/contracts'
import { paletteOf } from '../draw/palette.js'
import { formatElapsed } from '../format.js'
import { clipLine } from '../text/clip-line.js'

/** What the last line of the view tells. */
export interface FooterState {
  /** Seconds since the view was paused, or null. */
  readonly pausedSeconds: number | null
  /** Seconds without news from the aggregator when that is worrying, or null. */
  readonly silentSeconds: number | null
  readonly selectedRank: number | null
  /** Digits of a rank that is being typed. */
  readonly typedRank: string
  /** Name of the panel that is shown at full size, or null. */
  readonly page: string | null
  readonly hasSeveralRanks: boolean
}

/** Which keys there are, and what state the view itself is in. */
export function footerLine(
  state: FooterState,
  { columns, color }: Pick<RenderTarget, 'columns' | 'color'>,
): string {
  const palette = paletteOf({ color })
  const parts: string[] = []
  if (state.silentSeconds !== null) {
    parts.push(
      palette.tone.crit(`no news from the aggregator for ${formatElapsed(state.silentSeconds)}`),
    )
  }
  if (state.pausedSeconds !== null) {
    parts.push(palette.inverse(` PAUSED ${formatElapsed(state.pausedSeconds)} `))
  }
  if (state.typedRank !== '') parts.push(palette.inverse(` rank ${state.typedRank}_ `))
  else if (state.selectedRank !== null) parts.push(palette.inverse(` rank ${state.selectedRank} `))
  if (state.page !== null) parts.push(palette.inverse(` ${state.page} `))
  const key = (name: string, does: string): string => `${palette.bold(name)} ${palette.dim(does)}`
  parts.push(
    key('q', 'leave'),
    key('p', state.pausedSeconds === null ? 'pause' : 'go on'),
    ...(state.hasSeveralRanks ? [key('↑↓', 'rank')] : []),
    key('tab', 'panel'),
    ...(state.selectedRank === null && state.page === null ? [] : [key('esc', 'overview')]),
    key('?', 'help'),
    key('Ctrl-C', 'stops the training'),
  )
  return clipLine(parts.join('  '), columns)
}
