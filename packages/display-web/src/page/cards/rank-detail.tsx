import type { LiveRank } from '@traceml/contracts'
import type { VNode } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { fetchJson } from '../data/fetch-json.js'
import { linesOfSeries, queryOf } from '../data/step-range.js'
import { useFetched } from '../data/use-fetched.js'
import { usePayload } from '../data/use-payload.js'
import {
  formatBytes,
  formatBytesOf,
  formatCount,
  formatMs,
  formatPercent,
  formatRate,
  formatRatio,
} from '../format/format.js'
import { Nothing } from '../parts/card.js'
import { type Figure, Figures } from '../parts/figures.js'
import { FreshnessChip } from '../parts/freshness-chip.js'
import { PhaseBar, PhaseLegend } from '../parts/phase-bar.js'
import { useStore } from '../state/store.js'
import { choose, LIVE_STEPS, uiState } from '../state/ui-state.js'
import { LogLines } from './log-lines.js'
import { rangeBetween } from './overview.js'
import { StepCharts } from './step-charts.js'

const POINTS = 400
const PAUSE_MS = 2_000

/** One rank from close up: its steps, memory, process and output. */
export function RankDetail(): VNode | null {
  const selected = useStore(uiState, (ui) => ui.rank)
  const rank = usePayload(
    ({ ranks }) => ranks.find(({ global_rank }) => global_rank === selected) ?? null,
  )
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (selected !== null && document.activeElement?.closest('#ranks') != null) {
      heading.current?.scrollIntoView({ block: 'nearest' })
    }
  }, [selected])
  if (selected === null) return null
  return (
    <section class="card detail" aria-labelledby="detail-title">
      <header>
        <h2 id="detail-title" ref={heading}>
          Rank {selected}
        </h2>
        {rank !== null && <span class="quiet small place">{placeText(rank)}</span>}
        <FreshnessChip freshness={rank?.freshness ?? null} />
        <button type="button" onClick={() => choose({ rank: null })} aria-label="Close the rank">
          Close
        </button>
      </header>
      {rank === null ? (
        <Nothing>This run has no rank {selected}, or it has not reported yet.</Nothing>
      ) : (
        <RankFacts rank={rank} />
      )}
    </section>
  )
}

function RankFacts({ rank }: { readonly rank: LiveRank }): VNode {
  const { freshness } = rank
  return (
    <>
      {freshness.reason !== null && <p class="quiet">{freshness.reason}</p>}
      <Figures figures={rankFigures(rank)} />
      {rank.step_time_ms !== null && (
        <div class="composition">
          <PhaseBar phases={rank.phases_ms} scaleMs={rank.step_time_ms} />
          <PhaseLegend phases={rank.phases_ms} stepMs={rank.step_time_ms} />
        </div>
      )}
      {rank.last_step !== null && <RankSteps rank={rank.global_rank} newestStep={rank.last_step} />}
      <h3>Output</h3>
      <LogLines rank={rank.global_rank} />
    </>
  )
}

function RankSteps(props: { readonly rank: number; readonly newestStep: number }): VNode {
  const { rank, newestStep } = props
  const view = useStore(uiState, (ui) => ui.view)
  const isPaused = useStore(uiState, (ui) => ui.isPaused)
  const query = queryOf(view, newestStep, POINTS) ?? {
    from_step: Math.max(0, newestStep - LIVE_STEPS + 1),
    points: POINTS,
  }
  const { value, error } = useFetched(
    (signal) => fetchJson('/api/series.json', { ...query, rank }, signal),
    {
      key: `${rank} ${JSON.stringify(view)}`,
      version: isPaused || view.kind === 'range' ? 0 : newestStep,
      pauseMs: PAUSE_MS,
    },
  )
  const lines = useMemo(
    () => (value === null || value.steps.length === 0 ? null : linesOfSeries(value)),
    [value],
  )
  if (lines === null) return <Nothing>{error ?? 'Loading the steps…'}</Nothing>
  return (
    <StepCharts
      lines={lines}
      onSelect={(from, to) => choose({ view: rangeBetween(from, to) })}
      onReset={() => choose({ view: { kind: 'follow', steps: LIVE_STEPS } })}
    />
  )
}

function placeText({ node_rank, local_rank, hostname }: LiveRank): string {
  const parts = [
    node_rank === null ? null : `node ${node_rank}`,
    local_rank === null ? null : `local rank ${local_rank}`,
    hostname,
  ]
  return parts.filter((part) => part !== null).join(' · ')
}

function rankFigures(rank: LiveRank): readonly Figure[] {
  const { memory, process } = rank
  const figures: Figure[] = []
  if (rank.last_step !== null) {
    figures.push(
      {
        label: 'Step',
        value: formatCount(rank.last_step),
        ...(rank.steps_behind ? { note: `${rank.steps_behind} behind` } : {}),
      },
      { label: 'Step time', value: formatMs(rank.step_time_ms) },
      { label: 'Steps/s', value: formatRate(rank.steps_per_s) },
    )
  }
  if (memory !== null) {
    const { device, capacity_bytes: capacity } = memory
    const peak = memory.peak_reserved_bytes ?? memory.peak_allocated_bytes
    if (peak !== null) {
      figures.push({
        label: memory.peak_reserved_bytes === null ? 'Peak allocated' : 'Peak reserved',
        value: formatBytesOf(peak, capacity),
        note: [
          device,
          memory.pressure_ratio === null ? null : formatRatio(memory.pressure_ratio, 0),
        ]
          .filter((part) => part !== null)
          .join(' · '),
      })
    }
    if (memory.live_bytes !== null) {
      figures.push({
        label: 'Live tensors',
        value: formatBytes(memory.live_bytes),
        ...(memory.live_tensor_count === null
          ? {}
          : { note: `${formatCount(memory.live_tensor_count)} tensors` }),
      })
    }
  }
  if (process !== null) {
    figures.push(
      {
        label: 'CPU',
        value: formatPercent(process.cpu_percent),
        note:
          process.cpu_logical_cores === null
            ? '100 % is one core'
            : `of ${process.cpu_logical_cores * 100} %`,
      },
      { label: 'Resident memory', value: formatBytes(process.rss_bytes) },
    )
    if (process.gpu_used_bytes !== null) {
      figures.push({
        label: process.gpu_idx === null ? 'GPU memory' : `GPU ${process.gpu_idx} memory`,
        value: formatBytesOf(process.gpu_used_bytes, process.gpu_total_bytes),
      })
    }
  }
  return figures
}
