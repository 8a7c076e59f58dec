import { formatFixed } from '@traceml/analysis'
import type { StepTimeEstimate, SummaryOutlook } from '@traceml/contracts'
import { TEXT_WIDTH, wrapText } from './box.js'
import { textShare, textValue } from './format.js'

function estimateLines(estimate: StepTimeEstimate): readonly string[] {
  const { step_time_ms: now, estimated_step_time_ms: then, saved_ms: saved } = estimate
  const faster = then > 0 ? `, ${formatFixed(now / then, 1)}x as fast` : ''
  const times = `${textValue('x_ms', now)} -> ${textValue('x_ms', then)} a step`
  return [
    ...wrapText(
      `- ${times} (${textShare(saved, now)} less${faster}) if ${estimate.scenario}.`,
      TEXT_WIDTH,
      2,
    ),
    ...wrapText(estimate.assumption, TEXT_WIDTH - 2).map((line) => `  ${line}`),
  ]
}

/** What a step would take without the findings, and what to measure; empty when neither is known. */
export function outlookLines(outlook: SummaryOutlook | undefined): readonly string[] {
  if (outlook === undefined) return []
  const { estimates, measure_next: measure } = outlook
  if (estimates.length === 0 && measure === null) return []
  return [
    'What Would It Buy',
    ...estimates.flatMap(estimateLines),
    ...(measure === null ? [] : wrapText(`- Not known yet: ${measure}`, TEXT_WIDTH, 2)),
  ]
}
