import type { ComparableSummary, CompareMetric } from '@traceml/contracts'
import { COMPARE_SCHEMA_VERSION, plainLine } from '@traceml/contracts'
import { compareSections, compareText } from './compared-sections.js'
import { defaultCompareMetrics } from './default-metrics.js'
import { formatCompareText } from './format/text.js'
import { historyFromSummary, type RunHistory } from './history.js'
import { compatibleJudgement } from './judge/compatible.js'
import { judge } from './judge/judge.js'
import { labelsForPaths, pathNames } from './labels.js'
import { longestPhase } from './longest-phase.js'
import type { CompareDocument, ComparedRun } from './model.js'
import { COMPATIBLE_COMPARE_POLICY, type ComparePolicy, ROBUST_COMPARE_POLICY } from './policy.js'
import { readPath, toNumber, toText } from './read.js'
import type { VerdictRule } from './rules/context.js'
import { verdictContext } from './rules/context.js'
import { defaultVerdictRules } from './rules/default-rules.js'
import { concludeVerdict } from './verdict.js'

/** One run to compare. */
export interface RunInput {
  /** A summary, see `parseComparable`; any missing part reads as missing. */
  readonly summary: ComparableSummary
  /** Step times of the run. Default: those that the summary carries, if any. */
  readonly history?: RunHistory | null
  /** Where the summary came from; names the run when `label` is not given. */
  readonly path?: string
  readonly label?: string
}

/** Options of {@link compare}. */
export interface CompareOptions {
  /** Time of the comparison, for `generated_at`. Default: none is given. */
  readonly now?: Date
  /** Default {@link defaultCompareMetrics}. */
  readonly metrics?: readonly CompareMetric[]
  /** What the caller has to add to the notes, one sentence each. */
  readonly notes?: readonly string[]
  /** Rules of the published verdict. Default {@link defaultVerdictRules}. */
  readonly rules?: readonly VerdictRule[]
}

function describeRun({ summary, path = '' }: RunInput, label: string): ComparedRun {
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
  const [a, b] = [lhs, rhs].map((version) => plainLine(String(version), 20))
  return [
    `The summaries have different schema versions (A ${a}, B ${b}): some metrics exist in one of them only.`,
  ]
}

function labelsOf(a: RunInput, b: RunInput): { readonly lhs: string; readonly rhs: string } {
  const fromPaths =
    a.path === undefined || b.path === undefined
      ? { lhs: 'A', rhs: 'B' }
      : labelsForPaths(a.path, b.path)
  return { lhs: a.label ?? fromPaths.lhs, rhs: b.label ?? fromPaths.rhs }
}

function historyOf({ history, summary }: RunInput): RunHistory | null {
  return history === undefined ? historyFromSummary(summary) : history
}

/**
 * Compares two runs: what changed from `a` (A) to `b` (B), and whether B is better. Every delta is
 * B − A. Pure; nothing is modified.
 *
 * @param policy - Default {@link ROBUST_COMPARE_POLICY}; `'compatible'` concludes with the published
 * verdict, which the document holds in any case.
 * @example
 * ```ts
 * const document = compare({ summary: before }, { summary: after })
 * document.judgement.status // 'REGRESSION'
 * ```
 */
export function compare(
  a: RunInput,
  b: RunInput,
  policy: ComparePolicy | typeof COMPATIBLE_COMPARE_POLICY = ROBUST_COMPARE_POLICY,
  options: CompareOptions = {},
): CompareDocument {
  const metrics = options.metrics ?? defaultCompareMetrics
  const context = { lhs: a.summary, rhs: b.summary }
  const sections = compareSections(metrics, context)
  const labels = labelsOf(a, b)
  const runs = { lhs: describeRun(a, labels.lhs), rhs: describeRun(b, labels.rhs) }
  const primaryStatus = (side: ComparableSummary): string | null =>
    toText(readPath(side, ['primary_diagnosis', 'status']))
  const verdict = concludeVerdict(verdictContext(sections), options.rules ?? defaultVerdictRules)
  const histories = { lhs: historyOf(a), rhs: historyOf(b) }
  const judgement =
    policy === COMPATIBLE_COMPARE_POLICY
      ? compatibleJudgement(verdict, sections)
      : judge({ context, sections, histories }, policy)
  const document: CompareDocument = {
    schema_version: COMPARE_SCHEMA_VERSION,
    generated_at: options.now?.toISOString() ?? null,
    ...runs,
    warnings: versionWarnings(runs.lhs.schema_version, runs.rhs.schema_version),
    sections,
    availability: Object.fromEntries(
      Object.entries(sections).map(([name, section]) => [name, section.available]),
    ),
    overview: {
      duration_s: { lhs: runs.lhs.duration_s, rhs: runs.rhs.duration_s },
      primary_diagnosis: compareText(primaryStatus(a.summary), primaryStatus(b.summary)),
    },
    text: '',
    verdict,
    judgement: { ...judgement, notes: [...judgement.notes, ...(options.notes ?? [])] },
    longest_phase: { lhs: longestPhase(a.summary), rhs: longestPhase(b.summary) },
  }
  return { ...document, text: formatCompareText(document, metrics) }
}
