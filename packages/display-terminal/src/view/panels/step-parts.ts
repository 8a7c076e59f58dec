import {
  LIVE_PHASES,
  type LivePhase,
  type LivePhasesMs,
  type LiveStepTimeBody,
  type RenderTarget,
} from '@traceml/contracts'
import { paletteOf } from '../../draw/palette.js'
import { stackedBar, sumOfParts } from '../../draw/stacked.js'
import { formatShare } from '../../format.js'
import { displayWidth } from '../../text/measure.js'
import type { LiveView } from '../live-view.js'

/** Names of the parts of a step where there is little room. */
export const SHORT_NAMES: Readonly<Record<LivePhase, string>> = {
  input_wait: 'input',
  h2d: 'h2d',
  forward: 'fwd',
  backward: 'bwd',
  optimizer_step: 'opt',
  residual: 'rest',
}

/** The parts of a step as one bar with a line that explains it: of the selected rank, or a typical one. */
export function partsLines(
  view: LiveView,
  body: LiveStepTimeBody,
  target: RenderTarget,
): readonly string[] {
  const selected = view.ranks.find(({ global_rank: rank }) => rank === view.terminal.selectedRank)
  const phases = selected?.phases_ms ?? body.composition?.phases_ms
  const whole = phases === undefined ? null : sumOfParts(phases)
  if (phases === undefined || whole === null || whole <= 0) return []
  const labels = new Map(body.metrics.map(({ key, label }) => [key as string, label]))
  const long = legend(phases, whole, target, (phase) => labels.get(phase) ?? SHORT_NAMES[phase])
  const isTooLong = displayWidth(long) > target.columns
  const palette = paletteOf(target)
  return [
    stackedBar(phases, { fullMs: whole, columns: target.columns, palette }),
    isTooLong ? legend(phases, whole, target, (phase) => SHORT_NAMES[phase]) : long,
  ]
}

function legend(
  phases: LivePhasesMs,
  whole: number,
  target: RenderTarget,
  name: (phase: LivePhase) => string,
): string {
  const palette = paletteOf(target)
  return LIVE_PHASES.flatMap((phase) => {
    const ms = phases[phase]
    if (ms === null) return []
    return [
      `${palette.phase[phase](palette.phaseGlyph[phase])} ${name(phase)} ${formatShare(ms / whole)}`,
    ]
  }).join('  ')
}
