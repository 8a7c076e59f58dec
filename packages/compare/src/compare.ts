import type { ComparableSummary, CompareMetric } from '@traceml/contracts'
import { COMPARE_SCHEMA_VERSION } from '@traceml/contracts'
import { answerOf } from './answer.js'
import { compareSections, compareText } from './compared-sections.js'
import { defaultCompareMetrics } from './default-metrics.js'
import { formatCompareText } from './format/text.js'
import type { CompareLabels } from './labels.js'
import { labelsForPaths, pathNames } from './labels.js'
import type { CompareDocument, ComparedRun } from './model.js'
import type { ComparePolicy } from './policy.js'
import { COMPATIBLE_COMPARE_POLICY } from './policy.js'
import { readPath, toNumber, toText } from './read.js'
import type { VerdictRule } from './rules/context.js'
import { verdictContext } from './rules/context.js'
import { defaultVerdictRules } from './rules/default-rules.js'
import { concludeVerdict } from './verdict.js'

/** Options of {@link compareSummaries}. */
export interface CompareOptions {
  /** Time of the comparison, for `generated_at`. */
  readonly now: Date
  /** Where the summaries came from; names the runs when `labels` is not given. */
  readonly paths?: { readonly lhs: string; readonly rhs: string }
  /** Default: from `paths`, or `A` and `B` without them. */
  readonly labels?: CompareLabels
  /** Default {@link defaultCompareMetrics}. */
  readonly metrics?: readonly CompareMetric[]
  /** Default {@link COMPATIBLE_COMPARE_POLICY}. */
  readonly policy?: ComparePolicy
  /** Default {@link defaultVerdictRules}. */
  readonly rules?: readonly VerdictRule[]
}

function describeRun(summary: ComparableSummary, path: string, label: string): ComparedRun {
  const names = pathNames(path)
  return {
    path,
    label,
    file_name: names.file,
    parent_name: names.parent,
    schema_version: summary['schema_version'] ?? null,
    duration_s: toNumber(summary['duration_s']),
  }
}

function versionWarnings(lhs: unknown, rhs: unknown): readonly string[] {
  if (lhs === rhs) return []
  return [
    `The summaries have different schema versions (A ${String(lhs)}, B ${String(rhs)}): some metrics exist in one of them only.`,
  ]
}

/**
 * Compares two run summaries: what changed from `lhs` (A) to `rhs` (B), and whether B is better.
 *
 * Pure. Pass values through {@link parseComparable} first when they come from files; any missing
 * part reads as missing.
 *
 * @example
 * ```ts
 * const document = compareSummaries(before, after, { now: new Date() })
 * console.log(document.text)
 * ```
 */
export function compareSummaries(
  lhs: ComparableSummary,
  rhs: ComparableSummary,
  options: CompareOptions,
): CompareDocument {
  const policy = options.policy ?? COMPATIBLE_COMPARE_POLICY
  const metrics = options.metrics ?? defaultCompareMetrics
  const context = { lhs, rhs }
  const sections = compareSections(metrics, context)
  const paths = options.paths ?? { lhs: '', rhs: '' }
  const labels =
    options.labels ??
    (options.paths === undefined ? { lhs: 'A', rhs: 'B' } : labelsForPaths(paths.lhs, paths.rhs))
  const runs = {
    lhs: describeRun(lhs, paths.lhs, labels.lhs),
    rhs: describeRun(rhs, paths.rhs, labels.rhs),
  }
  const primaryStatus = (side: ComparableSummary): string | null =>
    toText(readPath(side, ['primary_diagnosis', 'status']))
  const document: CompareDocument = {
    schema_version: COMPARE_SCHEMA_VERSION,
    generated_at: options.now.toISOString(),
    ...runs,
    warnings: versionWarnings(runs.lhs.schema_version, runs.rhs.schema_version),
    sections,
    availability: Object.fromEntries(
      Object.entries(sections).map(([name, section]) => [name, section.available]),
    ),
    overview: {
      duration_s: { lhs: runs.lhs.duration_s, rhs: runs.rhs.duration_s },
      primary_diagnosis: compareText(primaryStatus(lhs), primaryStatus(rhs)),
    },
    text: '',
    verdict: concludeVerdict(
      verdictContext(sections, policy),
      options.rules ?? defaultVerdictRules,
    ),
    answer: answerOf(context, sections['step_time'], policy),
  }
  return { ...document, text: formatCompareText(document, metrics) }
}
