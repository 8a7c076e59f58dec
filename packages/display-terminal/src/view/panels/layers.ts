import { type LayerRow, layerRows } from '@traceml/analysis'
import { defineRenderer, type LayerProfile, plainLine, type RenderTarget } from '@traceml/contracts'
import { meter } from '../../draw/meter.js'
import { type Palette, paletteOf } from '../../draw/palette.js'
import { stackedBar } from '../../draw/stacked.js'
import { layoutTable, type TableColumn } from '../../draw/table.js'
import { formatBytes, formatMs, formatShare, MISSING } from '../../format.js'
import { clipLine } from '../../text/clip-line.js'
import { displayWidth } from '../../text/measure.js'
import type { LiveView } from '../live-view.js'
import { absentLines, noticeLines, type Panel } from '../panel.js'

/** The end of a path says more than its beginning. */
const NAME_COLUMNS = 24
const WIDE_NAME_COLUMNS = 44
/** From this width on there is room for long names. */
const WIDE_COLUMNS = 110
const BAR_COLUMNS = 12
const NARROW_BAR_COLUMNS = 8
/** Below this width every column counts. */
const NARROW_COLUMNS = 70
const NO_PHASES = { input_wait: null, h2d: null, optimizer_step: null, residual: null }
/** A layer that is this much slower on its worst rank than on the median one is worth a colour. */
const SKEWED = 0.25

/** What the profile costs the training, how often it measures what, in `columns` at most. */
export function layersDetail(profile: LayerProfile, columns: number): string {
  const { every, cost_ratio: cost } = profile.cost
  const parts = [
    cost === null ? null : `costs ${formatCost(cost)}`,
    every === null ? null : every === 1 ? 'every step' : `1 step in ${every}`,
    profile.total_ms === null ? null : `${formatMs(profile.total_ms)} a step`,
    profile.clock === null ? null : `${profile.clock === 'gpu' ? 'GPU' : 'host'} clock`,
  ].filter((part) => part !== null)
  // A part that would be cut is left out; the first ones matter most.
  while (parts.length > 0 && parts.join(' · ').length > columns) parts.pop()
  return parts.join(' · ')
}

function formatCost(ratio: number): string {
  return ratio > 0 && ratio < 0.001 ? 'less than 0.1%' : `${(100 * ratio).toFixed(1)}%`
}

function nameCell({ path, label }: LayerRow, columns: number, palette: Palette): string {
  if (path === null) return palette.dim(label)
  const name = plainLine(path) || '(no name)'
  return endOf(name, columns - label.length) + palette.dim(label)
}

/** The last columns of a text that is too long, behind an ellipsis. */
function endOf(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  const characters = [...text]
  while (characters.length > 0 && displayWidth(characters.join('')) >= columns) characters.shift()
  return `…${characters.join('')}`
}

/** What bars are drawn to. */
interface BarScale {
  readonly profile: LayerProfile
  readonly columns: number
  /** Milliseconds of the longest row. */
  readonly longestMs: number
  readonly palette: Palette
}

function barCell({ cost }: LayerRow, { profile, columns, longestMs, palette }: BarScale): string {
  if (profile.total_ms === null) {
    const { fill, rest } = meter(cost.memory_share ?? null, columns)
    return palette.bold(fill) + palette.dim(rest)
  }
  const { forward_ms: forward, backward_ms: backward } = cost
  return stackedBar({ ...NO_PHASES, forward, backward }, { fullMs: longestMs, columns, palette })
}

/** Milliseconds without their unit, as the title of the column says it. */
function cellMs(ms: number | null): string {
  return ms === null ? MISSING : formatMs(ms).replace(/ ms$/, '')
}

function rankCell({ entry }: LayerRow, palette: Palette): string {
  if (entry === null || entry.worst_rank === null) return ''
  const { worst_rank: rank, skew_ratio: skew } = entry
  const text = `r${rank}${skew === null ? '' : ` ${skew < 0 ? '-' : '+'}${formatShare(Math.abs(skew))}`}`
  return skew !== null && skew >= SKEWED ? palette.tone.warn(text) : text
}

