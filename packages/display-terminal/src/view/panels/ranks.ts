import {
  defineRenderer,
  LIVE_PHASES,
  type LivePhase,
  type LiveRank,
  plainLine,
} from '@traceml/contracts'
import { type Palette, paletteOf, STATE_GLYPHS } from '../../draw/palette.js'
import { stackedBar, sumOfParts } from '../../draw/stacked.js'
import { layoutTable, type TableColumn } from '../../draw/table.js'
import { formatAge, formatCount, formatMs, formatRate, MISSING } from '../../format.js'
import { clipLine } from '../../text/clip-line.js'
import type { LiveView } from '../live-view.js'
import { absentLines, type Panel } from '../panel.js'
import { type RankExcerpt, rankExcerpt } from './rank-excerpt.js'
import { SHORT_NAMES } from './step-parts.js'

/** Narrow enough to leave room for the numbers where there is any. */
const BAR_COLUMNS = 16
/** Milliseconds without their unit, always as wide, so that columns stand still. */
function cellMs(ms: number | null): string {
  const text = ms === null ? MISSING : formatMs(ms).replace(/ ms$/, '')
  return text.padStart(6)
}

function markOf(rank: LiveRank, palette: Palette): string {
  if (rank.is_culprit) return palette.tone.crit('▶')
  return rank.is_slowest ? palette.tone.warn('▲') : ' '
}

function stateCell({ freshness }: LiveRank, palette: Palette): string {
  const { state, age_s: age } = freshness
  const glyph = STATE_GLYPHS[state]
  if (state === 'live' || state === 'ended' || age === null) return palette.state[state](glyph)
  return palette.state[state](`${glyph} ${formatAge(age)}`)
}

/** The part in which the rank exceeds the others most; null when it does not. */
function worstPart(rank: LiveRank, medians: ReadonlyMap<string, number>): LivePhase | null {
  if (!rank.is_culprit) return null
  let worst: LivePhase | null = null
  let excess = 0
  for (const phase of LIVE_PHASES) {
    const more = (rank.phases_ms[phase] ?? 0) - (medians.get(phase) ?? 0)
    if (more > excess) [worst, excess] = [phase, more]
  }
  return worst
}

function columnsOf(view: LiveView, palette: Palette): readonly TableColumn<LiveRank>[] {
  const metrics = view.sections.step_time.body?.metrics ?? []
  const medians = new Map(metrics.map(({ key, median_ms: ms }) => [key, ms]))
  const longestMs = Math.max(0, ...view.ranks.map((rank) => sumOfParts(rank.phases_ms) ?? 0))
  const hasSteps = view.sections.step_time.freshness.state !== 'not_applicable'
  const manyNodes = view.nodes.length > 1
  const phases = LIVE_PHASES.filter((phase) => medians.has(phase)).map(
    (phase): TableColumn<LiveRank> => ({
      title: SHORT_NAMES[phase],
      align: 'right',
      priority: 5,
      cell: (rank) => {
        const text = cellMs(rank.phases_ms[phase])
        return worstPart(rank, medians) === phase ? palette.tone.crit(text) : text
      },
    }),
  )
  return [
    {
      title: '  rank',
      align: 'left',
      priority: 20,
      cell: (rank) => {
        const name = `r${rank.global_rank}`.padEnd(4)
        const isSelected = rank.global_rank === view.terminal.selectedRank
        return `${markOf(rank, palette)} ${isSelected ? palette.inverse(name) : rank.is_culprit ? palette.bold(name) : name}`
      },
    },
    { title: 'state', align: 'left', priority: 19, cell: (rank) => stateCell(rank, palette) },
    ...(manyNodes
      ? [
          {
            title: 'node',
            align: 'left' as const,
            priority: 3,
            cell: (rank: LiveRank) => nodeName(rank),
          },
        ]
      : []),
    ...(hasSteps
      ? [
          {
            title: 'step',
            align: 'right' as const,
            priority: 12,
            cell: (rank: LiveRank) => formatCount(rank.last_step),
          },
          {
            title: '/s',
            align: 'right' as const,
            priority: 4,
            cell: (rank: LiveRank) => formatRate(rank.steps_per_s),
          },
          {
            title: 'step ms',
            align: 'right' as const,
            priority: 11,
            cell: (rank: LiveRank) => cellMs(rank.step_time_ms),
          },
          {
            title: 'parts',
            align: 'left' as const,
            priority: 6,
            cell: (rank: LiveRank) =>
              stackedBar(rank.phases_ms, { fullMs: longestMs, columns: BAR_COLUMNS, palette }),
          },
          ...phases,
        ]
      : []),
  ]
}

function nodeName({ node_rank: node, hostname }: LiveRank): string {
  const name = hostname === null ? '' : plainLine(hostname)
  return clipLine(node === null ? name || MISSING : `n${node} ${name}`.trimEnd(), 16)
}

function restLine({ before, after }: RankExcerpt, palette: Palette): readonly string[] {
  const hidden = before + after
  if (hidden === 0) return []
  const where = before > 0 && after > 0 ? `${before} above, ${after} below` : `${hidden} more`
  return [palette.dim(`  … ${where}; ↑↓ or a number to look at one`)]
}

/** One row per rank: who is alive, how far, how fast, and where its step's time goes. */
export const ranksPanel: Panel = /* @__PURE__ */ defineRenderer<LiveView, readonly string[]>({
  apiVersion: 1,
  kind: 'renderer',
  id: 'ranks',
  surface: 'terminal',
  title: 'Ranks',
  render(view, target) {
    if (view.ranks.length === 0)
      return absentLines({ ...view.sections.process, error: null }, target)
    const palette = paletteOf(target)
    const missing = view.run.ranks_missing
    const footer =
      missing.length === 0
        ? []
        : [palette.tone.warn(`Not seen yet: ${missing.map((rank) => `r${rank}`).join(', ')}`)]
    const room = Math.max(1, target.rows - 1 - footer.length)
    const excerpt = rankExcerpt(view.ranks, view.terminal.selectedRank, room)
    const { header, rows } = layoutTable(columnsOf(view, palette), excerpt.ranks, target.columns)
    return [palette.dim(header), ...rows, ...restLine(excerpt, palette), ...footer].map((line) =>
      clipLine(line, target.columns),
    )
  },
})
