import type { LiveProcessBody, LiveSpread } from '@traceml/contracts'
import type { VNode } from 'preact'
import { LineChart } from '../charts/line-chart.js'
import { usePayload } from '../data/use-payload.js'
import { formatBytes, formatPercent, formatValue } from '../format/format.js'
import { Card, Nothing } from '../parts/card.js'
import { type Figure, Figures } from '../parts/figures.js'

/** What the training's processes take; each of them is in the table of ranks. */
export function ProcessCard(): VNode | null {
  const section = usePayload((payload) => payload.sections.process)
  const verdict = usePayload((payload) => payload.verdict)
  if (section === null) return null
  const { body, freshness } = section
  return (
    <Card
      id="process"
      title={section.title}
      freshness={freshness}
      error={section.error}
      verdict={verdict?.section === section.id ? null : section.verdict}
    >
      {body === null ? (
        section.error === null && <Nothing>{freshness.reason ?? 'No process yet.'}</Nothing>
      ) : (
        <Process body={body} />
      )}
    </Card>
  )
}

function Process({ body }: { readonly body: LiveProcessBody }): VNode {
  const { series, gpu_used_imbalance_bytes: imbalance } = body
  const figures = body.spreads.map(spreadFigure)
  if (imbalance !== null) {
    figures.push({ label: 'GPU memory apart', value: formatBytes(imbalance), note: 'most − least' })
  }
  return (
    <>
      <Figures figures={figures} />
      {series.ts.length > 1 && (
        <>
          <LineChart
            label="CPU of the busiest process over time; 100 percent is one core"
            x={series.ts}
            xKind="time"
            xLabel="Time"
            height={96}
            range="zero"
            format={(value) => formatPercent(value)}
            lines={[{ label: 'CPU', colour: 'optimizer', values: series.cpu_percent_max }]}
          />
          <LineChart
            label="Resident memory of the largest process over time"
            x={series.ts}
            xKind="time"
            xLabel="Time"
            height={96}
            range="zero"
            format={formatBytes}
            lines={[{ label: 'Resident', colour: 'memory', values: series.rss_bytes_max }]}
          />
        </>
      )}
    </>
  )
}

function spreadFigure(spread: LiveSpread): Figure {
  const { label, unit, worst, median, worst_idx: rank } = spread
  const isOne = worst === median
  const who = rank === null ? '' : `r${rank}, `
  return {
    label,
    value: formatValue(worst, unit),
    ...(isOne ? {} : { note: `${who}median ${formatValue(median, unit)}` }),
  }
}
