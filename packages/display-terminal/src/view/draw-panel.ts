import { errorMessage, plainLine, type RenderTarget } from '@traceml/contracts'
import { paletteOf } from '../draw/palette.js'
import { clipLine } from '../text/clip-line.js'
import { displayWidth, stripColors } from '../text/measure.js'
import { wrapText } from '../text/wrap-text.js'
import type { LiveView } from './live-view.js'
import { freshnessChip, type Panel, sectionOf, titleLine } from './panel.js'
import { layersDetail, layersPanel } from './panels/layers.js'

/** A drawn panel without its title. */
export interface PanelBody {
  /** At most as many as the target has rows, each as wide as the target at most. */
  readonly lines: readonly string[]
  /** What the panel threw, or null. */
  readonly error: string | null
}

/** Text that a stranger's panel returned; colours are all that may be in it. */
function safeLine(line: unknown, columns: number): string {
  const text = String(line)
  return clipLine(/\p{Cc}/u.test(stripColors(text)) ? plainLine(text) : text, columns)
}

/**
 * What a panel shows on a target; what it throws is shown in its place. Never throws.
 *
 * @param kept - What panels returned last, by id: it stands as long as they return null.
 */
export function drawBody(
  panel: Panel,
  view: LiveView,
  target: RenderTarget,
  kept: Map<string, readonly string[]>,
): PanelBody {
  try {
    const lines = panel.render(view, target) ?? kept.get(panel.id) ?? []
    kept.set(panel.id, lines)
    return {
      lines: lines.slice(0, Math.max(0, target.rows)).map((line) => safeLine(line, target.columns)),
      error: null,
    }
  } catch (error) {
    const message = plainLine(errorMessage(error))
    const paint = paletteOf(target).tone.crit
    const lines = wrapText(`This panel failed: ${message}`, target.columns, 2)
    return { lines: lines.slice(0, Math.max(0, target.rows)).map(paint), error: message }
  }
}

/** The line above a panel's body; null for one without a title. */
export function panelTitle(panel: Panel, view: LiveView, target: RenderTarget): string {
  const section = sectionOf(view, panel.section)
  const chip = section === null ? null : freshnessChip(section.freshness, paletteOf(target))
  const selected = view.terminal.selectedRank
  const isOfRank = selected !== null && OF_RANK.has(panel.id)
  const title = plainLine(panel.title ?? panel.id)
  if (panel.id === layersPanel.id && view.sections.layers.body !== null) {
    const room = target.columns - title.length - (chip === null ? 0 : displayWidth(chip)) - 6
    const detail = layersDetail(view.sections.layers.body, room)
    return titleLine(detail === '' ? title : `${title} · ${detail}`, chip, target)
  }
  return titleLine(isOfRank ? `${title} · rank ${selected}` : title, chip, target)
}

/** Panels that show the selected rank instead of all. */
const OF_RANK: ReadonlySet<string> = new Set(['step-time', 'output'])
