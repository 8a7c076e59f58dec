import { formatFixed } from '@traceml/analysis'
import type { FinalSummary, MetricPoint, SectionPayload } from '@traceml/contracts'
import type { TextColumn } from './box.js'
import { textTable } from './box.js'
import { MISSING, textSkew, textValue } from './format.js'
import { rowMedian } from './row-median.js'

interface ResourceRow {
  readonly label: string
  readonly section: 'system' | 'process' | 'step_memory'
  readonly metric: string
}

const ROWS: readonly ResourceRow[] = [
  { label: 'Machine CPU', section: 'system', metric: 'cpu_percent' },
  { label: 'Machine Memory', section: 'system', metric: 'ram_bytes' },
  { label: 'GPU Util', section: 'system', metric: 'gpu_util_percent' },
  { label: 'GPU Memory', section: 'system', metric: 'gpu_mem_bytes' },
  { label: 'GPU Temp', section: 'system', metric: 'gpu_temp_c' },
  { label: 'Process CPU', section: 'process', metric: 'cpu_percent' },
  { label: 'Process Memory', section: 'process', metric: 'ram_bytes' },
  { label: 'GPU Reserved', section: 'process', metric: 'gpu_mem_reserved_bytes' },
  { label: 'Step Allocated', section: 'step_memory', metric: 'peak_allocated_bytes' },
  { label: 'Step Reserved', section: 'step_memory', metric: 'peak_reserved_bytes' },
]

const SINGLE_COLUMNS: readonly TextColumn[] = [
  { title: 'Metric', width: 20, align: 'left' },
  { title: 'Average', width: 12, align: 'right' },
  { title: 'Peak', width: 12, align: 'right' },
]

const SEVERAL_COLUMNS: readonly TextColumn[] = [
  { title: 'Metric', width: 18, align: 'left' },
  { title: 'Median', width: 9, align: 'right' },
  { title: 'Worst', width: 9, align: 'right' },
  { title: 'Skew', width: 8, align: 'right' },
  { title: 'Peak', width: 9, align: 'right' },
  { title: 'Worst on', width: 9, align: 'left' },
]

const UNMEASURED: MetricPoint = { value: null, idx: null }
const SMALL_BYTES = 1e8

/** A value of the table; memory below 0.1 GB in MB, where GB would show zeros. */
function cell(metric: string, value: number | null): string {
  if (value !== null && metric.endsWith('_bytes') && Math.abs(value) < SMALL_BYTES) {
    return `${formatFixed(value / 1e6, 1)}MB`
  }
  return textValue(metric, value)
}

function peakOf(section: SectionPayload, metric: string): number | null {
  return section.details?.peak?.[metric]?.value ?? null
}

/** `r3` or `n1`, with the node of a rank where there are several. */
function place(section: SectionPayload, point: MetricPoint): string {
  if (point.idx === null) return MISSING
  const node = section.groups.rows[point.idx]?.identity.node_rank ?? null
  if (section.groups.by === 'node_rank') return `n${node ?? point.idx}`
  const isSeveral = section.metadata.mode === 'multi_node' && node !== null
  return isSeveral ? `r${point.idx} n${node}` : `r${point.idx}`
}

function singleCells(section: SectionPayload, { label, metric }: ResourceRow): readonly string[] {
  const average = section.global.average[metric] ?? null
  return [label, cell(metric, average), cell(metric, peakOf(section, metric))]
}

function severalCells(section: SectionPayload, { label, metric }: ResourceRow): readonly string[] {
  const median = rowMedian(section, metric)
  const isAlone = Object.keys(section.groups.rows).length < 2
  const worst = section.global.worst[metric] ?? UNMEASURED
  return [
    label,
    cell(metric, median),
    // One row is not worse than another.
    isAlone ? '' : cell(metric, worst.value),
    isAlone ? '' : textSkew(metric, median, worst.value),
    cell(metric, peakOf(section, metric)),
    isAlone ? '' : place(section, worst),
  ]
}

/** The load of machines, processes and device memory; empty when nothing of it was measured. */
export function resourceTable(
  summary: Pick<FinalSummary, 'system' | 'process' | 'step_memory'>,
): readonly string[] {
  const measured = ROWS.filter(
    (row) => (summary[row.section].global.average[row.metric] ?? null) !== null,
  )
  if (measured.length === 0) return []
  const isSeveral = measured.some((row) => Object.keys(summary[row.section].groups.rows).length > 1)
  const cells = isSeveral ? severalCells : singleCells
  return [
    'System, Process and Memory Evidence',
    ...textTable(
      isSeveral ? SEVERAL_COLUMNS : SINGLE_COLUMNS,
      measured.map((row) => cells(summary[row.section], row)),
    ),
  ]
}
