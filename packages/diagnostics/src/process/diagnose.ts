import type { Diagnosis, DiagnosisResult, Issue } from '@traceml/contracts'
import { collectFindings, failureNote } from '../shared/findings.js'
import { normalizeIssues } from '../shared/issues.js'
import { byScore } from '../shared/order.js'
import { resolvePolicy } from '../shared/policy.js'
import type { RuleFailure } from '../shared/run-rules.js'
import { createProcessSignals, withRankCapacity } from './context.js'
import type { ProcessSampleInput } from './input.js'
import { type ProcessPolicy, ROBUST_PROCESS_POLICY } from './policy.js'
import { defaultProcessRules } from './rules/default-rules.js'
import type { ProcessRule } from './rules/rule.js'
import type { ProcessSignals } from './signals.js'
import { NO_DATA_TEXT, normalText } from './texts.js'

/** The verdict on the processes of a run. */
export interface ProcessDiagnosis extends Diagnosis {
  /** Rows of all ranks. */
  readonly samplesUsed: number
}

/** The verdict, the numbers that it was made from, and the rules that failed. */
export interface ProcessDiagnosisResult extends DiagnosisResult<ProcessDiagnosis> {
  readonly signals: ProcessSignals
  readonly ruleFailures: readonly RuleFailure[]
}

/**
 * Diagnoses the processes of a run from their samples.
 *
 * @param rows - Already windowed; see `selectProcessWindow`. Rows without a global rank are ignored.
 * @param policy - Thresholds; missing ones are those of {@link ROBUST_PROCESS_POLICY}.
 * @param rules - In the order of importance. Default `defaultProcessRules`.
 * @throws {InputError} `TRACEML_INPUT_INVALID` for a threshold that is no finite number.
 */
export function diagnoseProcess(
  rows: readonly ProcessSampleInput[],
  policy: Partial<ProcessPolicy> = ROBUST_PROCESS_POLICY,
  rules: readonly ProcessRule[] = defaultProcessRules,
): ProcessDiagnosisResult {
  const thresholds = resolvePolicy(ROBUST_PROCESS_POLICY, policy)
  return judgeProcess(createProcessSignals(rows, 'run'), thresholds, rules)
}

/**
 * Judges signals that were made already: another policy on the same rows costs no second pass.
 *
 * @param runSignals - From `createProcessSignals(rows, 'run')`.
 */
export function judgeProcess(
  runSignals: ProcessSignals,
  policy: ProcessPolicy,
  rules: readonly ProcessRule[] = defaultProcessRules,
): ProcessDiagnosisResult {
  const signals = policy.gpuCapacity === 'rank' ? withRankCapacity(runSignals) : runSignals
  const { findings, failures: ruleFailures } =
    signals.samples > 0 ? collectFindings(rules, signals, policy) : { findings: [], failures: [] }
  const issues = findings
    .toSorted((a, b) => a.position - b.position || byScore(a.issue, b.issue))
    .map((finding) => finding.issue)
  const primary = primaryOf(issues[0] ?? null, signals, failureNote(ruleFailures))
  return { primary, issues: normalizeIssues(primary, issues), signals, ruleFailures }
}

function primaryOf(
  lead: Issue | null,
  signals: ProcessSignals,
  note: string | null,
): ProcessDiagnosis {
  const samplesUsed = signals.samples
  if (lead !== null) {
    const { kind, status, severity, summary, action } = lead
    return { kind, status, severity, reason: summary, action, note, confidence: null, samplesUsed }
  }
  const isEmpty = samplesUsed <= 0
  const { summary, action } = isEmpty ? NO_DATA_TEXT : normalText(signals)
  return {
    kind: isEmpty ? 'NO_DATA' : 'NORMAL',
    status: isEmpty ? 'NO DATA' : 'NORMAL',
    severity: 'info',
    reason: summary,
    action,
    note,
    confidence: null,
    samplesUsed,
  }
}
