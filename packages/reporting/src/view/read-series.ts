import { listOf, numberOf, partOf } from './parts.js'
import type { LineView, SeriesView } from './report-view.js'

/** Buckets that are read at most, whatever a document holds. */
const MAX_BUCKETS = 2000

type Values = readonly (number | null)[]

/** The series of a section; null when there is nothing that could be drawn. */
export function readSeries(value: unknown): SeriesView | null {
  const part = partOf(value)
  const at = listOf(part['at']).slice(0, MAX_BUCKETS).map(numberOf)
  const isAscending = at.every((x, index) => {
    const before = index === 0 ? Number.NEGATIVE_INFINITY : at[index - 1]
    return x !== null && before !== null && before !== undefined && x >= before
  })
  if (at.length === 0 || !isAscending) return null
  const lines = Object.entries(partOf(part['lines'])).flatMap(([name, entry]) => {
    const line = readLine(entry, at.length)
    return line === null ? [] : [[name, line] as const]
  })
  if (lines.length === 0) return null
  const isStep = part['axis'] === 'step'
  const first = at[0] ?? 0
  const places = at.map((x) => (x ?? 0) - (isStep ? 0 : first))
  return { axis: isStep ? 'step' : 'seconds', at: places, lines: Object.fromEntries(lines) }
}

function readLine(value: unknown, length: number): LineView | null {
  const part = partOf(value)
  const typical = valuesOf(part['typical'], length)
  if (typical === null || typical.every((entry) => entry === null)) return null
  return {
    typical,
    worst: valuesOf(part['worst'], length),
    low: valuesOf(part['low'], length),
    high: valuesOf(part['high'], length),
  }
}

function valuesOf(value: unknown, length: number): Values | null {
  if (!Array.isArray(value) || value.length !== length) return null
  return value.map(numberOf)
}
