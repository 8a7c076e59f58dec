import { errorMessage } from '@traceml/contracts'
import type { AnyPanel } from '@traceml/display-terminal'
import { defaultExport, importModule } from '../import-module.js'
import { oneLine } from '../output/failure.js'

/** What the modules of panels gave. */
export interface LoadedPanels {
  /** In the order of the modules, all surfaces. */
  readonly panels: readonly AnyPanel[]
  /** One sentence for every module or panel that cannot be used; the view does without. */
  readonly problems: readonly string[]
}

/**
 * Loads modules whose default export is a `Renderer` of the live payload or a list of them. Never
 * rejects: a view with a panel less is better than none.
 */
export async function loadPanels(urls: readonly string[]): Promise<LoadedPanels> {
  const panels: AnyPanel[] = []
  const problems: string[] = []
  for (const url of urls) {
    try {
      for (const value of [defaultExport(await importModule(url))].flat()) {
        const problem = isPanel(value) ? duplicateOf(value, panels) : NO_PANEL
        if (problem === null) panels.push(value as AnyPanel)
        else problems.push(`The panel module "${url}" ${problem}.`)
      }
    } catch (error) {
      problems.push(
        `The panel module "${url}" failed to load: ${oneLine(errorMessage(error))}; the view does without it.`,
      )
    }
  }
  return { panels, problems }
}

const NO_PANEL =
  'has a default export that is no panel: it needs apiVersion 1, kind "renderer", an id, a surface and render()'

function isPanel(value: unknown): value is AnyPanel {
  const panel = value as Partial<AnyPanel> | null | undefined
  return (
    panel?.apiVersion === 1 &&
    panel.kind === 'renderer' &&
    typeof panel.id === 'string' &&
    panel.id.trim() !== '' &&
    (panel.surface === 'terminal' || panel.surface === 'html') &&
    typeof panel.render === 'function'
  )
}

function duplicateOf(panel: AnyPanel, others: readonly AnyPanel[]): string | null {
  const isTaken = others.some(({ id, surface }) => id === panel.id && surface === panel.surface)
  return isTaken ? `has a second ${panel.surface} panel with the id "${panel.id}"; rename it` : null
}
