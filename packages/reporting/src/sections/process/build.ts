import type { ProcessSampleRow, SectionPayload } from '@traceml/contracts'
import {
  createProcessSignals,
  judgeProcess,
  PROCESS_POLICY,
  type ProcessPolicy,
} from '@traceml/diagnostics'
import { compatibleDetails } from '../shared/compatible.js'
import { sectionPayload } from '../shared/section-payload.js'
import { newestSample, sampleWindow } from '../shared/windows.js'
import { topologyMode } from '../topology.js'
import { processSeries } from './details.js'
import { formatProcessCard } from './format.js'
import { PROCESS_PEAK_METRICS, PROCESS_REPORT_METRICS } from './model.js'

/** Diagnoses the samples of the ranks, and writes the result down in the shape of the report. */
export function buildProcess(
  samples: readonly ProcessSampleRow[],
  policy: ProcessPolicy,
): SectionPayload {
  const runSignals = createProcessSignals(samples, 'run')
  const { signals, issues, primary } = judgeProcess(runSignals, policy)
  const compatible = policy === PROCESS_POLICY ? null : judgeProcess(runSignals, PROCESS_POLICY)
  const rows = signals.ranks.map((rank) => ({
    id: String(rank.globalRank),
    identity: rank.identity,
    facts: rank,
  }))
  return sectionPayload({
    indexBy: 'global_rank',
    metrics: PROCESS_REPORT_METRICS,
    peaks: PROCESS_PEAK_METRICS,
    rows,
    issues,
    metadata: {
      mode: topologyMode(rows.map((row) => row.identity)),
      duration_s: signals.durationSeconds,
      samples: signals.samples,
      global_ranks_seen: signals.distinctRanks,
      global_ranks_used: signals.distinctRanks,
    },
    window: sampleWindow(signals.samples),
    units: { memory: 'bytes', cpu: '%' },
    card: () => formatProcessCard({ signals, issues }),
    details: {
      newest_sample_ts_s: newestSample(samples),
      confidence: primary.confidence,
      ...compatibleDetails(compatible?.issues ?? null),
      series: processSeries(samples),
    },
  })
}
