import { defineRenderer, LIVE_PHASES } from '@traceml/contracts'
import { paletteOf, STATE_GLYPHS } from '../../draw/palette.js'
import { clipLine } from '../../text/clip-line.js'
import type { LiveView } from '../live-view.js'
import type { Panel } from '../panel.js'

const KEYS: readonly (readonly [string, string])[] = [
  ['q', 'leave the view; the training goes on and prints here again'],
  ['p, space', 'pause: what is shown stands still, nothing is missed'],
  ['↑ ↓, k j', 'select a rank: its step, its process, its output'],
  ['0 to 9', 'select a rank by its number'],
  ['tab', 'one panel at full size, then the next; shift-tab goes back'],
  ['page up, page down', 'older and newer output'],
  ['esc', 'back to the overview'],
  ['?', 'this page'],
  ['Ctrl-C', 'stops the training, as without traceml; the report follows'],
  ['Ctrl-Z', 'stops everything until fg'],
]

const STATES: readonly (readonly [keyof typeof STATE_GLYPHS, string])[] = [
  ['live', 'arrives as often as expected; beside it the age of the newest data'],
  ['waiting', 'nothing has arrived yet'],
  ['stale', 'late'],
  ['stalled', 'connected, but has not moved for three intervals and 5 s'],
  ['lost_source', 'left without saying goodbye'],
  ['not_applicable', 'this run has no such data'],
  ['ended', 'the numbers are its last'],
]

/** Keys and signs of the view. */
export const helpPanel: Panel = /* @__PURE__ */ defineRenderer<LiveView, readonly string[]>({
  apiVersion: 1,
  kind: 'renderer',
  id: 'help',
  surface: 'terminal',
  title: 'Help',
  render(_view, target) {
    const palette = paletteOf(target)
    const parts = LIVE_PHASES.map((phase) => palette.phase[phase](palette.phaseGlyph[phase]))
    return [
      ...KEYS.map(([key, does]) => `${palette.bold(key.padEnd(19))} ${does}`),
      '',
      ...STATES.map(
        ([state, means]) => `${palette.state[state](STATE_GLYPHS[state].padEnd(19))} ${means}`,
      ),
      '',
      `${palette.tone.crit('▶'.padEnd(19))} the rank that the verdict names`,
      `${palette.tone.warn('▲'.padEnd(19))} the rank with the longest step`,
      `${parts.join(' ')}${' '.repeat(9)}input wait, copy to device, forward, backward, optimizer, rest`,
    ].map((line) => clipLine(line, target.columns))
  },
})
