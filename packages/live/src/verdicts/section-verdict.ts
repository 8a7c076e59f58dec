import type {
  Diagnosis,
  Issue,
  LiveEvidence,
  LiveIssue,
  LiveTone,
  LiveUnit,
  LiveVerdict,
  Severity,
} from '@traceml/contracts'

const NEUTRAL = ['NO_DATA', 'WARMUP', 'NO_GPU', 'INCOMPLETE_DATA', 'WAITING']

/** The colour that a verdict deserves. @internal */
function toneOf(kind: string, severity: Severity): LiveTone {
  if (severity !== 'info') return severity
  return NEUTRAL.some((word) => kind.includes(word)) ? 'neutral' : 'healthy'
}

/** The word for a confidence from 0 to 1. @internal */
function confidenceLabel(confidence: number | null): LiveVerdict['confidence_label'] {
  if (confidence === null || Number.isNaN(confidence)) return null
  if (confidence >= 0.85) return 'high'
  return confidence >= 0.6 ? 'medium' : 'low'
}

/** The diagnosis of a domain as a verdict. @internal */
export function sectionVerdict(
  section: string,
  diagnosis: Diagnosis,
  details: { readonly ranks: readonly number[]; readonly evidence: readonly LiveEvidence[] },
): LiveVerdict {
  const { kind, status, severity, reason, action, note, confidence } = diagnosis
  return {
    section,
    kind,
    status,
    severity,
    tone: toneOf(kind, severity),
    summary: reason,
    action,
    note,
    confidence,
    confidence_label: confidenceLabel(confidence),
    ...details,
  }
}

/** A finding as the payload carries it. @internal */
export function liveIssue(issue: Issue): LiveIssue {
  const { kind, status, severity, summary, action, metric, phase, ranks, evidence } = issue
  return { kind, status, severity, summary, action, metric, phase, ranks, evidence }
}

/** Evidence, or nothing where the value is not known. @internal */
export function evidence(
  key: string,
  label: string,
  value: number | string | null | undefined,
  unit: LiveUnit | null,
): readonly LiveEvidence[] {
  if (value === null || value === undefined) return []
  return [{ key, label, value, unit }]
}
