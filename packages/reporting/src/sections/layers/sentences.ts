import { formatFixed } from '@traceml/analysis'
import type { LayerProfile } from '@traceml/contracts'

/** What was sampled, on which clock, and what that itself costs: one line below a table. */
export function profileSentence(profile: LayerProfile): string {
  const { steps_sampled: steps, clock, device, cost } = profile
  if (steps === 0) return 'No step was sampled.'
  const { every, cost_ratio: ratio } = cost
  const rate = every === null ? '' : every === 1 ? ', every step' : `, lastly 1 in ${every}`
  const place = device === null ? '' : `, device ${device}`
  const times = clock === null ? '' : `; ${clock === 'gpu' ? "the device's" : "the host's"} clock`
  const price = ratio === null ? '' : ` Measuring them costs ${ratioText(ratio)} of step time.`
  return `Means of ${steps} sampled ${steps === 1 ? 'step' : 'steps'}${rate}${times}${place}.${price}`
}

function ratioText(ratio: number): string {
  return ratio > 0 && ratio < 0.0005 ? 'less than 0.1%' : `${formatFixed(100 * ratio, 1)}%`
}
