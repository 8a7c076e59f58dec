import type { MetricPoint, SectionPayload } from '@traceml/contracts'
import type { TextColumn } from './box.js'
import { textTable } from './box.js'
import { MISSING, textSkew, textValue } from './format.js'
import { rowMedian } from './row-median.js'

const SYSTEM_ROWS: readonly (readonly [string, string])[] = [
  ['CPU Util', 'cpu_percent'],
  ['GPU Util', 'gpu_util_percent'],
  ['GPU Memory', 'gpu_mem_bytes'],
  ['GPU Temp', 'gpu_temp_c'],
]

const SINGLE_COLUMNS: readonly TextColumn[] = [
  { title: 'Metric', width: 20, align: 'left' },
  { title: 'Average', width: 12, align: 'right' },
]

const NODE_COLUMNS: readonly TextColumn[] = [
  { title: 'Metric', width: 20, align: 'left' },
  { title: 'Median', width: 10, align: 'right' },
  { title: 'Worst', width: 10, align: 'right' },
  { title: 'Skew', width: 8, align: 'right' },
  { title: 'Worst on', width: 9, align: 'left' },
]

const UNMEASURED: MetricPoint = { value: null, idx: null }

function nodeScope(section: SectionPayload, point: MetricPoint): string {
  if (point.idx === null) return MISSING
  return `n${section.groups.rows[point.idx]?.identity.node_rank ?? point.idx}`
}

function nodeRow(section: SectionPayload, label: string, metric: string): readonly string[] {
  const median = rowMedian(section, metric)
  const worst = section.global.worst[metric] ?? UNMEASURED
  return [
    label,
    textValue(metric, median),
    textValue(metric, worst.value),
    textSkew(metric, median, worst.value),
    nodeScope(section, worst),
  ]
}

/** The machine's load; empty when the section has no numbers. */
export function systemTable(section: SectionPayload): readonly string[] {
  const measured = SYSTEM_ROWS.filter(([, metric]) => section.global.average[metric] != null)
  if (measured.length === 0) return []
  const severalNodes = Object.keys(section.groups.rows).length > 1
  return [
    'System Evidence',
    ...(severalNodes
      ? textTable(
          NODE_COLUMNS,
          measured.map(([label, metric]) => nodeRow(section, label, metric)),
        )
      : textTable(
          SINGLE_COLUMNS,
          measured.map(([label, metric]) => [
            label,
            textValue(metric, section.global.average[metric] ?? null),
          ]),
        )),
  ]
}
