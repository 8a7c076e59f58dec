import type { VNode } from 'preact'
import { usePayload } from '../data/use-payload.js'
import { formatClock } from '../format/format.js'

const OUTCOMES = {
  completed: 'The run has ended.',
  failed: 'The run failed.',
  interrupted: 'The run was interrupted.',
  unknown: 'The run is over; how it ended is not known.',
} as const

/** How the run ended and where its report is. */
export function EndCard(): VNode | null {
  const end = usePayload((payload) => payload.run.end)
  if (end === null) return null
  const tone = end.outcome === 'failed' ? 'crit' : end.outcome === 'completed' ? 'info' : 'warn'
  return (
    <section class={`notice ${tone}`} aria-label="End of the run">
      <p>
        <b>{OUTCOMES[end.outcome]}</b> {formatClock(end.ended_at)}
        {end.exit_code !== null && end.exit_code !== 0 && `, exit code ${end.exit_code}`}
        {end.message !== null && <> {end.message}</>}
      </p>
      {end.reports.length > 0 && (
        <ul class="paths">
          {end.reports.map(({ kind, path }) => (
            <li key={path}>
              <span class="quiet">{kind}</span> <code>{path}</code>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
