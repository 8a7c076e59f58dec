import { cardCount, cardGigabytes, cardPercent, cardSeconds } from '../shared/card-text.js'
import type { ProcessReport } from './model.js'

/** The section's text card: presentation only, not to be parsed. */
export function formatProcessCard({ signals, issues }: ProcessReport): string {
  const [diagnosis] = issues
  const hasReserved = signals.gpuMemReservedPeakPercent !== null
  const gpuPeak = signals.gpuMemReservedPeakPercent ?? signals.gpuMemUsedPeakPercent
  const stats = [
    cardCount(signals.distinctRanks, 'rank', 'ranks'),
    `CPU ${cardPercent(signals.cpuAvgPercent)} of one core on average`,
    `RSS peak ${cardGigabytes(signals.ramPeakBytes)} of ${cardGigabytes(signals.ramTotalBytes)}`,
    `GPU memory ${hasReserved ? 'reserved' : 'used'} peak ${cardPercent(gpuPeak)}`,
  ]
  return [
    `Process | ${cardSeconds(signals.durationSeconds)} | ${cardCount(signals.samples, 'sample', 'samples')}`,
    `- Diagnosis: ${diagnosis?.status ?? 'NO DATA'}`,
    `- Stats: ${stats.join(', ')}`,
    `- Why: ${diagnosis?.summary ?? 'n/a'}`,
  ].join('\n')
}
