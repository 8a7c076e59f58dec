import type { LiveGpu, LiveNode, LiveNodeSeries } from '@traceml/contracts'
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { LineChart } from '../charts/line-chart.js'
import { usePayload } from '../data/use-payload.js'
import { formatBytesOf, formatPercent, formatValue, UNKNOWN } from '../format/format.js'
import { Card, Nothing } from '../parts/card.js'
import { FreshnessChip } from '../parts/freshness-chip.js'
import { fullnessTone, Meter } from '../parts/meter.js'
import { Scroll } from '../parts/scroll.js'

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
      {node.gpus.length > 0 && <Gpus node={node} />}
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

/** How busy each GPU is, as columns: an idle one among busy ones stands out. */
function GpuStrip({ gpus }: { readonly gpus: readonly LiveGpu[] }): VNode {
  const known = gpus.map(({ idx, util_percent: util }) => `GPU ${idx} ${formatPercent(util)}`)
  return (
    <span class="gpu-strip" role="img" aria-label={known.join(', ') || 'no GPU'}>
      {gpus.map(({ idx, util_percent: util }) => (
        <span key={idx} title={`GPU ${idx} ${formatPercent(util)}`}>
          <span style={{ height: `${Math.min(100, util ?? 0)}%` }} />
        </span>
      ))}
    </span>
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

function Gpus({ node }: { readonly node: LiveNode }): VNode {
  return (
    <Scroll label={`GPUs of ${nodeName(node)}`}>
      <table class="gpus">
        <thead>
          <tr>
            <th scope="col">GPU</th>
            <th scope="col">Ranks</th>
            <th scope="col" colSpan={2}>
              Busy
            </th>
            <th scope="col" colSpan={2}>
              Memory
            </th>
            <th scope="col" class="num">
              Temp
            </th>
            <th scope="col" class="num">
              Power
            </th>
          </tr>
        </thead>
        <tbody>
          {node.gpus.map((gpu) => (
            <GpuRow key={gpu.idx} gpu={gpu} />
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function GpuRow({ gpu }: { readonly gpu: LiveGpu }): VNode {
  const { memory_used_bytes: used, memory_total_bytes: total } = gpu
  const fullness = used === null || total === null || total <= 0 ? null : used / total
  const heat = gpu.temperature_state
  return (
    <tr>
      <th scope="row">{gpu.idx}</th>
      <td class="quiet">
        {gpu.ranks.length === 0 ? '—' : gpu.ranks.map((r) => `r${r}`).join(' ')}
      </td>
      <td class="meter-cell">
        <Meter ratio={gpu.util_percent === null ? null : gpu.util_percent / 100} />
      </td>
      <td class="num">{formatPercent(gpu.util_percent)}</td>
      <td class="meter-cell">
        <Meter ratio={fullness} tone={fullnessTone(fullness)} />
      </td>
      <td class="num">{formatBytesOf(used, total)}</td>
      <td class={`num ${heat === 'hot' ? 'crit' : heat === 'warm' ? 'warn' : ''}`}>
        {formatValue(gpu.temperature_c, 'celsius')}
        {heat !== null && heat !== 'ok' && ` ${heat}`}
      </td>
      <td class="num">{powerText(gpu)}</td>
    </tr>
  )
}

function powerText({ power_w: power, power_limit_w: limit }: LiveGpu): string {
  if (power === null) return UNKNOWN
  return limit === null ? `${power.toFixed(0)} W` : `${power.toFixed(0)}/${limit.toFixed(0)} W`
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
