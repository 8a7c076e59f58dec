import type { LiveView } from './live-view.js'
import type { Panel } from './panel.js'
import { layersPanel } from './panels/layers.js'
import { memoryPanel } from './panels/memory.js'
import { processPanel } from './panels/process.js'
import { ranksPanel } from './panels/ranks.js'
import { resourcesPanel } from './panels/resources.js'
import { stepTimePanel } from './panels/step-time.js'
import { systemPanel } from './panels/system.js'

/** A panel with its place in the competition for rows. */
export interface PlacedPanel {
  readonly panel: Panel
  /** With its title. */
  readonly minRows: number
  /** With its title: what it may ask for before everybody else has something. */
  readonly maxRows: number
  /** Draws more when rows are left. */
  readonly grows: boolean
  readonly priority: number
}

/** Panels between verdict and output: stacks that stand side by side. */
export type Arrangement = readonly (readonly PlacedPanel[])[]

/** From this width on two stacks stand side by side. */
const TWO_STACKS_COLUMNS = 110

/** Rows below which even a wide terminal shows one stack with the short form of what it leaves out. */
const TWO_STACKS_ROWS = 22

function place(panel: Panel, minRows: number, priority: number): PlacedPanel {
  return { panel, minRows, maxRows: Number.POSITIVE_INFINITY, grows: false, priority }
}

/** Without its chart, which is for rows that nobody else needs. */
const STEP_ROWS = 15

/** What a panel of somebody else may take from the built-in ones. */
const ADDED_ROWS = 12

/** Panels that say something in this run: not those of sections that it does not have. */
function applies({ panel }: PlacedPanel, view: LiveView): boolean {
  if (panel.id === 'ranks') return view.ranks.length > 1
  const { section } = panel
  if (section !== 'step_time' && section !== 'step_memory' && section !== 'layers') return true
  return view.sections[section].freshness.state !== 'not_applicable'
}

/** Rows of the layers, title included: four of them at least, and a third of a tall screen. */
function layerRowsOn(rows: number): number {
  return Math.max(8, Math.floor(rows / 3))
}

/** Which panels stand where on a screen of this size. */
export function arrange(
  view: LiveView,
  others: readonly Panel[],
  size: { readonly columns: number; readonly rows: number },
): Arrangement {
  const added = others.map((panel) => ({ ...place(panel, 3, 3), maxRows: ADDED_ROWS }))
  const step = { ...place(stepTimePanel, 4, 9), maxRows: STEP_ROWS, grows: true }
  const ranks = place(ranksPanel, 5, 8)
  const gpus = view.nodes.reduce((sum, node) => sum + node.gpus.length, 0)
  const system = {
    ...place(systemPanel, 3, 6),
    // Without the course of the last minutes, which is for rows that nobody else needs.
    maxRows: 2 + view.nodes.length + (gpus === 0 ? 0 : 1 + gpus),
    grows: true,
  }
  const keep = (stack: readonly PlacedPanel[]): readonly PlacedPanel[] =>
    stack.filter((placed) => applies(placed, view))
  const isTall = size.rows >= 40
  // A run with this profile is about its layers; the ranks stand behind them where rows are few.
  const layers = { ...place(layersPanel, 5, 8.5), maxRows: layerRowsOn(size.rows) }
  const hasLayers = applies(layers, view)
  const details = [layers, place(memoryPanel, 3, 7), system, place(processPanel, 3, 5)]
  if (size.columns >= TWO_STACKS_COLUMNS && size.rows >= TWO_STACKS_ROWS) {
    const left = keep([step, ranks])
    return left.length === 0
      ? [keep(details), added].filter((stack) => stack.length > 0)
      : [left, keep([...details, ...added])]
  }
  // Where rows are few those of the ranks say more than a table of their medians.
  const short = (view.ranks.length > 1 || hasLayers) && !isTall ? { ...step, maxRows: 4 } : step
  const hasRoom = isTall || !applies(step, view)
  const rest = hasRoom ? details : [layers, place(resourcesPanel, 2, 4)]
  return [keep([short, ranks, ...rest, ...added])]
}

/** Every panel that can be shown at full size, in the order of the tab key. */
export function pagesOf(view: LiveView, others: readonly Panel[], output: Panel): readonly Panel[] {
  const all = [stepTimePanel, ranksPanel, layersPanel, memoryPanel, systemPanel, processPanel].map(
    (panel) => place(panel, 1, 1),
  )
  return [
    ...all.filter((placed) => applies(placed, view)).map(({ panel }) => panel),
    ...others,
    output,
  ]
}
