import type { VNode } from 'preact'
import { usePayload } from '../data/use-payload.js'
import { Card, Nothing } from '../parts/card.js'
import { useStore } from '../state/store.js'
import { choose, uiState } from '../state/ui-state.js'
import { LogLines } from './log-lines.js'

/** What the training writes. */
export function LogsCard(): VNode | null {
  const freshness = usePayload(({ logs }) => logs.freshness)
  const ranks = usePayload(({ logs }) => logs.ranks)
  const selected = useStore(uiState, (ui) => ui.logRank)
  if (freshness === null || ranks === null) return null
  return (
    <Card
      id="logs"
      title="Output"
      freshness={freshness}
      detail={
        ranks.length > 1 ? (
          <label>
            <span class="unseen">Output of </span>
            <select
              value={selected ?? ''}
              onChange={({ currentTarget }) =>
                choose({ logRank: currentTarget.value === '' ? null : Number(currentTarget.value) })
              }
            >
              <option value="">all ranks</option>
              {ranks.map((rank) => (
                <option key={rank} value={rank}>
                  rank {rank}
                </option>
              ))}
            </select>
          </label>
        ) : undefined
      }
    >
      {freshness.state === 'not_applicable' ? (
        <Nothing>{freshness.reason ?? 'Output is not captured in this run.'}</Nothing>
      ) : (
        <LogLines rank={selected} />
      )}
    </Card>
  )
}
