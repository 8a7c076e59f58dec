import {
  LIVE_PHASES,
  type LivePhase,
  type LiveRank,
  type LiveStepMetric,
  type LiveStepTimeBody,
  type RenderTarget,
} from '@traceml/contracts'
import { meter } from '../../draw/meter.js'
import { type Palette, paletteOf } from '../../draw/palette.js'
import { layoutTable, type TableColumn } from '../../draw/table.js'
import { formatDifference, formatMs, formatShare, MISSING } from '../../format.js'
import { stripColors } from '../../text/measure.js'
import type { LiveView } from '../live-view.js'

const BAR_COLUMNS = 20
/** Parts below this share of the step are there, but not what anybody should look at. */
const NEGLIGIBLE_SHARE = 0.01

function phaseOf(metric: LiveStepMetric): LivePhase | null {
  return LIVE_PHASES.find((phase) => phase === metric.key) ?? null
}

/** What a rank's row says of one measure of the step. */
function rankValue(rank: LiveRank, key: LiveStepMetric['key']): number | null {
  return key === 'step_time' ? rank.step_time_ms : rank.phases_ms[key]
}

function differenceTo(value: number | null, base: number): number | null {
  return value === null || base <= 0 ? null : (value - base) / base
}

function rankColumns(
  rank: LiveRank,
  body: LiveStepTimeBody,
): readonly TableColumn<LiveStepMetric>[] {
  const median: TableColumn<LiveStepMetric> = {
    title: 'median',
    align: 'right',
    priority: 7,
    cell: (metric) => formatMs(metric.median_ms),
  }
  return [
    {
      title: `rank ${rank.global_rank}`,
      align: 'right',
      priority: 9,
      cell: (metric) => formatMs(rankValue(rank, metric.key)),
    },
    ...(body.window.ranks_known > 1
      ? [
          median,
          {
            title: 'against it',
            align: 'right' as const,
            priority: 6,
            cell: (metric: LiveStepMetric) =>
              formatDifference(differenceTo(rankValue(rank, metric.key), metric.median_ms)),
          },
        ]
      : []),
  ]
}

function overallColumns(body: LiveStepTimeBody): readonly TableColumn<LiveStepMetric>[] {
  if (body.window.ranks_known <= 1) {
    return [
      { title: 'mean', align: 'right', priority: 9, cell: (metric) => formatMs(metric.median_ms) },
    ]
  }
  return [
    { title: 'median', align: 'right', priority: 9, cell: (metric) => formatMs(metric.median_ms) },
    { title: 'worst', align: 'right', priority: 8, cell: (metric) => formatMs(metric.worst_ms) },
    { title: 'rank', align: 'left', priority: 7, cell: (metric) => `r${metric.worst_rank}` },
    {
      title: 'skew',
      align: 'right',
      priority: 6,
      cell: (metric) => formatDifference(metric.skew_ratio),
    },
  ]
}

function shareColumns(
  share: (metric: LiveStepMetric) => number | null,
  palette: Palette,
): readonly TableColumn<LiveStepMetric>[] {
  return [
    {
      title: 'share',
      align: 'right',
      priority: 5,
      cell: (metric) => {
        const ratio = share(metric)
        if (metric.key === 'step_time') return ''
        return ratio === null ? MISSING : formatShare(ratio)
      },
    },
    {
      title: '',
      align: 'left',
      priority: 1,
      cell: (metric) => {
        const phase = phaseOf(metric)
        if (phase === null) return ' '.repeat(BAR_COLUMNS)
        const { fill, rest } = meter(share(metric), BAR_COLUMNS)
        return palette.phase[phase](fill) + palette.dim(rest)
      },
    },
  ]
}

/** One row per measured part of the step: over all ranks, or a rank beside the others. */
export function stepTableLines(
  view: LiveView,
  body: LiveStepTimeBody,
  target: RenderTarget,
): readonly string[] {
  const palette = paletteOf(target)
  const selected = view.terminal.selectedRank
  const rank = view.ranks.find((one) => one.global_rank === selected) ?? null
  const whole = rank?.step_time_ms ?? null
  const share = (metric: LiveStepMetric): number | null => {
    if (rank === null) return metric.share_ratio
    const value = rankValue(rank, metric.key)
    return value === null || whole === null || whole <= 0 ? null : value / whole
  }
  const parts = body.metrics.filter(({ key }) => key !== 'step_time')
  const largest = parts.toSorted((a, b) => (share(b) ?? 0) - (share(a) ?? 0))[0]
  const columns: readonly TableColumn<LiveStepMetric>[] = [
    {
      title: `${body.window.steps_used} steps, ${body.clock.toUpperCase()} clock`,
      align: 'left',
      priority: 10,
      cell: (metric) => {
        const phase = phaseOf(metric)
        if (phase === null) return palette.bold(metric.label)
        const label = metric === largest ? palette.bold(metric.label) : metric.label
        return `${palette.phase[phase](palette.phaseGlyph[phase])} ${label}`
      },
    },
    ...(rank === null ? overallColumns(body) : rankColumns(rank, body)),
    ...(parts.some((metric) => share(metric) !== null) ? shareColumns(share, palette) : []),
  ]
  const { header, rows } = layoutTable(columns, body.metrics, target.columns)
  return [
    palette.dim(header),
    ...rows.map((row, index) => {
      const metric = body.metrics[index]
      const isNegligible = metric !== undefined && (share(metric) ?? 1) < NEGLIGIBLE_SHARE
      return isNegligible ? palette.dim(stripColors(row)) : row
    }),
  ]
}
