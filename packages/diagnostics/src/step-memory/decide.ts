import { largestBy } from '../shared/extremes.js'
import { collectFindings, type Finding, failureNote } from '../shared/findings.js'
import { normalizeIssues } from '../shared/issues.js'
import { byScore, bySeverity } from '../shared/order.js'
import type { RuleFailure } from '../shared/run-rules.js'
import {
  DEFAULT_METRIC,
  diagnosisOfIssue,
  neutralDiagnosis,
  type StepMemoryDiagnosis,
  type StepMemoryVerdict,
} from './diagnosis.js'
import type { StepMemoryPolicy } from './policy.js'
import type { StepMemoryRule } from './rules/rule.js'
import type { StepMemorySignals } from './signals.js'
import { BALANCED_TEXT, fewStepsText, NO_DATA_TEXT } from './texts.js'

/** A finding and the metric that it is about. */
interface MetricFinding extends Finding {
  readonly signals: StepMemorySignals
}

/** Order among findings that rule, severity and score leave equal. */
export type TieBreak = (a: MetricFinding, b: MetricFinding) => number

/**
 * Runs the rules on every metric and decides which finding leads, or which calm state holds.
 *
 * @param signals - One entry a metric, in the order of the metrics; may be empty.
 * @param tieBreak - The sort is stable: without a difference the order of the metrics stays.
 */
export function decideStepMemory(
  signals: readonly StepMemorySignals[],
  policy: StepMemoryPolicy,
  rules: readonly StepMemoryRule[],
  tieBreak: TieBreak,
): StepMemoryVerdict {
  const found: MetricFinding[] = []
  const ruleFailures: RuleFailure[] = []
  for (const metric of signals) {
    const { findings, failures } = collectFindings(rules, metric, policy)
    ruleFailures.push(...failures)
    for (const finding of findings) found.push({ ...finding, signals: metric })
  }
  const issues = found
    .toSorted(
      (a, b) =>
        a.position - b.position ||
        bySeverity(a.issue, b.issue) ||
        byScore(a.issue, b.issue) ||
        tieBreak(a, b),
    )
    .map((finding) => finding.issue)
  const [lead] = issues
  const decided = lead === undefined ? calmState(signals, policy) : diagnosisOfIssue(lead, signals)
  const primary = withFailures(decided, ruleFailures)
  return { primary, issues: normalizeIssues(primary, issues), signals, ruleFailures }
}

function calmState(
  signals: readonly StepMemorySignals[],
  policy: StepMemoryPolicy,
): StepMemoryDiagnosis {
  const longest = largestBy(signals, (entry) => entry.stepsUsed)?.item ?? null
  if (longest === null) {
    return neutralDiagnosis({ kind: 'NO_DATA', text: NO_DATA_TEXT, confidence: 0, about: null })
  }
  const ready = signals.filter((entry) => entry.stepsUsed >= policy.minSteps)
  if (ready.length === 0) {
    const text = fewStepsText(policy.minSteps, longest.stepsUsed)
    return neutralDiagnosis({ kind: 'NO_DATA', text, confidence: 0, about: longest })
  }
  const about =
    ready.find((entry) => entry.metric === DEFAULT_METRIC) ??
    ready.find((entry) => entry.metric === 'peak_allocated') ??
    largestBy(ready, (entry) => entry.stepsUsed)?.item ??
    longest
  return neutralDiagnosis({ kind: 'BALANCED', text: BALANCED_TEXT, confidence: 0.75, about })
}

function withFailures(
  diagnosis: StepMemoryDiagnosis,
  failures: readonly RuleFailure[],
): StepMemoryDiagnosis {
  const sentences = [diagnosis.note, failureNote(failures)].filter((part) => part !== null)
  return sentences.length === 0 ? diagnosis : { ...diagnosis, note: sentences.join(' ') }
}
