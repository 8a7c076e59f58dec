import { plainLine, type RenderTarget } from '@traceml/contracts'
import { paletteOf } from '../draw/palette.js'
import { fitLine } from '../text/clip-line.js'
import { wrapText } from '../text/wrap-text.js'
import { allocateRows } from './allocate-rows.js'
import { type Arrangement, arrange, type PlacedPanel } from './arrangement.js'
import { drawBody, panelTitle } from './draw-panel.js'
import { type FooterState, footerLine } from './footer.js'
import { headerLine } from './header.js'
import type { LiveView } from './live-view.js'
import type { Panel } from './panel.js'
import { outputPanel } from './panels/output.js'
import { progressPanel } from './panels/progress.js'
import { verdictPanel } from './panels/verdict.js'

/** What is drawn. */
export interface FrameInput {
  readonly view: LiveView
  /** Panels beside the built-in ones. */
  readonly panels: readonly Panel[]
  /** Shown alone at full size; null: the overview. */
  readonly page: Panel | null
  /** Null: the last line is a line like the others. */
  readonly footer: FooterState | null
  /** Sentences that must be read, oldest first; the newest have room. */
  readonly notices: readonly string[]
  /** What panels returned last, by id: it stands as long as they return null. */
  readonly kept: Map<string, readonly string[]>
}

/** A whole screen. */
export interface Frame {
  /** As many as the target has rows, none wider than it. */
  readonly lines: readonly string[]
  /** What panels threw, by panel id. */
  readonly errors: ReadonlyMap<string, string>
}

const GUTTER = 2
/** From here on there is room to breathe. */
const TALL_ROWS = 36
/** With its title, on the smallest screens; taller ones give it their seventh part. */
const MIN_OUTPUT_ROWS = 3
/** With its title: more are shared with panels that grow. */
const OUTPUT_ROWS = 9

/** Draws the whole screen: run, verdict, progress, panels, output, keys. */
export function drawFrame(input: FrameInput, target: RenderTarget): Frame {
  const { view, panels, page, footer } = input
  const errors = new Map<string, string>()
  const { columns, rows } = target
  const body = (panel: Panel, size: { columns: number; rows: number }): readonly string[] => {
    const drawn = drawBody(panel, view, { ...target, ...size }, input.kept)
    if (drawn.error !== null) errors.set(panel.id, drawn.error)
    return drawn.lines
  }
  const isTall = rows >= TALL_ROWS
  const verdictRows = isTall ? 6 : 5
  const top = [
    headerLine(view, target),
    ...body(verdictPanel, { columns, rows: verdictRows }),
    ...body(progressPanel, { columns, rows: isTall ? 4 : 2 }),
    ...(isTall ? [''] : []),
  ]
  const bottom = [
    ...noticeRows(input.notices, target),
    ...(footer === null ? [] : [footerLine(footer, target)]),
  ]
  const room = rows - top.length - bottom.length
  const middle =
    page === null
      ? overview({ view, panels, target, room, body })
      : [panelTitle(page, view, target), ...body(page, { columns, rows: room - 1 })]
  const above = Math.max(0, rows - bottom.length)
  const lines = [...top, ...middle].slice(0, above)
  while (lines.length < above) lines.push('')
  return { lines: [...lines, ...bottom].slice(-rows), errors }
}

const MAX_NOTICES = 2

function noticeRows(notices: readonly string[], target: RenderTarget): readonly string[] {
  const paint = paletteOf(target).tone.warn
  return notices
    .slice(-MAX_NOTICES)
    .flatMap((text) => wrapText(`! ${plainLine(text)}`, target.columns, 2))
    .map(paint)
}

type DrawBody = (panel: Panel, size: { columns: number; rows: number }) => readonly string[]

function overview(input: {
  readonly view: LiveView
  readonly panels: readonly Panel[]
  readonly target: RenderTarget
  readonly room: number
  readonly body: DrawBody
}): readonly string[] {
  const { view, target, room, body } = input
  const stacks = arrange(view, input.panels, target)
  const columns = Math.floor((target.columns - GUTTER * (stacks.length - 1)) / stacks.length)
  const draw = (rows: number, growRows: number): readonly (readonly string[])[] =>
    stacks.map((stack) => drawStack(stack, { ...input, columns, rows, growRows }))
  const most = room - Math.max(MIN_OUTPUT_ROWS, Math.floor(target.rows / 7))
  const needed = heightOf(draw(most, 0))
  // Rows that are left go to the output; where there are many, a part of them to what grows.
  const left = room - needed
  const unprinted = left - view.terminal.output.lines.length - 1
  const shared = Math.floor((left - OUTPUT_ROWS) / 2)
  const grown = Math.min(most, needed + Math.max(0, shared, unprinted))
  const middle = sideBySide(draw(grown, grown), columns)
  const outputRows = room - middle.length
  if (outputRows < 2) return middle
  return [
    ...middle,
    panelTitle(outputPanel, view, target),
    ...body(outputPanel, { columns: target.columns, rows: outputRows - 1 }),
  ]
}

function drawStack(
  stack: Arrangement[number],
  input: {
    readonly view: LiveView
    readonly target: RenderTarget
    readonly columns: number
    readonly rows: number
    /** Height that the stack may grow to where it has more than its panels need. */
    readonly growRows: number
    readonly body: DrawBody
  },
): readonly string[] {
  const { view, columns, rows, body } = input
  const target = { ...input.target, columns }
  const wanted = stack.map(({ panel, maxRows }) =>
    body(panel, { columns, rows: Math.max(1, Math.min(maxRows, rows) - 1) }),
  )
  const given = [
    ...allocateRows(
      stack.map(({ minRows, priority }, index) => ({
        minRows,
        priority,
        wantedRows: (wanted[index]?.length ?? 0) + 1,
      })),
      rows,
    ),
  ]
  const left = input.growRows - given.reduce((sum, height) => sum + height, 0)
  const growing = stack.findIndex(({ grows }) => grows)
  if (left > 0 && (given[growing] ?? 0) > 0) given[growing] = (given[growing] ?? 0) + left
  const draw = ({ panel }: PlacedPanel, index: number): readonly string[] => {
    const height = given[index] ?? 0
    if (height === 0) return []
    const whole = wanted[index] ?? []
    // Drawn once more where it must do with less: it knows best what to leave out.
    const lines = whole.length + 1 === height ? whole : body(panel, { columns, rows: height - 1 })
    return [panelTitle(panel, view, target), ...lines]
  }
  return stack.flatMap(draw)
}

function heightOf(stacks: readonly (readonly string[])[]): number {
  return Math.max(...stacks.map((stack) => stack.length))
}

function sideBySide(stacks: readonly (readonly string[])[], columns: number): readonly string[] {
  if (stacks.length === 1) return stacks[0] ?? []
  const gutter = ' '.repeat(GUTTER)
  return Array.from({ length: heightOf(stacks) }, (_, row) =>
    stacks.map((stack) => fitLine(stack[row] ?? '', columns)).join(gutter),
  )
}
