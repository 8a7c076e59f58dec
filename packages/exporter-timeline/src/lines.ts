import type { Timeline, TimelineCounter, TimelineSlice } from './records.js'

/** One line of CSV or JSON; what does not apply is null, an empty cell in CSV. */
interface Line {
  readonly record: 'step' | 'phase' | 'layer' | 'counter'
  readonly rank: number | null
  readonly node: number | null
  readonly step: number | null
  readonly name: string
  readonly clock: 'cpu' | 'gpu' | null
  /** Unix seconds of the start, or of the value. */
  readonly time_s: number
  readonly duration_ms: number | null
  readonly value: number | null
  readonly unit: string | null
}

const COLUMNS = [
  'record',
  'rank',
  'node',
  'step',
  'name',
  'clock',
  'time_s',
  'duration_ms',
  'value',
  'unit',
] as const satisfies readonly (keyof Line)[]

/** A timeline as JSON lines: one object a slice or value. */
export function* toJsonLines(timeline: Timeline): Generator<string> {
  for (const line of linesOf(timeline)) yield `${JSON.stringify(line)}\n`
}

/** A timeline as CSV (RFC 4180) with a header; the columns of {@link toJsonLines}. */
export function* toCsv(timeline: Timeline): Generator<string> {
  yield `${COLUMNS.join(',')}\r\n`
  for (const line of linesOf(timeline)) {
    yield `${COLUMNS.map((column) => cell(line[column])).join(',')}\r\n`
  }
}

function* linesOf(timeline: Timeline): Generator<Line> {
  for (const record of timeline.records) if (record.record !== 'source') yield toLine(record)
}

function toLine(record: TimelineSlice | TimelineCounter): Line {
  if (record.record === 'counter') {
    const { of, name, unit, timeUs, value } = record
    return {
      record: 'counter',
      rank: of.kind === 'rank' ? of.id : null,
      node: of.kind === 'node' ? of.id : null,
      step: null,
      name,
      clock: null,
      time_s: timeUs / 1e6,
      duration_ms: null,
      value,
      unit,
    }
  }
  const { rank, clock, name, depth, step, startUs, measuredMs } = record
  return {
    record: depth === 0 ? 'step' : depth === 1 ? 'phase' : 'layer',
    rank,
    node: null,
    step,
    name,
    clock,
    time_s: startUs / 1e6,
    duration_ms: measuredMs,
    value: null,
    unit: 'ms',
  }
}

/** A text that a spreadsheet would take for a formula gets an apostrophe. */
function cell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
