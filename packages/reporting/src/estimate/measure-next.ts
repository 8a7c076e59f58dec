import { formatFixed } from '@traceml/analysis'
import { listOf, nameOf } from '../view/parts.js'
import type { FindingView, ReportView } from '../view/report-view.js'
import { milliseconds } from './scenario.js'
import { typicalOf } from './typical-step.js'

/** Names of signals as the evidence of a verdict lists them. */
function signalList(finding: FindingView): string | null {
  const names = listOf(finding.evidence['missing_signals'])
    .map(nameOf)
    .filter((name) => name !== null)
  return names.length === 0 ? null : names.join(', ').replaceAll('_', ' ')
}

function percent(share: number): string {
  return `${formatFixed(100 * share, 0)}%`
}

function layersUnknown(computeShare: number | null): string {
  const share = computeShare === null ? '' : ` (${percent(computeShare)} of the step)`
  return `What a cheaper model step buys is not measured: run it with traceml deep, which shows the layers that compute${share} consists of.`
}

/** What the longest layer can save at most; null without a measured one. */
function longestLayer({ layers }: ReportView): string | null {
  const [entry] = layers?.profile.entries ?? []
  const wholeMs = layers?.profile.total_ms ?? null
  if (entry === undefined || entry.total_ms === null || wholeMs === null) return null
  return `How much cheaper a layer can be made. The longest, ${entry.name}, takes ${milliseconds(entry.total_ms)} of the ${milliseconds(wholeMs)} of forward and backward: that is the most it can save.`
}

/** What to measure where the evidence of the step-time finding ends; null when nothing is open. */
export function measureNext(report: ReportView): string | null {
  const section = report.sections.step_time
  const [finding] = section.findings
  if (finding === undefined || report.verdict === null) return null
  if (report.verdict.kind === 'LOW_GPU_UTILIZATION_UNEXPLAINED') {
    return 'No phase explains the idle GPU. Record one short stretch of steps with the profiler of your framework to see what the device waits for.'
  }
  switch (finding.kind) {
    case 'INCOMPLETE_DATA': {
      const signals = signalList(finding)
      return signals === null
        ? null
        : `Not measured on every rank: ${signals}. With these phases the step can be judged.`
    }
    case 'RESIDUAL_HEAVY': {
      const residualMs = typicalOf(section, 'residual_ms')
      const amount = residualMs === null ? 'that time' : `the ${milliseconds(residualMs)}`
      return `Which work takes ${amount} is not measured: mark logging, checkpoints or validation as phases of their own, and run again.`
    }
    case 'COMPUTE_BOUND': {
      return longestLayer(report) ?? layersUnknown(finding.share)
    }
    case 'STRAGGLER':
      return finding.evidence['is_ambiguous'] === true
        ? 'Which side is slow is not measured: mark the work between steps as a phase on these ranks, and run again.'
        : 'What makes the rank late is in no measured phase: mark the work around its collectives as phases, and run again.'
    default:
      return null
  }
}
