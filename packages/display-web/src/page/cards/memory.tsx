import type { LiveMemoryMetric, LiveStepMemoryBody } from '@traceml/contracts'
import type { VNode } from 'preact'
import { LineChart } from '../charts/line-chart.js'
import { usePayload } from '../data/use-payload.js'
import { formatBytes, formatBytesOf, formatRatio, formatSkew } from '../format/format.js'
import { Card, Nothing } from '../parts/card.js'
import { type Figure, Figures } from '../parts/figures.js'
import { fullnessTone, Meter } from '../parts/meter.js'

/** What steps need of the device's memory, how full that is, and whether it grows. */
export function MemoryCard(): VNode | null {
  const section = usePayload((payload) => payload.sections.step_memory)
  const verdict = usePayload((payload) => payload.verdict)
  if (section === null) return null
  const { body, freshness } = section
  return (
    <Card
      id="memory"
      title={section.title}
      detail={body?.device ?? undefined}
      freshness={freshness}
      error={section.error}
      verdict={verdict?.section === section.id ? null : section.verdict}
    >
      {body === null || body.metrics.length === 0 ? (
        section.error === null && (
          <Nothing>{freshness.reason ?? 'No memory was reported yet.'}</Nothing>
        )
      ) : (
        <Memory body={body} />
      )}
    </Card>
  )
}

function Memory({ body }: { readonly body: LiveStepMemoryBody }): VNode {
  const [metric] = body.metrics
  return (
    <>
      <Figures figures={body.metrics.map((one) => metricFigure(one, body)).concat(trendOf(body))} />
      {body.pressure_ratio !== null && (
        <div class="progress-line">
          <Meter ratio={body.pressure_ratio} tone={fullnessTone(body.pressure_ratio)} />
          <span class="quiet small">
            {formatRatio(body.pressure_ratio, 0)} of {formatBytes(body.capacity_bytes)}
          </span>
        </div>
      )}
      {metric !== undefined && metric.series.steps.length > 1 && <MemoryChart metric={metric} />}
    </>
  )
}

function MemoryChart({ metric }: { readonly metric: LiveMemoryMetric }): VNode {
  const { series, label, skew_ratio: skew } = metric
  const hasRanks = skew !== null
  return (
    <LineChart
      label={`${label} by step`}
      x={series.steps}
      xKind="step"
      xLabel="Step"
      height={150}
      range="close"
      format={formatBytes}
      lines={[
        { label: hasRanks ? 'worst' : label, colour: 'memory', values: series.worst_bytes },
        ...(hasRanks
          ? [{ label: 'median', colour: 'quiet', values: series.median_bytes, isDashed: true }]
          : []),
      ]}
    />
  )
}

function metricFigure(metric: LiveMemoryMetric, body: LiveStepMemoryBody): Figure {
  const { worst_rank: rank, skew_ratio: skew } = metric
  const isLive = metric.key === 'live'
  return {
    label: metric.label,
    value: isLive
      ? formatBytes(metric.now_bytes)
      : formatBytesOf(metric.worst_bytes, body.capacity_bytes),
    ...(skew === null || rank === null
      ? {}
      : { note: `r${rank} ${formatSkew(skew)} over the median` }),
  }
}

function trendOf({ metrics }: LiveStepMemoryBody): readonly Figure[] {
  return [{ label: 'Trend', value: metrics[0]?.trend?.label ?? 'n/a' }]
}
