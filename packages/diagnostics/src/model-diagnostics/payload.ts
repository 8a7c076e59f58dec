import type { Severity } from '@traceml/contracts'

/** One domain on the live view. */
export interface ModelDiagnosticItem {
  /** Key of the domain, for example `step_time`. */
  readonly source: string
  readonly title: string
  readonly kind: string
  readonly severity: Severity
  readonly status: string
  readonly reason: string
  readonly action: string
  readonly note: string | null
  /** 0 to 1. */
  readonly confidence: number | null
  readonly confidence_label: 'high' | 'medium' | 'low' | null
  readonly steps_used: number | null
  readonly worst_rank: number | null
  /** Short texts to show as chips. */
  readonly evidence: Readonly<Record<string, string>>
}

/** What a live view draws of the training's diagnoses. */
export interface ModelDiagnosticsPayload {
  /** Unix seconds. */
  readonly generated_at_s: number
  /** The highest of the items. */
  readonly overall_severity: Severity
  readonly status_message: 'OK' | 'NO DATA'
  readonly items: readonly ModelDiagnosticItem[]
}

/** Returns the word for a confidence from 0 to 1; null for null. */
export function confidenceLabel(
  confidence: number | null,
): ModelDiagnosticItem['confidence_label'] {
  if (confidence === null || Number.isNaN(confidence)) return null
  if (confidence >= 0.85) return 'high'
  return confidence >= 0.6 ? 'medium' : 'low'
}

/** Returns an item; fields that are not given are null, the evidence empty. */
export function createItem(
  init: Pick<ModelDiagnosticItem, 'source' | 'title' | 'kind' | 'status' | 'reason' | 'action'> &
    Partial<Omit<ModelDiagnosticItem, 'confidence_label'>>,
): ModelDiagnosticItem {
  const confidence = init.confidence ?? null
  return {
    source: init.source,
    title: init.title,
    kind: init.kind,
    severity: init.severity ?? 'info',
    status: init.status,
    reason: init.reason,
    action: init.action,
    note: init.note ?? null,
    confidence,
    confidence_label: confidenceLabel(confidence),
    steps_used: init.steps_used ?? null,
    worst_rank: init.worst_rank ?? null,
    evidence: init.evidence ?? {},
  }
}
