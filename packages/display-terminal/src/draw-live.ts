import type { LivePayload, RenderTarget } from '@traceml/contracts'
import { drawFrame } from './view/frame.js'
import type { LiveView } from './view/live-view.js'
import { type AnyPanel, terminalPanels } from './view/terminal-panels.js'

/** Options of {@link drawLive}. */
export interface DrawLiveOptions {
  /** Global rank whose detail is shown. Default: null, all. */
  readonly selectedRank?: number | null
  /** Panels beside the built-in ones. */
  readonly panels?: readonly AnyPanel[]
}

/**
 * Draws a live payload as a whole screen, without a terminal, keys or timer: for a program that has
 * a screen of its own, for a log, for a test. What a panel throws is shown in its place.
 *
 * @returns As many lines as the target has rows, none wider than it.
 * @example
 * ```ts
 * const target = { columns: 120, rows: 40, color: true, interactive: true }
 * process.stdout.write(drawLive(payload, target).join('\n'))
 * ```
 */
export function drawLive(
  payload: LivePayload,
  target: RenderTarget,
  options: DrawLiveOptions = {},
): readonly string[] {
  const view: LiveView = {
    ...payload,
    terminal: {
      selectedRank: options.selectedRank ?? null,
      output: { lines: payload.logs.lines, scrolledBack: 0 },
    },
  }
  const panels = terminalPanels(options.panels ?? [])
  return drawFrame({ view, panels, page: null, footer: null, notices: [], kept: new Map() }, target)
    .lines
}
