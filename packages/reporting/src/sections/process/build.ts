import type { ProcessSampleRow, SectionPayload } from '@traceml/contracts'
import {
  createProcessSignals,
  judgeProcess,
  PROCESS_POLICY,
  type ProcessPolicy,
} from '@traceml/diagnostics'
import { compatibleDetails } from '../shared/compatible.js'
import { sectionMetadata } from '../shared/metadata.js'
import { peakDetails } from '../shared/peaks.js'
import { BY_TEXT, rollUp } from '../shared/roll-up.js'
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
  const isCompatible = policy === PROCESS_POLICY
  const [diagnosis] = issues
  if (diagnosis === undefined) throw new Error('The process diagnosis returned no issue.')
  const rows = signals.ranks.map((rank) => ({
    id: String(rank.globalRank),
    identity: rank.identity,
    facts: rank,
  }))
  const rolled = rollUp(PROCESS_REPORT_METRICS, rows, BY_TEXT)
  return {
    metadata: sectionMetadata({
      mode: topologyMode(rows.map((row) => row.identity)),
      duration_s: signals.durationSeconds,
      samples: signals.samples,
      global_ranks_seen: signals.distinctRanks,
      global_ranks_used: signals.distinctRanks,
      section_metric_names: PROCESS_REPORT_METRICS.map((metric) => metric.name),
    }),
    diagnosis,
    issues,
    global: {
      index_by: 'global_rank',
      window: sampleWindow(signals.samples),
      average: rolled.average,
      median: rolled.median,
      worst: rolled.worst,
    },
    groups: { by: 'global_rank', rows: rolled.rows },
    units: { memory: 'bytes', cpu: '%' },
    card: formatProcessCard({ signals, issues }),
    details: {
      median: rolled.middle,
      ...peakDetails(PROCESS_PEAK_METRICS, rows, BY_TEXT),
      newest_sample_ts_s: newestSample(samples),
      confidence: primary.confidence,
      ...compatibleDetails(isCompatible ? null : judgeProcess(runSignals, PROCESS_POLICY).issues),
      series: processSeries(samples),
    },
  }
}
