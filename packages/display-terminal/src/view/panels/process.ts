import { formatFixed } from '@traceml/analysis'
import { defineRenderer, type LiveRank } from '@traceml/contracts'
import { type Palette, paletteOf } from '../../draw/palette.js'
import { layoutTable, type TableColumn } from '../../draw/table.js'
import { formatBytes, formatBytesOf, MISSING } from '../../format.js'
import { clipLine } from '../../text/clip-line.js'
import type { LiveView } from '../live-view.js'
import { absentLines, noticeLines, type Panel } from '../panel.js'
import { rankExcerpt } from './rank-excerpt.js'

/** One meaning of CPU in both of its usual forms: `1.75 cores`. */
export function formatCores(percent: number | null): string {
  return percent === null ? MISSING : `${formatFixed(percent / 100, 2)} cores`
}

function columnsOf(view: LiveView, palette: Palette): readonly TableColumn<LiveRank>[] {
  const withGpu = view.ranks.some(({ process }) => process?.gpu_used_bytes != null)
  return [
    {
      title: 'rank',
      align: 'left',
      priority: 9,
      cell: ({ global_rank: rank }) => {
        const name = `r${rank}`
        return rank === view.terminal.selectedRank ? palette.inverse(name) : name
      },
    },
    {
      title: 'cpu',
      align: 'right',
      priority: 8,
      cell: ({ process }) => formatCores(process?.cpu_percent ?? null),
    },
    {
      title: 'memory',
      align: 'right',
      priority: 7,
      cell: ({ process }) => formatBytes(process?.rss_bytes ?? null),
    },
    ...(withGpu
      ? [
          {
            title: 'gpu used',
            align: 'right' as const,
            priority: 6,
            cell: ({ process }: LiveRank) =>
              formatBytesOf(process?.gpu_used_bytes ?? null, process?.gpu_total_bytes ?? null),
          },
          {
            title: 'reserved',
            align: 'right' as const,
            priority: 5,
            cell: ({ process }: LiveRank) => formatBytes(process?.gpu_reserved_bytes ?? null),
          },
        ]
      : []),
    {
      title: 'live tensors',
      align: 'right',
      priority: 4,
      cell: ({ memory }) =>
        memory?.live_tensor_count == null
          ? ''
          : `${memory.live_tensor_count} in ${formatBytes(memory.live_bytes)}`,
    },
  ]
}

/** What every rank's process takes of its host and its GPU. */
export const processPanel: Panel = /* @__PURE__ */ defineRenderer<LiveView, readonly string[]>({
  apiVersion: 1,
  kind: 'renderer',
  id: 'process',
  surface: 'terminal',
  title: 'Process',
  section: 'process',
  render(view, target) {
    const section = view.sections.process
    if (section.body === null) return absentLines(section, target)
    const palette = paletteOf(target)
    const notices = noticeLines(view, section, target)
    const room = Math.max(1, target.rows - notices.length - 1)
    const { ranks, before, after } = rankExcerpt(view.ranks, view.terminal.selectedRank, room)
    const hasTensors = view.ranks.some(({ memory }) => memory?.live_tensor_count != null)
    const columns = columnsOf(view, palette).filter(
      ({ title }) => hasTensors || title !== 'live tensors',
    )
    const { header, rows } = layoutTable(columns, ranks, target.columns)
    const rest = before + after === 0 ? [] : [palette.dim(`… ${before + after} more ranks`)]
    return [...notices, palette.dim(header), ...rows, ...rest].map((line) =>
      clipLine(line, target.columns),
    )
  },
})
