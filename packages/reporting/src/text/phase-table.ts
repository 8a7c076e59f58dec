import { formatFixed } from '@traceml/analysis'
import type { MetricPoint, SectionPayload } from '@traceml/contracts'
import type { TextColumn } from './box.js'
import { TEXT_WIDTH, textTable, wrapText } from './box.js'
import { MISSING, textBar, textShare, textSkew, textValue } from './format.js'
import { rowMedian } from './row-median.js'

/** A row of the table; deeper rows are parts of the row above them. */
interface PhaseRow {
  readonly label: string
  readonly metric: string
  readonly depth: 0 | 1 | 2
}

const PHASE_ROWS: readonly PhaseRow[] = [
  { label: 'Step Time', metric: 'step_time_ms', depth: 0 },
  { label: 'Input Wait', metric: 'input_wait_ms', depth: 1 },
  { label: 'H2D', metric: 'h2d_ms', depth: 1 },
  { label: 'Compute', metric: 'compute_ms', depth: 1 },
  { label: 'Forward', metric: 'forward_ms', depth: 2 },
  { label: 'Backward', metric: 'backward_ms', depth: 2 },
  { label: 'Optimizer', metric: 'optimizer_ms', depth: 2 },
  { label: 'Residual', metric: 'residual_ms', depth: 1 },
]

/** CPU time of the loader is already part of the input wait when the clock is the CPU's. */
const FETCH_ROW: PhaseRow = {
  label: 'Loader Fetch CPU',
  metric: 'dataloader_fetch_cpu_ms',
  depth: 1,
}

const BAR_WIDTH = 24

const SINGLE_COLUMNS: readonly TextColumn[] = [
  { title: 'Phase', width: 20, align: 'left' },
  { title: 'Average', width: 12, align: 'right' },
  { title: 'Share', width: 8, align: 'right' },
  { title: '', width: BAR_WIDTH, align: 'left' },
]

const RANK_COLUMNS: readonly TextColumn[] = [
  { title: 'Phase', width: 20, align: 'left' },
  { title: 'Share', width: 7, align: 'right' },
  { title: 'Median', width: 10, align: 'right' },
  { title: 'Worst', width: 10, align: 'right' },
  { title: 'Skew', width: 8, align: 'right' },
  { title: 'Worst on', width: 9, align: 'left' },
]

const UNMEASURED: MetricPoint = { value: null, idx: null }

function rowLabel(row: PhaseRow): string {
  return `${'  '.repeat(row.depth)}${row.label}`
}

function rankScope(section: SectionPayload, point: MetricPoint): string {
  if (point.idx === null) return MISSING
  const severalNodes = section.metadata.mode === 'multi_node'
  const node = severalNodes ? (section.groups.rows[point.idx]?.identity.node_rank ?? null) : null
  return node === null ? `r${point.idx}` : `r${point.idx} n${node}`
}

function visibleRows(section: SectionPayload): readonly PhaseRow[] {
  return section.global.window.diagnosis_clock === 'gpu' ? [...PHASE_ROWS, FETCH_ROW] : PHASE_ROWS
}

function shareCell(section: SectionPayload, row: PhaseRow): string {
  // The fetch overlaps the device's work, so it is no part of the device's step time.
  if (row === FETCH_ROW) return ''
  const { average } = section.global
  return textShare(average[row.metric] ?? null, average['step_time_ms'] ?? null)
}

function singleRow(section: SectionPayload, row: PhaseRow): readonly string[] {
  const { average } = section.global
  const value = average[row.metric] ?? null
  const total = average['step_time_ms'] ?? null
  const isPart = row.depth === 1 && row !== FETCH_ROW
  const share = isPart && value !== null && total !== null && total > 0 ? value / total : null
  return [
    rowLabel(row),
    textValue(row.metric, value),
    shareCell(section, row),
    textBar(share, BAR_WIDTH),
  ]
}

function rankRow(section: SectionPayload, row: PhaseRow): readonly string[] {
  const median = rowMedian(section, row.metric)
  const worst = section.global.worst[row.metric] ?? UNMEASURED
  return [
    rowLabel(row),
    shareCell(section, row),
    textValue(row.metric, median),
    textValue(row.metric, worst.value),
    textSkew(row.metric, median, worst.value),
    rankScope(section, worst),
  ]
}

function headline(section: SectionPayload, ranks: number): string {
  const { steps_analyzed: steps, diagnosis_clock: clock } = section.global.window
  const stepText = steps === 1 ? '1 step' : `${steps ?? 0} steps`
  const rankText = ranks > 1 ? ` of ${ranks} ranks` : ''
  return `Step Time Evidence: average of ${stepText}${rankText}, ${(clock ?? 'cpu').toUpperCase()} clock`
}

/** How single steps lie, of the rank with the longest median step, and how many a second. */
function spreadLine(section: SectionPayload): readonly string[] {
  const { step_time_spread: spreads = {}, steps_per_second: rate = null } = section.details ?? {}
  const [slowest] = Object.entries(spreads).toSorted(([, a], [, b]) => (b.p50 ?? 0) - (a.p50 ?? 0))
  if (slowest === undefined || slowest[1].p50 === null) return []
  const [rank, { p50, p95, p99, max }] = slowest
  const time = (value: number | null): string => textValue('x_ms', value)
  const of = Object.keys(spreads).length > 1 ? ` of r${rank}` : ''
  const perSecond = rate === null ? '' : `, ${formatFixed(rate, rate < 10 ? 2 : 1)}/s`
  return wrapText(
    `Steps${of}: p50 ${time(p50)}, p95 ${time(p95)}, p99 ${time(p99)}, max ${time(max)}${perSecond}`,
    TEXT_WIDTH,
    2,
  )
}

/** Where a step's time goes: one line a phase, or a sentence when no step was analysed. */
export function phaseTable(section: SectionPayload): readonly string[] {
  const ranks = section.metadata.global_ranks_used ?? 0
  if (ranks === 0) return ['Step Time Evidence: no steps could be analysed.']
  const rows = visibleRows(section)
  return [
    headline(section, ranks),
    ...(ranks > 1
      ? textTable(
          RANK_COLUMNS,
          rows.map((row) => rankRow(section, row)),
        )
      : textTable(
          SINGLE_COLUMNS,
          rows.map((row) => singleRow(section, row)),
        )),
    ...spreadLine(section),
  ]
}
