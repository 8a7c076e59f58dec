import {
  type Evidence,
  type PrimaryDiagnosis,
  SEVERITY_RANK,
  type Severity,
} from '@traceml/contracts'
import {
  insufficientDataEvidence,
  noBottleneckEvidence,
  type PrimarySections,
  phaseShareEvidence,
  rankComparisonEvidence,
  utilizationFallbackEvidence,
} from './evidence.js'
import { partAt, partOf, textOf } from './read.js'
import {
  INCOMPLETE_DATA_TEXT,
  NO_BOTTLENECK_TEXT,
  type PrimaryText,
  TOO_FEW_STEPS_TEXT,
  unexplainedUtilizationText,
} from './texts.js'

const STRAGGLERS = ['INPUT_STRAGGLER', 'COMPUTE_STRAGGLER', 'H2D_STRAGGLER', 'STRAGGLER']
const PHASE_BOUND = ['INPUT_BOUND', 'H2D_BOUND', 'RESIDUAL_HEAVY', 'COMPUTE_BOUND']
const NOT_ENOUGH = ['', 'NO_DATA', 'WARMUP', 'INCOMPLETE_DATA']
const NOT_BUSY = ['LOW_GPU_UTILIZATION', 'MODERATE_GPU_UTILIZATION']

/**
 * Chooses the run's verdict from the payloads of its sections.
 *
 * Step time decides; the system section adds the GPU's utilisation and one fallback. Findings of
 * the process and step-memory sections are never promoted.
 *
 * @param sections - Section payloads, or excerpts of them: any part may be missing or malformed.
 */
export function selectPrimaryDiagnosis(sections: {
  readonly step_time?: unknown
  readonly system?: unknown
}): PrimaryDiagnosis {
  const stepTime = partOf(sections.step_time)
  const system = partOf(sections.system)
  const diagnosis = partAt(stepTime, 'diagnosis')
  const input: PrimarySections = { stepTime, system, diagnosis }
  const kind = textOf(diagnosis['kind'], '')
  if (STRAGGLERS.includes(kind)) return copied(kind, input, rankComparisonEvidence(input))
  if (PHASE_BOUND.includes(kind)) return copied(kind, input, phaseShareEvidence(input))
  if (NOT_ENOUGH.includes(kind)) {
    const text = kind === 'INCOMPLETE_DATA' ? INCOMPLETE_DATA_TEXT : TOO_FEW_STEPS_TEXT
    const evidence = insufficientDataEvidence(input)
    return state('INSUFFICIENT_STEP_TIME_DATA', 'INSUFFICIENT STEP-TIME DATA', text, evidence)
  }
  const systemKind = textOf(partAt(system, 'diagnosis')['kind'], '')
  if (kind === 'BALANCED' && NOT_BUSY.includes(systemKind)) {
    const evidence = utilizationFallbackEvidence(input)
    const text = unexplainedUtilizationText(evidence['gpu_util_avg_percent'] as number | null)
    const low = state('LOW_GPU_UTILIZATION_UNEXPLAINED', 'LOW GPU UTILIZATION', text, evidence)
    return { ...low, section: 'system' }
  }
  return state(
    'NO_CLEAR_PERFORMANCE_BOTTLENECK',
    'NO CLEAR PERFORMANCE BOTTLENECK',
    NO_BOTTLENECK_TEXT,
    noBottleneckEvidence(input),
  )
}

/** The verdict of the step-time section itself. */
function copied(
  kind: string,
  { diagnosis }: PrimarySections,
  evidence: Evidence,
): PrimaryDiagnosis {
  return {
    kind,
    status: textOf(diagnosis['status'], kind),
    severity: severityOf(diagnosis['severity']),
    section: 'step_time',
    scope: 'performance',
    summary: textOf(diagnosis['summary'], ''),
    action: textOf(diagnosis['action'], ''),
    evidence,
  }
}

function state(
  kind: string,
  status: string,
  text: PrimaryText,
  evidence: Evidence,
): PrimaryDiagnosis {
  return {
    kind,
    status,
    severity: 'info',
    section: 'step_time',
    scope: 'performance',
    ...text,
    evidence,
  }
}

function severityOf(value: unknown): Severity {
  return typeof value === 'string' && Object.hasOwn(SEVERITY_RANK, value)
    ? (value as Severity)
    : 'info'
}
