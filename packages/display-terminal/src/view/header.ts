import {
  type LivePayload,
  plainLine,
  type RenderTarget,
  type TrainingStrategy,
} from '@traceml/contracts'
import { paletteOf } from '../draw/palette.js'
import { formatElapsed } from '../format.js'
import { clipLine, fitLine } from '../text/clip-line.js'
import { displayWidth } from '../text/measure.js'
import { freshnessChip } from './panel.js'

const STATUS_NAMES = {
  waiting: 'waiting for telemetry',
  running: null,
  finalizing: 'writing the report',
  ended: 'ended',
} as const

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** What is worth a word: not that there is one rank, or that nobody knows how they work together. */
function strategyName(strategy: TrainingStrategy | null, ranks: number): string | null {
  if (strategy === null || ranks <= 1 || strategy.includes('unknown')) return null
  return strategy.replaceAll('_', ' ')
}

/** The run in one line: its name, how long it goes on, how large it is, and whether it lives. */
export function headerLine(
  payload: LivePayload,
  { columns, color }: Pick<RenderTarget, 'columns' | 'color'>,
): string {
  const palette = paletteOf({ color })
  const { run } = payload
  const expected = Math.max(run.ranks_expected, run.ranks_seen)
  const seen =
    run.ranks_seen < expected
      ? `${run.ranks_seen} of ${plural(expected, 'rank')}`
      : plural(expected, 'rank')
  const facts = [
    run.elapsed_s === null ? null : formatElapsed(run.elapsed_s),
    STATUS_NAMES[run.status],
    seen,
    run.nodes_seen > 1 ? plural(run.nodes_seen, 'node') : null,
    strategyName(run.strategy, expected),
    run.profile === 'watch' ? 'watch' : null,
  ].filter((fact) => fact !== null)
  const chip = freshnessChip(run.freshness, palette)
  const name = clipLine(plainLine(run.run_name ?? run.session_id), Math.max(12, columns >> 1))
  const left = `${palette.bold('TraceML')}  ${palette.bold(name)}  ${facts.join(palette.dim(' · '))}`
  return `${fitLine(left, columns - displayWidth(chip) - 1)} ${chip}`
}
