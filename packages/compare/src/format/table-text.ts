import { formatFixed } from '@traceml/analysis'
import { plainLine } from '@traceml/contracts'
import type { ComparisonTable } from '../compare-many.js'
import type { CompareDocument } from '../model.js'
import { BORDER, boxRow, labelled } from './box.js'
import { formatBytes1024 } from './cells.js'
import { formatChange, formatInterval, formatStepMs } from './numbers.js'
import { tableRow } from './table-row.js'

const TEXT_WIDTH = 73
const COLUMNS = [17, 10, 8, 18, 7, 8] as const
const VERDICT_COLUMNS = [17, 14] as const
const MISSING = 'n/a'

/** The numbers of one row, already as text. */
export interface TableCells {
  readonly label: string
  readonly stepTime: string
  readonly change: string
  readonly interval: string
  readonly memory: string
  readonly memoryChange: string
  readonly status: string
}

/** One row for the run on side B. */
function tableCells({ rhs, judgement, sections }: CompareDocument): TableCells {
  const step = judgement.metrics.find(({ metric }) => metric === 'step_time_ms')
  const metric = sections['step_time']?.metrics['step_time_ms']
  const memory = sections['step_memory']?.metrics['peak_reserved_bytes']
  const change = step?.change ?? metric?.pct_change ?? null
  const stepMs = step?.rhs ?? (typeof metric?.rhs === 'number' ? metric.rhs : null)
  const percent = memory?.pct_change ?? null
  return {
    label: plainLine(rhs.label, 60),
    stepTime: stepMs === null ? MISSING : formatStepMs(stepMs),
    change: change === null ? MISSING : formatChange(change, 'percent'),
    interval: step?.interval == null ? MISSING : formatInterval(step.interval, 'percent'),
    memory: typeof memory?.rhs === 'number' ? formatBytes1024(memory.rhs) : MISSING,
    memoryChange: percent === null ? MISSING : `${formatFixed(percent, 1, { sign: true })}%`,
    status: judgement.status,
  }
}

/** The row of the baseline, from the comparison that it is side A of. */
function baselineCells({ lhs, judgement, sections }: CompareDocument): TableCells {
  const step = judgement.metrics.find(({ metric }) => metric === 'step_time_ms')
  const metric = sections['step_time']?.metrics['step_time_ms']
  const memory = sections['step_memory']?.metrics['peak_reserved_bytes']
  const stepMs = step?.lhs ?? (typeof metric?.lhs === 'number' ? metric.lhs : null)
  return {
    label: plainLine(lhs.label, 60),
    stepTime: stepMs === null ? MISSING : formatStepMs(stepMs),
    change: '',
    interval: '',
    memory: typeof memory?.lhs === 'number' ? formatBytes1024(memory.lhs) : MISSING,
    memoryChange: '',
    status: 'first',
  }
}

/** The rows of a table, the baseline first. */
export function tableRows({ comparisons }: ComparisonTable): readonly TableCells[] {
  const [first] = comparisons
  return [...(first === undefined ? [] : [baselineCells(first)]), ...comparisons.map(tableCells)]
}

/** Draws a table of runs against the first as text of 78 columns. Presentation only. */
export function formatTableText(table: ComparisonTable): string {
  const { comparisons, baseline } = table
  const cells = tableRows(table)
  const confidence = comparisons[0]?.judgement.confidence ?? null
  const interval =
    confidence === null ? 'Interval' : `${formatFixed(100 * confidence, 0)}% interval`
  const reasons = comparisons.flatMap(({ rhs, judgement }) => [
    '',
    tableRow([plainLine(rhs.label, 60), judgement.status], VERDICT_COLUMNS),
    ...labelled('  Why:', judgement.why, TEXT_WIDTH),
    ...labelled('  Next:', judgement.action, TEXT_WIDTH),
  ])
  const notes = [
    ...new Set(
      comparisons.flatMap(({ judgement, warnings, sections }) => [
        ...judgement.notes,
        ...warnings,
        ...Object.values(sections).flatMap((section) => section.notes),
      ]),
    ),
  ]
  const body = [
    '',
    ...labelled('Each run (B) against the first (A):', plainLine(baseline.label, 60), TEXT_WIDTH),
    '',
    tableRow(['Run', 'Step time', 'Change', interval, 'Memory', 'Change'], COLUMNS),
    '-'.repeat(TEXT_WIDTH),
    ...cells.map((row) =>
      tableRow(
        [row.label, row.stepTime, row.change, row.interval, row.memory, row.memoryChange],
        COLUMNS,
      ),
    ),
    ...reasons,
    ...(notes.length === 0 ? [] : ['', 'Notes']),
    ...notes.flatMap((note) => labelled('-', note, TEXT_WIDTH)),
  ]
  return [BORDER, boxRow('TraceML Compare'), BORDER, ...body.map(boxRow), BORDER].join('\n')
}
