import type { Renderer, RenderTarget, RunProgress } from '@traceml/contracts'
import { defineRenderer } from '@traceml/contracts'
import pc from 'picocolors'
import { formatShare, MISSING } from '../format.js'
import { clipLine } from '../text/clip-line.js'
import { headlineParts, stepsHint, warningParts } from './headline.js'
import type { PhasePart, StepParts } from './phases.js'
import { barCells, largestPart, stepParts } from './phases.js'

type Colors = ReturnType<typeof pc.createColors>
type Paint = (text: string) => string

const MAX_BAR = 60
/** One glyph per part, so that the bar also reads without colours. */
const GLYPHS = ['█', '▓', '▒', '░', '▚', '·'] as const

function partPaints(colors: Colors): readonly Paint[] {
  return [colors.yellow, colors.magenta, colors.green, colors.blue, colors.cyan, colors.gray]
}

function shareText(part: PhasePart, stepMs: number | null): string {
  if (part.ms === null || stepMs === null || stepMs <= 0) return `${part.name} ${MISSING}`
  return `${part.name} ${formatShare(part.ms / stepMs)}`
}

function isMeasured(part: PhasePart): boolean {
  return part.ms !== null
}

function barLine(step: StepParts, target: RenderTarget, colors: Colors): string {
  const width = Math.min(MAX_BAR, target.columns - 2)
  const cells = barCells(step, width)
  const paints = partPaints(colors)
  const used = cells.reduce((sum, count) => sum + count, 0)
  const filled = cells.map((count, index) => {
    const paint = paints[index] ?? ((text: string) => text)
    return paint((GLYPHS[index] ?? '#').repeat(count))
  })
  return `${filled.join('')}${' '.repeat(Math.max(0, width - used))}`
}

/** The parts with their shares, on as many lines as it takes. */
function legendLines(step: StepParts, target: RenderTarget, colors: Colors): readonly string[] {
  const paints = partPaints(colors)
  const largest = largestPart(step.parts)
  const lines: string[] = []
  let width = 0
  for (const [index, part] of step.parts.entries()) {
    if (!isMeasured(part)) continue
    const glyph = (paints[index] ?? colors.reset)(GLYPHS[index] ?? '#')
    const text = shareText(part, step.stepMs)
    const entry = `${glyph} ${part === largest ? colors.bold(text) : text}`
    const size = text.length + 2
    const fits = lines.length > 0 && width + 2 + size <= target.columns
    if (fits) lines.push(`${lines.pop()}  ${entry}`)
    else lines.push(entry)
    width = fits ? width + 2 + size : size
  }
  return lines
}

function drawBlock(progress: RunProgress, target: RenderTarget): readonly string[] {
  const colors = pc.createColors(target.color)
  const warnings = warningParts(progress)
  const step = stepParts(progress.phasesMs)
  const lines = [`${colors.bold('TraceML')}  ${headlineParts(progress).join('  ')}`]
  if (step.parts.some(isMeasured)) {
    lines.push(barLine(step, target, colors), ...legendLines(step, target, colors))
  }
  const hint = stepsHint(progress)
  if (hint !== null) lines.push(colors.dim(hint))
  if (warnings.length > 0) lines.push(colors.yellow(`! ${warnings.join(', ')}`))
  return lines.map((line) => clipLine(line, target.columns))
}

function drawLine(progress: RunProgress, target: RenderTarget): readonly string[] {
  const step = stepParts(progress.phasesMs)
  const largest = largestPart(step.parts)
  const parts = [
    ...headlineParts(progress),
    ...(largest === null || step.stepMs === null
      ? []
      : [`most in ${shareText(largest, step.stepMs)}`]),
    ...warningParts(progress),
  ]
  return [clipLine(`[traceml] ${parts.join(', ')}`, Math.max(target.columns, 120))]
}

/**
 * Draws what a running training does: elapsed time, steps, rate, and where a step's time goes, the
 * largest part in bold. A block of a few lines on an interactive target, one line otherwise.
 */
export const progressRenderer: Renderer<RunProgress> = /* @__PURE__ */ defineRenderer<
  RunProgress,
  readonly string[]
>({
  apiVersion: 1,
  kind: 'renderer',
  id: 'progress',
  surface: 'terminal',
  render: (progress, target) =>
    target.interactive ? drawBlock(progress, target) : drawLine(progress, target),
})
