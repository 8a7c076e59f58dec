import {
  type COMPATIBLE_COMPARE_POLICY,
  type CompareDocument,
  type ComparePolicy,
  type ComparisonTable,
  compare,
  compareMany,
} from '@traceml/compare'
import type { LoadedRun } from './load-runs.js'

/** What the command found, of two runs or of more. */
export interface Comparison {
  /** One per run after the first. */
  readonly documents: readonly [CompareDocument, ...CompareDocument[]]
  /** The table of three runs or more; null for two. */
  readonly table: ComparisonTable | null
  /** What is written as JSON. */
  readonly json: object
  readonly text: string
  /** Name of the files without extension. */
  readonly name: string
}

/** Compares what was loaded: two runs with each other, more with the first. */
export function compareRuns(
  runs: readonly LoadedRun[],
  policy: ComparePolicy | typeof COMPATIBLE_COMPARE_POLICY,
  now: Date,
): Comparison {
  const [first, second, ...more] = runs
  if (first === undefined || second === undefined) throw new Error('A comparison needs two runs.')
  const notes = runs.flatMap((run) => run.notes)
  if (more.length === 0) {
    const document = compare(first, second, policy, { now, notes })
    const name = `${document.lhs.label}_vs_${document.rhs.label}`
    return { documents: [document], table: null, json: document, text: document.text, name }
  }
  const table = compareMany([first, second, ...more], policy, { now, notes })
  const documents = table.comparisons as readonly [CompareDocument, ...CompareDocument[]]
  const name = `${table.baseline.label}_vs_${documents.length}_runs`
  return { documents, table, json: table, text: table.text, name }
}
