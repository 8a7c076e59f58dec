import { LIVE_PHASES, type LivePhase, type LivePhasesMs } from '@traceml/contracts'
import type { Palette } from './palette.js'

/**
 * The parts of a step as one bar; `fullMs` milliseconds would fill all `columns`. Every measured
 * part above zero has at least one column while there is room. Columns that nothing claims are empty.
 */
export function stackedBar(
  phases: LivePhasesMs,
  { fullMs, columns, palette }: { fullMs: number; columns: number; palette: Palette },
): string {
  if (!(fullMs > 0) || columns <= 0) return ' '.repeat(Math.max(0, columns))
  let text = ''
  let endMs = 0
  let drawn = 0
  for (const phase of LIVE_PHASES) {
    const ms = phases[phase]
    if (ms === null || ms <= 0) continue
    endMs += ms
    const end = Math.min(columns, Math.max(drawn + 1, Math.round((endMs / fullMs) * columns)))
    text += palette.phase[phase](palette.phaseGlyph[phase].repeat(end - drawn))
    drawn = end
  }
  return text + ' '.repeat(columns - drawn)
}

/** Milliseconds of the known parts together; null when none is known. */
export function sumOfParts(phases: LivePhasesMs): number | null {
  const known = Object.values(phases).filter((ms) => ms !== null)
  return known.length === 0 ? null : known.reduce((sum, ms) => sum + ms, 0)
}

/** Steps over time: parts of each step, and the step's whole. */
export interface StackedSeries {
  readonly phases: Readonly<Record<LivePhase, readonly (number | null)[]>>
  /** Milliseconds of each step; null where it is unknown. */
  readonly wholeMs: readonly (number | null)[]
}

const EIGHTHS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/**
 * Steps as columns of stacked parts, newest on the right, zero at the bottom; the top is the highest
 * step. Time that no part claims is drawn as the rest. When there are more steps than columns, the
 * longest step of those that share a column is drawn. Lines top first; each `columns` wide.
 */
export function stackedChart(
  series: StackedSeries,
  { columns, rows, palette }: { columns: number; rows: number; palette: Palette },
): { readonly lines: readonly string[]; readonly topMs: number } {
  const shown = longestPerColumn(series.wholeMs, columns)
  const topMs = Math.max(0, ...shown.map((index) => series.wholeMs[index] ?? 0))
  const cells = shown.map((index) =>
    columnCells(series, index, { topMs, rows, glyphs: palette.phaseGlyph }),
  )
  const lines = Array.from({ length: rows }, (_, row) => {
    let line = ''
    let run = ''
    let runPhase: LivePhase | null = null
    const flush = (): void => {
      line += runPhase === null ? run : palette.phase[runPhase](run)
      run = ''
    }
    for (const column of cells) {
      const cell = column[rows - 1 - row] ?? EMPTY
      if (cell.phase !== runPhase) flush()
      runPhase = cell.phase
      run += cell.glyph
    }
    flush()
    return line + ' '.repeat(columns - cells.length)
  })
  return { lines, topMs }
}

interface Cell {
  readonly glyph: string
  readonly phase: LivePhase | null
}

const EMPTY: Cell = { glyph: ' ', phase: null }

/** Bottom first. */
function columnCells(
  { phases, wholeMs }: StackedSeries,
  index: number,
  { topMs, rows, glyphs }: { topMs: number; rows: number; glyphs: Palette['phaseGlyph'] },
): readonly Cell[] {
  const whole = wholeMs[index] ?? null
  if (whole === null || topMs <= 0) return []
  const eighths = Math.max(1, Math.round((whole / topMs) * rows * 8))
  return Array.from({ length: Math.ceil(eighths / 8) }, (_, row) => {
    const fill = Math.min(8, eighths - row * 8)
    const phase = phaseAt(phases, index, ((row + fill / 16) / rows) * topMs)
    return { glyph: fill === 8 ? glyphs[phase] : (EIGHTHS[fill - 1] ?? ' '), phase }
  })
}

/** The part in which a moment of the step lies. */
function phaseAt(phases: StackedSeries['phases'], index: number, ms: number): LivePhase {
  let end = 0
  for (const phase of LIVE_PHASES) {
    end += phases[phase][index] ?? 0
    if (ms < end) return phase
  }
  return 'residual'
}

function longestPerColumn(whole: readonly (number | null)[], columns: number): readonly number[] {
  if (whole.length <= columns) return whole.map((_, index) => index)
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * whole.length) / columns)
    const to = Math.floor(((column + 1) * whole.length) / columns)
    let longest = from
    for (let index = from; index < to; index += 1) {
      if ((whole[index] ?? -1) > (whole[longest] ?? -1)) longest = index
    }
    return longest
  })
}
