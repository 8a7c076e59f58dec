import type { LiveNode, LiveNodeSeries } from '@traceml/contracts'
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { LineChart } from '../charts/line-chart.js'
import { usePayload } from '../data/use-payload.js'
import { formatBytesOf, formatPercent } from '../format/format.js'
import { Card, Nothing } from '../parts/card.js'
import { FreshnessChip } from '../parts/freshness-chip.js'
import { fullnessTone, Meter } from '../parts/meter.js'
import { GpuStrip, Gpus } from './gpus.js'

/** Nodes that are shown whole; with more, each is a line that unfolds. */
const NODES_IN_FULL = 2

/** Every node with its own age, and every GPU on it. */
export function SystemCard(): VNode | null {
  const section = usePayload((payload) => payload.sections.system)
  const nodes = usePayload((payload) => payload.nodes)
  const verdict = usePayload((payload) => payload.verdict)
  if (section === null || nodes === null) return null
  const series = section.body?.series ?? []
  return (
    <Card
      id="system"
      title={section.title}
      freshness={section.freshness}
      error={section.error}
      verdict={verdict?.section === section.id ? null : section.verdict}
    >
      {nodes.length === 0 && (
        <Nothing>{section.freshness.reason ?? 'No node has reported yet.'}</Nothing>
      )}
      {nodes.map((node) => {
        const own = series.find(({ node_rank }) => node_rank === node.node_rank) ?? null
        const key = `${node.node_rank} ${node.hostname}`
        return nodes.length > NODES_IN_FULL ? (
          <FoldedNode key={key} node={node} series={own} />
        ) : (
          <Node key={key} node={node} isAlone={nodes.length === 1} series={own} />
        )
      })}
    </Card>
  )
}

function Node(props: {
  readonly node: LiveNode
  readonly isAlone: boolean
  readonly series: LiveNodeSeries | null
}): VNode {
  const { node, isAlone, series } = props
  const { ram_used_bytes: used, ram_total_bytes: total } = node
  const ram = used === null || total === null || total <= 0 ? null : used / total
  const hasGpuSeries = series?.gpu_util_percent.some((value) => value !== null) === true
  return (
    <section class="node" aria-label={nodeName(node)}>
      <header>
        <h3>{nodeName(node)}</h3>
        <span class="quiet small">{ranksText(node.ranks)}</span>
        {!isAlone && <FreshnessChip freshness={node.freshness} />}
      </header>
      {node.freshness.reason !== null && <p class="quiet small">{node.freshness.reason}</p>}
      <div class="bars">
        <Bar
          label="CPU"
          ratio={node.cpu_percent === null ? null : node.cpu_percent / 100}
          text={formatPercent(node.cpu_percent)}
        />
        <Bar label="RAM" ratio={ram} text={formatBytesOf(used, total)} tone={fullnessTone(ram)} />
      </div>
      {node.gpus.length > 0 && <Gpus gpus={node.gpus} label={`GPUs of ${nodeName(node)}`} />}
      {node.gpu_available === false && <p class="quiet small">No GPU on this node.</p>}
      {series !== null && series.ts.length > 1 && (
        <LineChart
          label={`Load of ${nodeName(node)} over time, in percent`}
          x={series.ts}
          xKind="time"
          xLabel="Time"
          height={isAlone ? 130 : 90}
          range="percent"
          format={(value) => formatPercent(value)}
          lines={[
            ...(hasGpuSeries
              ? [{ label: 'GPU', colour: 'forward', values: series.gpu_util_percent }]
              : []),
            { label: 'CPU', colour: 'optimizer', values: series.cpu_percent },
            { label: 'RAM', colour: 'quiet', values: series.ram_percent, isDashed: true },
          ]}
        />
      )}
    </section>
  )
}

/** A node in a line: its state, its load, and every GPU at a glance. */
function FoldedNode(props: {
  readonly node: LiveNode
  readonly series: LiveNodeSeries | null
}): VNode {
  const { node, series } = props
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="folded-node" open={isOpen} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>
        <span class="name">{nodeName(node)}</span>
        <GpuStrip gpus={node.gpus} />
        <span class="num small">{formatPercent(node.cpu_percent)} CPU</span>
        <FreshnessChip freshness={node.freshness} />
      </summary>
      {isOpen && <Node node={node} isAlone={false} series={series} />}
    </details>
  )
}

function Bar(props: {
  readonly label: string
  readonly ratio: number | null
  readonly text: string
  readonly tone?: 'plain' | 'warn' | 'crit'
}): VNode {
  return (
    <div class="bar-row">
      <span class="quiet">{props.label}</span>
      <Meter ratio={props.ratio} tone={props.tone ?? 'plain'} />
      <span class="num">{props.text}</span>
    </div>
  )
}

function nodeName({ node_rank: rank, hostname }: LiveNode): string {
  const name = rank === null ? 'Node' : `Node ${rank}`
  return hostname === null ? name : `${name} · ${hostname}`
}

/** `ranks 0–7`, or each where they do not follow each other. */
function ranksText(ranks: readonly number[]): string {
  const [first] = ranks
  const last = ranks.at(-1)
  if (first === undefined || last === undefined) return ''
  if (first === last) return `rank ${first}`
  if (last - first === ranks.length - 1) return `ranks ${first}–${last}`
  return `ranks ${ranks.slice(0, 12).join(', ')}${ranks.length > 12 ? ' …' : ''}`
}
