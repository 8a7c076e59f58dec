import type { VNode } from 'preact'
import { usePayload } from '../data/use-payload.js'
import { formatBytes, formatCount, formatMs } from '../format/format.js'
import { Card } from '../parts/card.js'
import { Figures } from '../parts/figures.js'

/** Whether what the page shows is all there is, and what it costs to know it. */
export function TelemetryCard(): VNode | null {
  const telemetry = usePayload((payload) => payload.telemetry)
  const freshness = usePayload((payload) => payload.run.freshness)
  if (telemetry === null) return null
  const { notes } = telemetry
  return (
    <Card id="telemetry" title="Telemetry" freshness={freshness}>
      {notes.length === 0 ? (
        <p class="quiet small">Nothing was lost.</p>
      ) : (
        <ul class="notice warn">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <Figures
        figures={[
          { label: 'Rows', value: formatCount(telemetry.rows_received) },
          // Rows that were read from a file came by no wire.
          ...(telemetry.bytes_received > 0
            ? [{ label: 'Received', value: formatBytes(telemetry.bytes_received) }]
            : []),
          { label: 'Rows lost', value: formatCount(telemetry.rows_lost) },
          { label: 'Steps lost', value: formatCount(telemetry.steps_lost) },
          { label: 'Messages lost', value: formatCount(telemetry.messages_lost) },
          { label: 'Waiting', value: formatCount(telemetry.backlog_messages) },
          { label: 'Cost of this view', value: formatMs(telemetry.compute_ms), note: 'a tick' },
        ]}
      />
    </Card>
  )
}
