import {
  type LivePanel,
  type LivePanelBlock,
  type LivePanelView,
  type LiveUnit,
  plainLine,
  type RenderTarget,
} from '@traceml/contracts'
import { type Palette, paletteOf } from '../../draw/palette.js'
import { sparkline } from '../../draw/sparkline.js'
import { layoutTable, type TableColumn } from '../../draw/table.js'
import { formatUnit, MISSING } from '../../format.js'
import { clipLine } from '../../text/clip-line.js'
import { displayWidth } from '../../text/measure.js'
import type { Panel } from '../panel.js'

type Value = number | string | null
type Block<Kind> = Extract<LivePanelBlock, { readonly kind: Kind }>

function valueText(value: Value, unit: LiveUnit | null): string {
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return MISSING
  return formatUnit(value, unit)
}

/** Figures side by side, on as many lines as it takes. */
function figureLines(
  { figures }: Block<'figures'>,
  columns: number,
  palette: Palette,
): readonly string[] {
  const lines: string[] = []
  for (const { label, value, unit } of figures) {
    const entry = `${palette.dim(plainLine(label))} ${palette.bold(valueText(value, unit))}`
    const longer = lines.length === 0 ? entry : `${lines.at(-1)}   ${entry}`
    if (lines.length > 0 && displayWidth(longer) <= columns) lines[lines.length - 1] = longer
    else lines.push(entry)
  }
  return lines
}

function tableLines(
  { columns, rows }: Block<'table'>,
  width: number,
  palette: Palette,
): readonly string[] {
  const isNumber = (index: number): boolean => rows.some((row) => typeof row[index] === 'number')
  const shown = columns.map(
    ({ label, unit }, index): TableColumn<readonly Value[]> => ({
      title: plainLine(label),
      align: isNumber(index) ? 'right' : 'left',
      // The first ones are what the others are about.
      priority: columns.length - index,
      cell: (row) => valueText(row[index] ?? null, unit),
    }),
  )
  if (shown.length === 0) return []
  const table = layoutTable(shown, rows, width)
  return [palette.dim(table.header), ...table.rows]
}

function seriesLines(
  { series, unit }: Block<'series'>,
  columns: number,
  palette: Palette,
): readonly string[] {
  const names = series.map(({ label }) => plainLine(label))
  const nameColumns = Math.min(20, Math.max(0, ...names.map(displayWidth)))
  return series.map(({ values }, index) => {
    const newest = values.findLast((value) => value !== null) ?? null
    const text = valueText(newest, unit)
    const room = Math.max(4, Math.min(100, columns - nameColumns - displayWidth(text) - 3))
    const name = clipLine(names[index] ?? '', nameColumns)
    const gap = ' '.repeat(nameColumns - displayWidth(name))
    return `${palette.dim(name)}${gap} ${sparkline(values.slice(-room), room)}  ${text}`
  })
}

function blockLines(block: LivePanelBlock, columns: number, palette: Palette): readonly string[] {
  switch (block.kind) {
    case 'lines':
      return block.lines.map((line) => plainLine(line))
    case 'figures':
      return figureLines(block, columns, palette)
    case 'table':
      return tableLines(block, columns, palette)
    case 'series':
      return seriesLines(block, columns, palette)
  }
}

/** What a panel that says what to show looks like in a terminal. */
function panelViewLines(view: LivePanelView, target: RenderTarget): readonly string[] {
  const palette = paletteOf(target)
  return view.blocks
    .flatMap((block) => blockLines(block, target.columns, palette))
    .map((line) => clipLine(line, target.columns))
}

/** A panel for the browser as one for the terminal: one description, drawn by both. */
export function terminalPanelOf(panel: LivePanel): Panel {
  return {
    ...panel,
    surface: 'terminal',
    render: (payload, target) => {
      const view = panel.render(payload, target)
      return view === null ? null : panelViewLines(view, target)
    },
  }
}
