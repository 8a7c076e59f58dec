import {
  defineRenderer,
  type LiveMemoryMetric,
  type LiveStepMemoryBody,
  plainLine,
  type RenderTarget,
} from '@traceml/contracts'
import { meter } from '../../draw/meter.js'
import { paletteOf } from '../../draw/palette.js'
import { sparkline } from '../../draw/sparkline.js'
import { formatBytes, formatBytesOf, formatDifference, formatShare } from '../../format.js'
import { clipLine, fitLine } from '../../text/clip-line.js'
import { displayWidth } from '../../text/measure.js'
import type { LiveView } from '../live-view.js'
import { absentLines, noticeLines, type Panel } from '../panel.js'

/** From here on a device is nearly full, and its meter says so. */
const FULL_RATIO = 0.9

function metricText(metric: LiveMemoryMetric, isSingle: boolean): string {
  const trend = metric.trend === null ? '' : `  ${metric.trend.label}`
  if (isSingle) return `${formatBytes(metric.worst_bytes)}${trend}`
  const worst = metric.worst_rank === null ? '' : ` r${metric.worst_rank}`
  const skew = metric.skew_ratio === null ? '' : ` ${formatDifference(metric.skew_ratio)}`
  return `${formatBytes(metric.median_bytes)}  worst ${formatBytes(metric.worst_bytes)}${worst}${skew}${trend}`
}

function metricLines(
  metrics: readonly LiveMemoryMetric[],
  isSingle: boolean,
  target: RenderTarget,
): readonly string[] {
  const palette = paletteOf(target)
  const names = Math.max(...metrics.map(({ label }) => label.length)) + 1
  const texts = metrics.map((metric) => metricText(metric, isSingle))
  const room = Math.min(60, target.columns - names - Math.max(...texts.map(displayWidth)) - 2)
  const lines = metrics.map(({ series }) => sparkline(series.worst_bytes, Math.max(0, room)))
  const columns = Math.max(0, ...lines.map(displayWidth))
  return metrics.map((metric, index) => {
    const name = palette.dim(fitLine(metric.label, names))
    const line = room < 8 ? '' : `${fitLine(lines[index] ?? '', columns)}  `
    return `${name}${line}${texts[index] ?? ''}`
  })
}

function pressureLine(
  { device, capacity_bytes: capacity, pressure_ratio: pressure, metrics }: LiveStepMemoryBody,
  target: RenderTarget,
): readonly string[] {
  const palette = paletteOf(target)
  const where = device === null ? 'device' : plainLine(device)
  if (capacity === null || pressure === null) return []
  const text = `${formatShare(pressure)}  ${formatBytesOf(metrics[0]?.worst_bytes ?? null, capacity)}`
  const { fill, rest } = meter(
    pressure,
    Math.min(30, target.columns - where.length - text.length - 3),
  )
  const paint = pressure >= FULL_RATIO ? palette.tone.crit : palette.bold
  return [`${palette.dim(where)} ${paint(fill)}${palette.dim(rest)} ${text}`]
}

/** Memory of the steps: largest use over ranks, its course, and how full the device is. */
export const memoryPanel: Panel = /* @__PURE__ */ defineRenderer<LiveView, readonly string[]>({
  apiVersion: 1,
  kind: 'renderer',
  id: 'memory',
  surface: 'terminal',
  title: 'Step memory',
  section: 'step_memory',
  render(view, target) {
    const section = view.sections.step_memory
    const { body } = section
    if (body === null || body.metrics.length === 0) return absentLines(section, target)
    return [
      ...noticeLines(view, section, target),
      ...metricLines(body.metrics, view.ranks.length <= 1, target),
      ...pressureLine(body, target),
    ].map((line) => clipLine(line, target.columns))
  },
})
