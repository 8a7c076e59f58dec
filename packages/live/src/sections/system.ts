import type {
  LiveNodeSeries,
  LiveSpread,
  LiveSystemBody,
  SystemGpuSampleRow,
  SystemSampleRow,
} from '@traceml/contracts'
import { diagnoseSystem, selectSystemWindow } from '@traceml/diagnostics'
import { nodeKey, type SessionState } from '../session-state.js'
import { evidence, liveIssue, sectionVerdict } from '../verdicts/section-verdict.js'
import type { SectionResult } from './result.js'
import { maxOf, meanOf, percentOf, type SpreadValue, spreadOf } from './spread.js'

const WINDOW_ROWS = 60

/** Newest sample of a node and its GPUs. @internal */
export interface NodeNow {
  readonly key: string
  readonly sample: SystemSampleRow
  readonly gpus: readonly SystemGpuSampleRow[]
}

/** Ascending by node. @internal */
export function nodesNow(state: SessionState): readonly NodeNow[] {
  const nodes = state.system.keys().flatMap((key) => {
    const sample = state.system.newest(key)
    if (sample === null) return []
    const gpus = state.gpus.get(key).filter((gpu) => gpu.seq === sample.seq)
    return [{ key, sample, gpus }]
  })
  const order = ({ sample }: NodeNow): number =>
    sample.node_rank ?? sample.global_rank ?? Number.MAX_SAFE_INTEGER
  return nodes.toSorted((a, b) => order(a) - order(b) || (a.key < b.key ? -1 : 1))
}

/** What the hosts say. @internal */
export function systemSection(state: SessionState): SectionResult<LiveSystemBody> | null {
  const nodes = nodesNow(state)
  if (nodes.length === 0) return null
  const rows = selectSystemWindow(
    { samples: state.system.all(), gpus: state.gpus.all() },
    { windowRows: WINDOW_ROWS },
  )
  const { primary, issues } = diagnoseSystem(rows)
  const spreads = spreadsOf(nodes)
  const node = primary.scope['node_rank']
  return {
    verdict: sectionVerdict('system', primary, {
      ranks: typeof node === 'number' ? [node] : [],
      evidence: [
        ...spreads.flatMap(({ key, label, worst, unit }) => evidence(key, label, worst, unit)),
        ...evidence('samples', 'samples', primary.samplesUsed, 'count'),
      ],
    }),
    issues: issues.map(liveIssue),
    body: { spreads, series: nodes.map((one) => seriesOf(state, one)) },
  }
}

function spreadsOf(nodes: readonly NodeNow[]): readonly LiveSpread[] {
  const of = (read: (node: NodeNow) => number | null): readonly SpreadValue[] =>
    nodes.map((node) => ({ idx: node.sample.node_rank, value: read(node) }))
  const gpus = (read: (gpu: SystemGpuSampleRow) => number | null) => (node: NodeNow) =>
    maxOf(node.gpus.map(read))
  const headroom = (node: NodeNow): number | null => {
    const free = node.gpus.map(({ mem_used_bytes: used, mem_total_bytes: total }) =>
      used === null || total === null || total <= 0 ? null : -Math.max(0, total - used),
    )
    const least = maxOf(free)
    return least === null ? null : -least
  }
  return [
    spreadOf(
      { key: 'cpu_percent', label: 'cpu', unit: 'percent' },
      of((n) => n.sample.cpu_percent),
    ),
    spreadOf(
      { key: 'ram_percent', label: 'ram', unit: 'percent' },
      of(({ sample }) => percentOf(sample.ram_used_bytes, sample.ram_total_bytes)),
    ),
    spreadOf(
      { key: 'gpu_util_percent', label: 'gpu', unit: 'percent', lowIsWorse: true },
      of((node) => meanOf(node.gpus.map(({ util }) => util))),
    ),
    spreadOf(
      { key: 'gpu_memory_percent', label: 'gpu memory', unit: 'percent' },
      of(gpus((gpu) => percentOf(gpu.mem_used_bytes, gpu.mem_total_bytes))),
    ),
    spreadOf(
      { key: 'gpu_headroom_bytes', label: 'gpu headroom', unit: 'bytes', lowIsWorse: true },
      of(headroom),
    ),
    spreadOf(
      { key: 'gpu_temperature_c', label: 'gpu temperature', unit: 'celsius' },
      of(gpus((gpu) => gpu.temperature_c)),
    ),
    spreadOf(
      { key: 'gpu_power_percent', label: 'gpu power', unit: 'percent' },
      of(gpus((gpu) => percentOf(gpu.power_usage_w, gpu.power_limit_w))),
    ),
  ].filter((spread) => spread !== null)
}

function seriesOf(state: SessionState, { key, sample }: NodeNow): LiveNodeSeries {
  const samples = state.system.get(key).slice(-WINDOW_ROWS)
  const bySeq = new Map<number | null, SystemGpuSampleRow[]>()
  for (const gpu of state.gpus.get(key)) {
    if (nodeKey(gpu) !== key) continue
    const rows = bySeq.get(gpu.seq)
    if (rows === undefined) bySeq.set(gpu.seq, [gpu])
    else rows.push(gpu)
  }
  const gpusOf = (row: SystemSampleRow): readonly SystemGpuSampleRow[] => bySeq.get(row.seq) ?? []
  return {
    node_rank: sample.node_rank,
    ts: samples.map((row) => row.sample_ts_s ?? 0),
    cpu_percent: samples.map((row) => row.cpu_percent),
    ram_percent: samples.map((row) => percentOf(row.ram_used_bytes, row.ram_total_bytes)),
    gpu_util_percent: samples.map((row) => meanOf(gpusOf(row).map(({ util }) => util))),
    gpu_memory_percent: samples.map((row) =>
      maxOf(gpusOf(row).map((gpu) => percentOf(gpu.mem_used_bytes, gpu.mem_total_bytes))),
    ),
  }
}