function columnsOf(
  profile: LayerProfile,
  rows: readonly LayerRow[],
  target: RenderTarget,
  palette: Palette,
): readonly TableColumn<LayerRow>[] {
  const names = target.columns >= WIDE_COLUMNS ? WIDE_NAME_COLUMNS : NAME_COLUMNS
  const scale: BarScale = {
    profile,
    columns: target.columns < NARROW_COLUMNS ? NARROW_BAR_COLUMNS : BAR_COLUMNS,
    longestMs: Math.max(...rows.map(({ cost }) => cost.total_ms ?? 0)),
    palette,
  }
  const hasTimes = profile.total_ms !== null
  const hasRanks = profile.ranks_used.length > 1 && rows.some(({ entry }) => entry !== null)
  const isShared = rows.some(({ entry }) => (entry?.calls ?? 1) > 1)
  const isTyped = rows.some(({ entry }) => entry?.type != null)
  const right = (
    title: string,
    priority: number,
    cell: (row: LayerRow) => string,
  ): TableColumn<LayerRow> => ({ title, align: 'right', priority, cell })
  return [
    {
      title: 'layer',
      align: 'left',
      priority: 9,
      cell: (row) => nameCell(row, names, palette),
    },
    {
      title: '',
      align: 'left',
      priority: 6,
      cell: (row) => barCell(row, scale),
    },
    ...(hasTimes
      ? [
          right('time', 8, ({ cost }) =>
            cost.time_share === null ? MISSING : formatShare(cost.time_share),
          ),
          right('ms', 5, ({ cost }) => cellMs(cost.total_ms)),
          right('fwd', 4, ({ cost }) => cellMs(cost.forward_ms)),
          right('bwd', 4, ({ cost }) => cellMs(cost.backward_ms)),
        ]
      : []),
    // What is outside of layers has no memory of its own.
    right('memory', hasTimes ? 7 : 8, ({ cost: { memory_bytes: bytes } }) =>
      bytes === undefined ? '' : formatBytes(bytes),
    ),
    ...(hasRanks
      ? [
          {
            title: 'worst',
            align: 'left' as const,
            priority: 6,
            cell: (row: LayerRow) => rankCell(row, palette),
          },
        ]
      : []),
    ...(isShared
      ? [right('calls', 3, ({ entry }) => (entry?.calls == null ? '' : formatCalls(entry.calls)))]
      : []),
    ...(isTyped
      ? [
          {
            title: 'type',
            align: 'left' as const,
            priority: 1,
            cell: ({ entry }: LayerRow) =>
              entry?.type == null ? '' : palette.dim(clipLine(plainLine(entry.type), 16)),
          },
        ]
      : []),
  ]
}

function formatCalls(calls: number): string {
  return Number.isInteger(calls) ? `${calls}` : calls.toFixed(1)
}

/** What each layer costs: the largest ones, the others together, and what is in no layer. */
export const layersPanel: Panel = /* @__PURE__ */ defineRenderer<LiveView, readonly string[]>({
  apiVersion: 1,
  kind: 'renderer',
  id: 'layers',
  surface: 'terminal',
  title: 'Layers',
  section: 'layers',
  render(view, target) {
    const section = view.sections.layers
    const { body } = section
    if (body === null || body.entries.length === 0) return absentLines(section, target)
    const palette = paletteOf(target)
    const notices = noticeLines(view, section, target)
    const room = Math.max(1, target.rows - notices.length - 1)
    // Sentences about what is missing are read before the last of many layers.
    const notes = room < 8 ? [] : body.notes.map((note) => palette.dim(plainLine(note)))
    const rows = layerRows(body, Math.max(1, room - notes.length))
    const table = layoutTable(columnsOf(body, rows, target, palette), rows, target.columns)
    return [...notices, palette.dim(table.header), ...table.rows, ...notes].map((line) =>
      clipLine(line, target.columns),
    )
  },
})
