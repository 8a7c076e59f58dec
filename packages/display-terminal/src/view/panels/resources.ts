import { defineRenderer } from '@traceml/contracts'
import { paletteOf } from '../../draw/palette.js'
import { formatBytes, formatBytesOf, formatPercent, formatShare } from '../../format.js'
import { clipLine } from '../../text/clip-line.js'
import { displayWidth } from '../../text/measure.js'
import type { LiveView } from '../live-view.js'
import { absentLines, type Panel } from '../panel.js'
import { formatCores } from './process.js'

function hostText({ nodes, sections }: LiveView): string {
  const [node] = nodes
  if (node === undefined) return ''
  if (nodes.length === 1) {
    return `cpu ${formatPercent(node.cpu_percent)}  ram ${formatBytesOf(node.ram_used_bytes, node.ram_total_bytes)}`
  }
  const spreads = sections.system.body?.spreads ?? []
  return spreads
    .filter(({ unit, median }) => unit === 'percent' && median !== null)
    .map(
      ({ label, median, worst, worst_idx: idx }) =>
        `${label} ${formatPercent(median)} (${formatPercent(worst)}${idx === null ? '' : ` n${idx}`})`,
    )
    .join('  ')
}

function gpuText({ nodes }: LiveView): string {
  const gpus = nodes.flatMap((node) => node.gpus)
  const utils = gpus.flatMap(({ util_percent: util }) => util ?? [])
  if (utils.length === 0) return ''
  const [first] = gpus
  if (gpus.length === 1 && first !== undefined) {
    return `gpu ${formatPercent(first.util_percent)}  ${formatBytesOf(first.memory_used_bytes, first.memory_total_bytes)}`
  }
  return `${gpus.length} gpus ${formatPercent(Math.min(...utils))} to ${formatPercent(Math.max(...utils))}`
}

function processText({ ranks }: LiveView): string {
  const processes = ranks.flatMap(({ process }) => process ?? [])
  if (processes.length === 0) return ''
  const most = (values: readonly (number | null)[]): number | null => {
    const known = values.filter((value) => value !== null)
    return known.length === 0 ? null : Math.max(...known)
  }
  const of = processes.length > 1 ? 'largest process' : 'process'
  return `${of} ${formatCores(most(processes.map((one) => one.cpu_percent)))}, ${formatBytes(most(processes.map((one) => one.rss_bytes)))}`
}

function memoryText({ sections, ranks }: LiveView): string {
  const body = sections.step_memory.body
  const metric = body?.metrics[0]
  if (body == null || metric === undefined) return ''
  const worst = ranks.length > 1 && metric.worst_rank !== null ? ` r${metric.worst_rank}` : ''
  const pressure =
    body.pressure_ratio === null ? '' : ` (${formatShare(body.pressure_ratio)} of the device)`
  const trend = metric.trend === null ? '' : ` ${metric.trend.label}`
  return `${metric.label} ${formatBytes(metric.worst_bytes)}${worst}${pressure}${trend}`
}

/** Memory, hosts, GPUs and processes in two lines, for where there is no room for their panels. */
export const resourcesPanel: Panel = /* @__PURE__ */ defineRenderer<LiveView, readonly string[]>({
  apiVersion: 1,
  kind: 'renderer',
  id: 'resources',
  surface: 'terminal',
  title: 'Memory and hosts',
  section: 'system',
  render(view, target) {
    const palette = paletteOf(target)
    const join = (parts: readonly string[]): string =>
      parts.filter((part) => part !== '').join(palette.dim(' · '))
    const whole = join([hostText(view), gpuText(view), memoryText(view), processText(view)])
    if (whole === '') return absentLines(view.sections.system, target)
    const isOneLine = target.rows <= 1 || displayWidth(whole) <= target.columns
    const lines = isOneLine
      ? [whole]
      : [join([memoryText(view), processText(view)]), join([hostText(view), gpuText(view)])]
    return lines.filter((line) => line !== '').map((line) => clipLine(line, target.columns))
  },
})
