import type { LivePanel, LivePayload, Renderer } from '@traceml/contracts'
import type { Panel } from './panel.js'
import { terminalPanelOf } from './panels/panel-view.js'

/** A panel of somebody else, for any surface. */
export type AnyPanel = Renderer<LivePayload, unknown>

/**
 * Those of the panels that a terminal can draw, in their order: its own, and those for the browser
 * that have none of the same id beside them for the terminal.
 */
export function terminalPanels(panels: readonly AnyPanel[]): readonly Panel[] {
  const own = new Set(panels.filter(({ surface }) => surface === 'terminal').map(({ id }) => id))
  return panels.flatMap((panel) => {
    if (panel.surface === 'terminal') return [panel as Panel]
    // What such a panel returns is looked at when it is drawn: a wrong one says so in its place.
    return own.has(panel.id) ? [] : [terminalPanelOf(panel as LivePanel)]
  })
}
