import type { LiveRank, LiveStepHeat } from '@traceml/contracts'
import type { VNode } from 'preact'
import { HeatMap } from '../charts/heat-map.js'
import { usePayload } from '../data/use-payload.js'
import { formatBytesOf, formatCount, formatMs, formatPercent } from '../format/format.js'
import { Card, Nothing } from '../parts/card.js'
import { FreshnessChip } from '../parts/freshness-chip.js'
import { memo } from '../parts/memo.js'
import { PhaseBar } from '../parts/phase-bar.js'
import { Scroll } from '../parts/scroll.js'
import { useStore } from '../state/store.js'
import { choose, uiState } from '../state/ui-state.js'

const RANKS_IN_SIGHT = 12
/** Below this, the slowest rank is slowest by chance. */
const VISIBLE_SKEW = 0.02

/** Every rank of every node, with what sets it apart. */
export function RanksCard(): VNode | null {
  const ranks = usePayload((payload) => payload.ranks)
  const missing = usePayload((payload) => payload.run.ranks_missing)
  const heat = usePayload((payload) => payload.sections.step_time.body?.heat ?? null)
  const freshness = usePayload((payload) => payload.run.freshness)
  const skew = usePayload(({ sections }) => {
    const metrics = sections.step_time.body?.metrics ?? []
    return metrics.find(({ key }) => key === 'step_time')?.skew_ratio ?? null
  })
  const selected = useStore(uiState, (ui) => ui.rank)
  if (ranks === null) return null
  const scaleMs = Math.max(0, ...ranks.map((rank) => rank.step_time_ms ?? 0))
  const standsOut = (skew ?? 0) >= VISIBLE_SKEW
  const hasSteps = ranks.some(({ last_step }) => last_step !== null)
  return (
    <Card
      id="ranks"
      title="Ranks"
      detail={missing !== null && missing.length > 0 ? missingText(missing) : undefined}
      freshness={freshness}
    >
      {ranks.length === 0 && <Nothing>No rank has reported yet.</Nothing>}
      {heat !== null && ranks.length > 1 && isKnown(heat) && (
        <HeatMap heat={heat} selected={selected} onSelect={toggleRank} />
      )}
      {ranks.length > 0 && (
        <Scroll class="rank-table" label="Table of ranks">
          <table>
            <thead>
              <tr>
                <th scope="col">Rank</th>
                <th scope="col">State</th>
                {hasSteps && <StepHeads />}
                <th scope="col" class="num">
                  CPU
                </th>
                <th scope="col" class="num">
                  Memory
                </th>
              </tr>
            </thead>
            <tbody>
              {inOrder(ranks).map((rank) => (
                <RankRow
                  key={rank.global_rank}
                  rank={rank}
                  scaleMs={scaleMs}
                  hasSteps={hasSteps}
                  isSlowest={rank.is_slowest && standsOut}
                  isSelected={selected === rank.global_rank}
                />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Card>
  )
}

function StepHeads(): VNode {
  return (
    <>
      <th scope="col" class="num">
        Step
      </th>
      <th scope="col" class="num">
        Time
      </th>
      <th scope="col" class="wide">
        Parts
      </th>
    </>
  )
}

/** Where the table is longer than its pane, ranks in trouble come first. */
function inOrder(ranks: readonly LiveRank[]): readonly LiveRank[] {
  if (ranks.length <= RANKS_IN_SIGHT) return ranks
  const isCalm = ({ freshness, is_culprit: isCulprit }: LiveRank): boolean =>
    !isCulprit && (freshness.state === 'live' || freshness.state === 'ended')
  return [...ranks.filter((rank) => !isCalm(rank)), ...ranks.filter(isCalm)]
}

/** Whether there is anything to compare. */
function isKnown({ steps, own_time_ms: times }: LiveStepHeat): boolean {
  return steps.length > 1 && times.some((row) => row.some((time) => time !== null))
}

function missingText(missing: readonly number[]): string {
  const named = missing.slice(0, 8).join(', ')
  const more = missing.length > 8 ? ` and ${missing.length - 8} more` : ''
  return `Not seen yet: rank ${named}${more}`
}

function toggleRank(rank: number): void {
  choose({ rank: uiState.get().rank === rank ? null : rank })
}

interface RankRowProps {
  readonly rank: LiveRank
  readonly scaleMs: number
  readonly hasSteps: boolean
  readonly isSlowest: boolean
  readonly isSelected: boolean
}

const RankRow = memo(function RankRow(props: RankRowProps): VNode {
  const { rank, scaleMs, hasSteps, isSlowest, isSelected } = props
  const { memory, process } = rank
  const used = memory?.peak_reserved_bytes ?? memory?.peak_allocated_bytes ?? null
  return (
    <tr class={`${isSelected ? 'selected' : ''} ${rank.is_culprit ? 'culprit' : ''}`}>
      <th scope="row">
        <button
          type="button"
          class="link"
          aria-expanded={isSelected}
          onClick={() => toggleRank(rank.global_rank)}
        >
          r{rank.global_rank}
        </button>
        {rank.node_rank !== null && <span class="quiet small"> n{rank.node_rank}</span>}
        {rank.is_culprit && <span class="mark">culprit</span>}
        {isSlowest && !rank.is_culprit && <span class="mark plain">slowest</span>}
      </th>
      <td>
        <FreshnessChip freshness={rank.freshness} />
      </td>
      {hasSteps && (
        <>
          <td class="num">
            {formatCount(rank.last_step)}
            {rank.steps_behind !== null && rank.steps_behind > 1 && (
              <span class="quiet small"> −{rank.steps_behind}</span>
            )}
          </td>
          <td class="num">{formatMs(rank.step_time_ms)}</td>
          <td class="wide">
            <PhaseBar phases={rank.phases_ms} scaleMs={scaleMs} />
          </td>
        </>
      )}
      <td class="num">{formatPercent(process?.cpu_percent ?? null)}</td>
      <td class="num">
        {used === null
          ? formatBytesOf(process?.rss_bytes ?? null, null)
          : formatBytesOf(used, memory?.capacity_bytes ?? null)}
      </td>
    </tr>
  )
})
