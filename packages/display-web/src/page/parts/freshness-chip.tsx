import type { LiveFreshness } from '@traceml/contracts'
import type { VNode } from 'preact'
import { formatSpan } from '../format/format.js'
import { type ShownFreshness, shownFreshness } from '../freshness.js'
import { clock, connection, shown } from '../state/live-state.js'
import { useStore } from '../state/store.js'
import { uiState } from '../state/ui-state.js'

const LABELS: Readonly<Record<ShownFreshness['state'], string>> = {
  waiting: 'waiting',
  live: 'live',
  stale: 'stale',
  stalled: 'stalled',
  lost_source: 'lost',
  not_applicable: 'not applicable',
  ended: 'ended',
  disconnected: 'disconnected',
  paused: 'paused',
}

/** The freshness of a part as of now; the component is drawn again every second. */
function useFreshness(freshness: LiveFreshness | null): ShownFreshness | null {
  const now = useStore(clock, (ms) => ms)
  const state = useStore(connection, (value) => value)
  const isPaused = useStore(uiState, (ui) => ui.isPaused)
  const received = useStore(shown, (value) => value)
  if (freshness === null || received === null) return null
  return shownFreshness(freshness, {
    sinceReceivedSeconds: (now - received.atMs) / 1000,
    connection: state,
    isPaused,
    intervalSeconds: received.document.payload.run.interval_s,
  })
}

/** State and age of a part. */
export function FreshnessChip(props: { readonly freshness: LiveFreshness | null }): VNode | null {
  const shownNow = useFreshness(props.freshness)
  if (shownNow === null) return null
  const { state, ageSeconds, reason } = shownNow
  const hasAge = ageSeconds !== null && state !== 'ended' && state !== 'not_applicable'
  return (
    <span class={`chip state-${state}`} title={reason ?? undefined}>
      <span class="dot" aria-hidden="true" />
      {LABELS[state]}
      {hasAge && <span class="age"> {formatSpan(ageSeconds)}</span>}
    </span>
  )
}
