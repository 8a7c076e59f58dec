import type { Diagnosis, DiagnosisResult, LayerProfile } from '@traceml/contracts'
import { collectFindings, failureNote } from '../shared/findings.js'
import { normalizeIssues } from '../shared/issues.js'
import { byScore, bySeverity } from '../shared/order.js'
import { resolvePolicy } from '../shared/policy.js'
import type { RuleFailure } from '../shared/run-rules.js'
import { LAYERS_POLICY, type LayersPolicy } from './policy.js'
import { defaultLayersRules } from './rules/default-rules.js'
import type { LayersRule } from './rules/rule.js'
import { calmText } from './texts.js'

/** The verdict on the layers of a run, and the rules that failed. */
export interface LayersDiagnosisResult extends DiagnosisResult {
  readonly ruleFailures: readonly RuleFailure[]
}

/**
 * Says what stands out among the layers of a run. A layer that takes long is no fault: every
 * finding of the built-in rules is `info`.
 *
 * @param profile - From `combineLayers`.
 * @param policy - Thresholds; missing ones are those of {@link LAYERS_POLICY}.
 * @param rules - In the order of importance. Default `defaultLayersRules`.
 * @throws {InputError} `TRACEML_INPUT_INVALID` for a threshold that is no finite number.
 */
export function diagnoseLayers(
  profile: LayerProfile,
  policy: Partial<LayersPolicy> = LAYERS_POLICY,
  rules: readonly LayersRule[] = defaultLayersRules,
): LayersDiagnosisResult {
  const thresholds = resolvePolicy(LAYERS_POLICY, policy)
  const { findings, failures } = collectFindings(rules, profile, thresholds)
  const issues = findings
    .toSorted(
      (a, b) =>
        bySeverity(a.issue, b.issue) || a.position - b.position || byScore(a.issue, b.issue),
    )
    .map(({ issue }) => issue)
  const note = failureNote(failures)
  const [lead] = issues
  const primary: Diagnosis =
    lead === undefined
      ? { ...calm(profile), note }
      : {
          kind: lead.kind,
          status: lead.status,
          severity: lead.severity,
          reason: lead.summary,
          action: lead.action,
          note,
          confidence: null,
        }
  return { primary, issues: normalizeIssues(primary, issues), ruleFailures: failures }
}

function calm(profile: LayerProfile): Diagnosis {
  const { summary, action } = calmText(profile)
  const isMeasured = profile.total_ms !== null
  return {
    kind: isMeasured ? 'NORMAL' : 'NO_DATA',
    status: isMeasured ? 'NORMAL' : 'NO DATA',
    severity: 'info',
    reason: summary,
    action,
    note: null,
    confidence: null,
  }
}
