import {
  createRegistry,
  errorMessage,
  type LivePanel,
  type LivePanelView,
  type LivePayload,
  type RenderTarget,
} from '@traceml/contracts'
import { checkPanelView } from './check-view.js'

/** A panel as it goes to the page. */
export interface DrawnPanel {
  readonly id: string
  readonly title: string
  /** Section of the payload whose age is the panel's; null: none. */
  readonly section: string | null
  /** Null: nothing to show now. */
  readonly view: LivePanelView | null
  /** One sentence when the panel failed; null otherwise. */
  readonly error: string | null
}

/** A page has no columns; views say what to show, whatever the width. */
const BROWSER: RenderTarget = { columns: 100, rows: 40, color: true, interactive: true }

/**
 * Prepares panels to be drawn with every payload.
 *
 * @throws {PluginError} for two panels of one id and for an empty id.
 */
export function createPanelDrawing(
  panels: readonly LivePanel[],
): (payload: LivePayload) => readonly DrawnPanel[] {
  const registry = createRegistry<LivePanel>('panel')
  for (const panel of panels) registry.add(panel.id, panel)
  const last = new Map<string, LivePanelView>()
  return (payload) => registry.list().map((panel) => drawPanel(panel, payload, last))
}

/** @param last - What panels showed so far; null from a panel leaves it as it is. */
function drawPanel(
  panel: LivePanel,
  payload: LivePayload,
  last: Map<string, LivePanelView>,
): DrawnPanel {
  const { id, title = id, section = null } = panel
  try {
    const output = panel.render(payload, BROWSER)
    if (output !== null) last.set(id, checkPanelView(output))
    return { id, title, section, view: last.get(id) ?? null, error: null }
  } catch (error) {
    return { id, title, section, view: null, error: `The panel ${reason(error)}.` }
  }
}

function reason(error: unknown): string {
  const message = errorMessage(error).replace(/\.$/, '')
  return /^returned /.test(message) ? message : `failed: ${message}`
}
