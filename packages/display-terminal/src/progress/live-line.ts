import { defineRenderer, type LivePayload, plainLine, type Renderer } from '@traceml/contracts'
import { formatAge, formatCount, formatElapsed, formatMs, formatRate } from '../format.js'
import { clipLine } from '../text/clip-line.js'

/** Wider lines are cut, on a terminal of a build server as in a file. */
const MAX_COLUMNS = 240

function stepText({ progress, run }: LivePayload): string {
  const { steps_completed: done, total_steps: total } = progress
  if (done === null) {
    return run.profile === 'watch' ? 'recording host and process' : 'waiting for the first step'
  }
  return `step ${formatCount(done)}${total === null ? '' : ` of ${formatCount(total)}`}`
}

function stepTimeText({ sections }: LivePayload): readonly string[] {
  const metric = sections.step_time.body?.metrics.find(({ key }) => key === 'step_time')
  return metric === undefined ? [] : [`${formatMs(metric.median_ms)}/step`]
}

function ranksText({ run }: LivePayload): readonly string[] {
  const expected = Math.max(run.ranks_expected, run.ranks_seen)
  return expected <= 1 ? [] : [`${run.ranks_seen}/${expected} ranks`]
}

function verdictText({ verdict, run }: LivePayload): string {
  const { state, age_s: age } = run.freshness
  const isOld = state === 'stale' && age !== null
  const old = isOld ? `stale: no data for ${formatAge(age)}; ` : ''
  if (verdict.section === 'run' && verdict.tone === 'neutral') return old
  return `${old}${plainLine(verdict.status)}: ${plainLine(verdict.summary)}`
}

/**
 * Draws a live payload as one line, for logs: how long, how far, how fast, and the verdict.
 *
 * @example
 * `[traceml] 1:12, step 480 of 2,000, 12.3 steps/s, 81.2 ms/step, ETA 2:04 | INPUT-BOUND: Input wait …`
 */
export const liveLineRenderer: Renderer<LivePayload> = /* @__PURE__ */ defineRenderer<
  LivePayload,
  readonly string[]
>({
  apiVersion: 1,
  kind: 'renderer',
  id: 'live-line',
  surface: 'terminal',
  render(payload, target) {
    const { run, progress, telemetry } = payload
    const parts = [
      ...(run.elapsed_s === null ? [] : [formatElapsed(run.elapsed_s)]),
      stepText(payload),
      ...(progress.steps_per_s === null ? [] : [`${formatRate(progress.steps_per_s)} steps/s`]),
      ...stepTimeText(payload),
      ...(progress.eta_s === null ? [] : [`ETA ${formatElapsed(progress.eta_s)}`]),
      ...ranksText(payload),
      ...telemetry.notes.map((note) => plainLine(note)),
    ]
    const verdict = verdictText(payload)
    const text = `[traceml] ${parts.join(', ')}${verdict === '' ? '' : ` | ${verdict}`}`
    return [clipLine(text, target.interactive ? target.columns : MAX_COLUMNS)]
  },
})
