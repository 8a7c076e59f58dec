import { type CompareDocument, compare, type RunHistory } from '@traceml/compare'
import { readVector } from '../vectors.js'

/** A pair of summaries of the vectors. */
export interface Case {
  readonly name: string
  readonly lhs: Record<string, unknown>
  readonly rhs: Record<string, unknown>
}

export const { cases } = readVector<{ cases: Case[] }>('compare.json')

export function findCase(name: string): Case {
  const found = cases.find((item) => item.name === name)
  if (found === undefined) throw new Error(`no case ${name}`)
  return found
}

/** Compares a pair by its name with the default policy. */
export function judgeCase(
  name: string,
  histories: { readonly lhs?: RunHistory; readonly rhs?: RunHistory } = {},
): CompareDocument {
  const { lhs, rhs } = findCase(name)
  return compare(
    { summary: lhs, label: 'before', ...(histories.lhs ? { history: histories.lhs } : {}) },
    { summary: rhs, label: 'after', ...(histories.rhs ? { history: histories.rhs } : {}) },
  )
}

/** Noise that no seed decides: a low-discrepancy sequence in [-0.5, 0.5). */
function noise(index: number): number {
  return ((index * 0.618033988749895) % 1) - 0.5
}

/** Step times around a level, on the clocks of the vectors' GPU runs. */
export function history(level: number, spread: number, length = 200, offset = 0): RunHistory {
  const gpu = Array.from({ length }, (_, i) => level * (1 + spread * noise(i + 1 + offset)))
  return { stepTimeMs: { gpu } }
}
