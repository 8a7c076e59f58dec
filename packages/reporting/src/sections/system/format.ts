import { formatFixed } from '@traceml/analysis'
import type { SystemNodeSignals } from '@traceml/diagnostics'
import { cardCount, cardPercent, cardSeconds } from '../shared/card-text.js'
import type { SystemReport } from './model.js'

function temperature(value: number | null): string {
  return value === null ? 'n/a' : `${formatFixed(value, 1)}C`
}

function singleNode(node: SystemNodeSignals): string {
  const host = `CPU ${cardPercent(node.cpuAvgPercent)} on average, RAM peak ${cardPercent(node.ramPeakPercent)}`
  if (node.gpuAvailable !== true && node.gpus.length === 0) return host
  return [
    host,
    `GPU ${cardPercent(node.gpuUtilAvgPercent)} busy on average`,
    `GPU memory peak ${cardPercent(node.gpuMemPeakPercent)}`,
    `GPU temperature peak ${temperature(node.gpuTempPeakCelsius)}`,
  ].join(', ')
}

function manyNodes(report: SystemReport): string {
  const { median, worst } = report.rollUp
  const parts: readonly (readonly [string, string, (value: number | null) => string])[] = [
    ['CPU', 'cpu_percent', cardPercent],
    ['RAM', 'ram_percent', cardPercent],
    ...(report.signals.cluster.gpuAvailable === true
      ? ([
          ['GPU', 'gpu_util_percent', cardPercent],
          ['GPU temperature', 'gpu_temp_c', temperature],
        ] as const)
      : []),
  ]
  return parts
    .map(([label, metric, text]) => {
      const { value, idx } = worst[metric] ?? { value: null, idx: null }
      const place = idx === null ? '' : ` (n${idx})`
      return `${label} ${text(median[metric]?.value ?? null)}/${text(value)}${place}`
    })
    .join(', ')
}

/** The section's text card: presentation only, not to be parsed. */
export function formatSystemCard(report: SystemReport): string {
  const { cluster, nodes, nodesObserved, nodesExpected } = report.signals
  const [diagnosis] = report.issues
  const [only] = nodes
  const coverage = `${nodesObserved}/${nodesExpected} nodes`
  const stats = nodes.length > 1 ? manyNodes(report) : only ? singleNode(only) : 'unavailable'
  return [
    `System | ${cardSeconds(cluster.durationSeconds)} | ${coverage} | ${cardCount(cluster.samples, 'sample', 'samples')}`,
    `- Diagnosis: ${diagnosis?.status ?? 'NO DATA'}`,
    `- Scope: ${coverage}, ${cardCount(cluster.samples, 'sample', 'samples')}`,
    `- Stats${nodes.length > 1 ? ' (median/worst)' : ''}: ${stats}`,
    `- Why: ${diagnosis?.summary ?? 'n/a'}`,
  ].join('\n')
}
