import type { Evidence, Issue, Rule, Severity } from '@traceml/contracts'
import { createIssue } from '../../shared/issues.js'
import type { SystemPolicy } from '../policy.js'
import type { SystemNodeSignals } from '../signals.js'
import type { SystemText } from '../texts.js'

/** A rule of the system domain; evaluated once a node that has at least one sample. */
export type SystemRule = Rule<SystemNodeSignals, SystemPolicy>

/** Makes a finding of the system domain; `ranks` are GPU indices. */
export function systemIssue(init: {
  readonly kind: string
  readonly status: string
  readonly severity: Severity
  readonly metric: string
  readonly phase: string
  readonly score: number
  readonly gpuIndex?: number | null
  readonly evidence: Evidence
  readonly text: SystemText
}): Issue {
  const { text, gpuIndex = null, ...fields } = init
  return createIssue({ ...fields, ...text, ranks: gpuIndex === null ? [] : [gpuIndex] })
}
