import type { SectionPayload, TopologyMode } from '@traceml/contracts'
import { diagnoseSystem, type SystemContext, type SystemPolicy } from '@traceml/diagnostics'
import { sectionPayload } from '../shared/section-payload.js'
import { newestSample, sampleWindow } from '../shared/windows.js'
import { systemSeries } from './details.js'
import { formatSystemCard } from './format.js'
import { summarizeGpus } from './gpus.js'
import type { SystemData } from './load.js'
import { SYSTEM_PEAK_METRICS, SYSTEM_REPORT_METRICS } from './model.js'

function modeOf({ nodesObserved, nodesExpected }: SystemContext): TopologyMode {
  if (nodesObserved === 0) return 'no_data'
  return nodesObserved === 1 && nodesExpected <= 1 ? 'single_node' : 'multi_node'
}

/** Devices that have rows: pairs of node and index. */
function gpusObserved(signals: SystemContext): number {
  return signals.nodes.reduce((count, node) => count + node.gpus.length, 0)
}

/** Diagnoses the samples of the nodes, and writes the result down in the shape of the report. */
export function buildSystem(window: SystemData, policy: SystemPolicy): SectionPayload {
  const { signals, issues, primary } = diagnoseSystem(window, policy)
  const { cluster, nodes, nodesObserved, nodesExpected } = signals
  const gpus = summarizeGpus(nodes, window.devices ?? [])
  return sectionPayload({
    indexBy: 'node_rank',
    metrics: SYSTEM_REPORT_METRICS,
    peaks: SYSTEM_PEAK_METRICS,
    rows: nodes.map((node) => ({ id: node.label, identity: node.identity, facts: node })),
    issues,
    metadata: {
      mode: modeOf(signals),
      duration_s: cluster.durationSeconds,
      samples: cluster.samples,
      nodes_expected: nodesExpected,
      nodes_observed: nodesObserved,
      nodes_coverage: `${nodesObserved}/${nodesExpected}`,
      nodes_partial: signals.partial,
      gpus_observed: gpusObserved(signals),
    },
    window: sampleWindow(cluster.samples),
    units: { memory: 'bytes', temperature: 'C', power: 'W', util: '%' },
    card: (rolled) => formatSystemCard({ signals, issues, rollUp: rolled }),
    details: {
      newest_sample_ts_s: newestSample(window.samples),
      confidence: primary.confidence,
      ...(gpus.length === 0 ? {} : { gpus }),
      series: systemSeries(window),
    },
  })
}
