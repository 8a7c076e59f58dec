import type { StepTimeEstimate } from '@traceml/contracts'
import { numberOf, ownValue } from '../view/parts.js'
import type { FindingView, SectionView } from '../view/report-view.js'
import { estimateOf, milliseconds } from './scenario.js'
import { steadyStepMs, typicalOf } from './typical-step.js'

/** Milliseconds of the finding's part of a typical step: its share of it, else what the row says. */
function partMs(
  section: SectionView,
  finding: FindingView,
  shareKeys: readonly string[],
  metric: string,
): number | null {
  const stepMs = steadyStepMs(section, finding)
  for (const key of shareKeys) {
    const share = numberOf(ownValue(finding.evidence, key))
    if (share !== null && stepMs !== null) return share * stepMs
  }
  return finding.share !== null && stepMs !== null
    ? finding.share * stepMs
    : typicalOf(section, metric)
}

/** Input that is ready when the step starts. */
export function inputHidden(section: SectionView, finding: FindingView): StepTimeEstimate | null {
  const waitMs = partMs(section, finding, ['input_bound_share'], 'input_wait_ms')
  return estimateOf({
    finding,
    scenario: 'input wait were hidden behind compute',
    stepMs: steadyStepMs(section, finding),
    savedMs: waitMs,
    assumption(remainingMs) {
      const rate = `Assumes that the next batch is ready whenever a step starts: loading runs beside the step and delivers a batch at least every ${milliseconds(remainingMs)}.`
      return waitMs !== null && waitMs > remainingMs
        ? `${rate} One loader in the background that needs as long for a batch as the step waits today would still hold the step at ${milliseconds(waitMs)}.`
        : rate
    },
  })
}

/** Copies that run while the device computes; the step stays at least as long as the copies. */
export function copiesOverlapped(
  section: SectionView,
  finding: FindingView,
): StepTimeEstimate | null {
  const stepMs = steadyStepMs(section, finding)
  const copyMs = partMs(section, finding, ['h2d_share'], 'h2d_ms')
  return estimateOf({
    finding,
    scenario: 'copies to the device overlapped with compute',
    stepMs,
    savedMs: stepMs === null || copyMs === null ? null : Math.min(copyMs, stepMs - copyMs),
    assumption: () =>
      'Assumes that the copies of the next batch run beside the compute of this one and take as long as they do today.',
  })
}

/** No time outside the phases. */
export function residualGone(section: SectionView, finding: FindingView): StepTimeEstimate | null {
  return estimateOf({
    finding,
    scenario: 'the time in no traced phase were gone',
    stepMs: steadyStepMs(section, finding),
    savedMs: partMs(section, finding, [], 'residual_ms'),
    assumption: () =>
      'The most that can be gained: assumes that none of the work outside the traced phases is needed within the step.',
  })
}
