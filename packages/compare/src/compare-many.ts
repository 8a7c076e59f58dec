import { type CompareOptions, compare, type RunInput } from './compare.js'
import { formatTableText } from './format/table-text.js'
import { labelsForRuns } from './labels.js'
import type { CompareDocument, ComparedRun } from './model.js'
import type { COMPATIBLE_COMPARE_POLICY, ComparePolicy } from './policy.js'

/** Several runs against a first one. */
export interface ComparisonTable {
  readonly kind: 'traceml-comparison-table'
  readonly schema_version: 1
  /** UTC, ISO 8601; null when the caller gave no time. */
  readonly generated_at: string | null
  readonly baseline: ComparedRun
  /** One comparison of the baseline (A) with each other run (B), in the order given. */
  readonly comparisons: readonly CompareDocument[]
  /** Presentation only. */
  readonly text: string
}

/**
 * Compares every other run with the first one.
 *
 * @param runs - The baseline and at least one other run.
 */
export function compareMany(
  runs: readonly [RunInput, RunInput, ...(readonly RunInput[])],
  policy?: ComparePolicy | typeof COMPATIBLE_COMPARE_POLICY,
  options: CompareOptions = {},
): ComparisonTable {
  const fromPaths = labelsForRuns(runs.map((run, index) => run.path ?? `run${index + 1}`))
  const [baseline, ...others] = runs.map((run, index) => ({
    ...run,
    label: run.label ?? fromPaths[index] ?? `run${index + 1}`,
  })) as [RunInput, ...RunInput[]]
  const comparisons = others.map((run) => compare(baseline, run, policy, options))
  const table = {
    kind: 'traceml-comparison-table',
    schema_version: 1,
    generated_at: options.now?.toISOString() ?? null,
    // There is one: the tuple has a second run.
    baseline: (comparisons[0] as CompareDocument).lhs,
    comparisons,
    text: '',
  } as const
  return { ...table, text: formatTableText(table) }
}
