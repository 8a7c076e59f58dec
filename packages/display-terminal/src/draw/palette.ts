import type { LivePhase, LiveState, LiveTone, RenderTarget } from '@traceml/contracts'
import pc from 'picocolors'

/** Makes a text look different; returns it unchanged where there are no colours. */
type Paint = (text: string) => string

/** Every way of writing that the views use; what a colour means is decided here and nowhere else. */
export interface Palette {
  readonly bold: Paint
  readonly dim: Paint
  readonly inverse: Paint
  readonly title: Paint
  /** Severity, and for `info` whether it is good news. */
  readonly tone: Readonly<Record<LiveTone, Paint>>
  readonly state: Readonly<Record<LiveState, Paint>>
  readonly phase: Readonly<Record<LivePhase, Paint>>
  /** What a part of a step is drawn with: full blocks in colours, else one glyph per part. */
  readonly phaseGlyph: Readonly<Record<LivePhase, string>>
}

/** One glyph per part of a step, for bars and charts without colours. */
const PHASE_GLYPHS: Readonly<Record<LivePhase, string>> = {
  input_wait: '█',
  h2d: '▓',
  forward: '▒',
  backward: '░',
  optimizer_step: '▚',
  residual: '·',
}

const FULL_BLOCKS: typeof PHASE_GLYPHS = {
  input_wait: '█',
  h2d: '█',
  forward: '█',
  backward: '█',
  optimizer_step: '█',
  residual: '█',
}

/** One glyph per state, told apart without colours. */
export const STATE_GLYPHS: Readonly<Record<LiveState, string>> = {
  waiting: '○',
  live: '●',
  stale: '◐',
  stalled: '■',
  lost_source: '✕',
  not_applicable: '–',
  ended: '✓',
}

const palettes = new Map<boolean, Palette>()

/** The palette of a target; colours are sixteen at most, so that they follow the terminal's theme. */
export function paletteOf({ color }: Pick<RenderTarget, 'color'>): Palette {
  const known = palettes.get(color)
  if (known !== undefined) return known
  const colors = pc.createColors(color)
  const both =
    (first: Paint, second: Paint): Paint =>
    (text) =>
      first(second(text))
  const palette: Palette = {
    bold: colors.bold,
    dim: colors.dim,
    inverse: colors.inverse,
    title: colors.bold,
    tone: {
      healthy: both(colors.bold, colors.green),
      neutral: colors.bold,
      warn: both(colors.bold, colors.yellow),
      crit: both(colors.bold, colors.red),
    },
    state: {
      waiting: colors.dim,
      live: colors.green,
      stale: colors.yellow,
      stalled: both(colors.bold, colors.red),
      lost_source: both(colors.bold, colors.red),
      not_applicable: colors.dim,
      ended: colors.cyan,
    },
    phase: {
      input_wait: colors.yellow,
      h2d: colors.magenta,
      forward: colors.green,
      backward: colors.blue,
      optimizer_step: colors.cyan,
      residual: colors.gray,
    },
    phaseGlyph: color ? FULL_BLOCKS : PHASE_GLYPHS,
  }
  palettes.set(color, palette)
  return palette
}
