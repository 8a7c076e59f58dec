import type {
  SectionMetadata,
  SectionPayload,
  SystemWindow,
  TopologyMode,
} from '@traceml/contracts'
import { diagnoseSystem, type SystemContext, type SystemPolicy } from '@traceml/diagnostics'
import { sectionMetadata } from '../shared/metadata.js'
import { peakDetails } from '../shared/peaks.js'
import { BY_TEXT, rollUp } from '../shared/roll-up.js'
import { newestSample, sampleWindow } from '../shared/windows.js'
import { systemSeries } from './details.js'
import { formatSystemCard } from './format.js'
import { SYSTEM_PEAK_METRICS, SYSTEM_REPORT_METRICS } from './model.js'

function modeOf({ nodesObserved, nodesExpected }: SystemContext): TopologyMode {
  if (nodesObserved === 0) return 'no_data'
  return nodesObserved === 1 && nodesExpected <= 1 ? 'single_node' : 'multi_node'
}

/** Devices that have rows: pairs of node and index. */
function gpusObserved(signals: SystemContext): number {
  return signals.nodes.reduce((count, node) => count + node.gpus.length, 0)
}

function buildMetadata(signals: SystemContext): SectionMetadata {
  return sectionMetadata({
    mode: modeOf(signals),
    duration_s: signals.cluster.durationSeconds,
    samples: signals.cluster.samples,
    nodes_expected: signals.nodesExpected,
    nodes_observed: signals.nodesObserved,
    nodes_coverage: `${signals.nodesObserved}/${signals.nodesExpected}`,
    nodes_partial: signals.partial,
    gpus_observed: gpusObserved(signals),
    section_metric_names: SYSTEM_REPORT_METRICS.map((metric) => metric.name),
  })
}

/** Diagnoses the samples of the nodes, and writes the result down in the shape of the report. */
export function buildSystem(window: SystemWindow, policy: SystemPolicy): SectionPayload {
  const { signals, issues, primary } = diagnoseSystem(window, policy)
  const [diagnosis] = issues
  if (diagnosis === undefined) throw new Error('The system diagnosis returned no issue.')
  const rows = signals.nodes.map((node) => ({
    id: node.label,
    identity: node.identity,
    facts: node,
  }))
  const rolled = rollUp(SYSTEM_REPORT_METRICS, rows, BY_TEXT)
  return {
    metadata: buildMetadata(signals),
    diagnosis,
    issues,
    global: {
      index_by: 'node_rank',
      window: sampleWindow(signals.cluster.samples),
      average: rolled.average,
      median: rolled.median,
      worst: rolled.worst,
    },
    groups: { by: 'node_rank', rows: rolled.rows },
    units: { memory: 'bytes', temperature: 'C', power: 'W', util: '%' },
    card: formatSystemCard({ signals, issues, rollUp: rolled }),
    details: {
      median: rolled.middle,
      ...peakDetails(SYSTEM_PEAK_METRICS, rows, BY_TEXT),
      newest_sample_ts_s: newestSample(window.samples),
      confidence: primary.confidence,
      series: systemSeries(window),
    },
  }
}
