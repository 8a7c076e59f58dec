import { defineRenderer, plainLine } from '@traceml/contracts'
import { meter } from '../../draw/meter.js'
import { type Palette, paletteOf } from '../../draw/palette.js'
import { formatCount, formatElapsed, formatRate, formatShare } from '../../format.js'
import { clipLine } from '../../text/clip-line.js'
import { displayWidth } from '../../text/measure.js'
import type { LiveView } from '../live-view.js'
import type { Panel } from '../panel.js'

const MAX_METER = 30

function stepText({ progress, run }: LiveView): string {
  const { steps_completed: done, total_steps: total } = progress
  if (done === null) {
    if (run.status === 'ended') return 'no step was recorded'
    return run.profile === 'watch' ? 'recording host and process' : 'waiting for the first step'
  }
  return `step ${formatCount(done)}${total === null ? '' : ` / ${formatCount(total)}`}`
}

function speedTexts({ progress, run }: LiveView): readonly string[] {
  const { steps_per_s: steps, samples_per_s: samples, eta_s: eta } = progress
  const isOver = run.status === 'ended' || run.status === 'finalizing'
  return [
    ...(steps === null ? [] : [`${formatRate(steps)} steps/s`]),
    ...(samples === null ? [] : [`${formatRate(samples)} samples/s`]),
    ...(eta === null || isOver ? [] : [`ETA ${formatElapsed(eta)}`]),
  ]
}

/** After this time without a step the reader is told how steps are made visible. */
const HINT_SECONDS = 20

function stepsHint({ run, progress }: LiveView): string | null {
  const isWaiting = run.profile !== 'watch' && progress.steps_completed === null
  if (!isWaiting || run.status !== 'running' || (run.elapsed_s ?? 0) < HINT_SECONDS) return null
  return 'A loop whose steps are not found by themselves marks them with traceStep of the SDK.'
}

function ratioTexts(ratio: number | null, room: number, palette: Palette): readonly string[] {
  if (ratio === null) return []
  const share = formatShare(ratio)
  const columns = Math.min(MAX_METER, room - share.length - 3)
  if (columns < 6) return [share]
  const { fill, rest } = meter(ratio, columns)
  return [`${palette.bold(fill)}${palette.dim(rest)} ${share}`]
}

/** How far the run is, how fast it goes, when it will be done, and what was lost on the way. */
export const progressPanel: Panel = /* @__PURE__ */ defineRenderer<LiveView, readonly string[]>({
  apiVersion: 1,
  kind: 'renderer',
  id: 'progress',
  surface: 'terminal',
  render(view, target) {
    const palette = paletteOf(target)
    const step = palette.bold(stepText(view))
    const speed = speedTexts(view)
    const used = displayWidth([step, ...speed].join('   '))
    const parts = [
      step,
      ...ratioTexts(view.progress.completed_ratio, target.columns - used - 3, palette),
      ...speed,
    ]
    const hint = stepsHint(view)
    const notes = view.telemetry.notes.map((note) => palette.tone.warn(`! ${plainLine(note)}`))
    return [parts.join('   '), ...(hint === null ? [] : [palette.dim(hint)]), ...notes].map(
      (line) => clipLine(line, target.columns),
    )
  },
})
