import type { Diagnosis, DiagnosisResult, Issue, JsonObject } from '@traceml/contracts'
import { collectFindings, type Finding, failureNote } from '../shared/findings.js'
import { normalizeIssues } from '../shared/issues.js'
import { byScore, bySeverity } from '../shared/order.js'
import { resolvePolicy } from '../shared/policy.js'
import type { RuleFailure } from '../shared/run-rules.js'
import { createSystemContext } from './context.js'
import type { SystemInput } from './input.js'
import { SYSTEM_POLICY, type SystemPolicy } from './policy.js'
import { defaultSystemRules } from './rules/default-rules.js'
import type { SystemRule } from './rules/rule.js'
import type { SystemContext, SystemNodeSignals } from './signals.js'
import { NO_DATA_TEXT, normalText, withPlace } from './texts.js'

/** The verdict on the hosts of a run. */
export interface SystemDiagnosis extends Diagnosis {
  /** Samples behind the verdict: of the named node, or of all nodes in a calm state. */
  readonly samplesUsed: number
  /** `level` is `cluster`, `node` or `gpu`; with `node`, `node_rank` and `gpu_idx` as known. */
  readonly scope: JsonObject
}

/** The verdict, the numbers that it was made from, and the rules that failed. */
export interface SystemDiagnosisResult extends DiagnosisResult<SystemDiagnosis> {
  readonly signals: SystemContext
  readonly ruleFailures: readonly RuleFailure[]
}

/**
 * Diagnoses the hosts of a run from their samples.
 *
 * @param rows - Samples and their GPU rows, already windowed; see `selectSystemWindow`.
 * @param policy - Thresholds; missing ones are those of {@link SYSTEM_POLICY}.
 * @param rules - In the order of importance. Default `defaultSystemRules`.
 * @throws {InputError} `TRACEML_INPUT_INVALID` for a threshold that is no finite number.
 */
export function diagnoseSystem(
  rows: SystemInput,
  policy: Partial<SystemPolicy> = SYSTEM_POLICY,
  rules: readonly SystemRule[] = defaultSystemRules,
): SystemDiagnosisResult {
  const thresholds = resolvePolicy(SYSTEM_POLICY, policy)
  const signals = createSystemContext(rows)
  const found: (Finding & { readonly node: string })[] = []
  const ruleFailures: RuleFailure[] = []
  for (const node of signals.nodes) {
    const { findings, failures } = collectFindings(rules, node, thresholds)
    ruleFailures.push(...failures)
    for (const { issue, position } of findings) {
      found.push({ issue: placeIssue(issue, node), position, node: node.label })
    }
  }
  // Nodes were visited in the order of their labels, and the sort is stable.
  const issues = found
    .toSorted(
      (a, b) =>
        a.position - b.position || bySeverity(a.issue, b.issue) || byScore(a.issue, b.issue),
    )
    .map((finding) => finding.issue)
  const primary = primaryOf(issues[0] ?? null, signals, failureNote(ruleFailures))
  return { primary, issues: normalizeIssues(primary, issues), signals, ruleFailures }
}

/** Says in an issue where it was found: in its sentence, and in `evidence.scope`. */
function placeIssue(issue: Issue, node: SystemNodeSignals): Issue {
  const gpuIndex = issue.ranks[0] ?? null
  const place = { node: node.label, node_rank: node.identity.node_rank }
  const scope: JsonObject =
    gpuIndex === null ? { level: 'node', ...place } : { level: 'gpu', ...place, gpu_idx: gpuIndex }
  return {
    ...issue,
    summary: withPlace(issue.summary, node.label, gpuIndex),
    evidence: { ...issue.evidence, scope, samples_used: node.samples },
  }
}

function primaryOf(
  lead: Issue | null,
  signals: SystemContext,
  note: string | null,
): SystemDiagnosis {
  if (lead !== null) {
    const { kind, status, severity, summary, action, evidence } = lead
    const base = { kind, status, severity, reason: summary, action, note, confidence: null }
    return {
      ...base,
      samplesUsed: evidence['samples_used'] as number,
      scope: evidence['scope'] as JsonObject,
    }
  }
  const { samples } = signals.cluster
  const text = samples <= 0 ? NO_DATA_TEXT : normalText(signals.cluster)
  return {
    kind: samples <= 0 ? 'NO_DATA' : 'NORMAL',
    status: samples <= 0 ? 'NO DATA' : 'NORMAL',
    severity: 'info',
    reason: text.summary,
    action: text.action,
    note,
    confidence: null,
    samplesUsed: samples,
    scope: { level: 'cluster' },
  }
}
