import {
  defineRenderer,
  type LiveGpu,
  type LiveNode,
  plainLine,
  type RenderTarget,
} from '@traceml/contracts'
import { meter } from '../../draw/meter.js'
import { type Palette, paletteOf, STATE_GLYPHS } from '../../draw/palette.js'
import { sparkline } from '../../draw/sparkline.js'
import { layoutTable, type TableColumn } from '../../draw/table.js'
import { formatAge, formatBytesOf, formatPercent, MISSING } from '../../format.js'
import { clipLine } from '../../text/clip-line.js'
import type { LiveView } from '../live-view.js'
import { absentLines, noticeLines, type Panel } from '../panel.js'

const METER_COLUMNS = 8
/** A GPU below this while others work is what people look for. */
const IDLE_PERCENT = 20

function bar(percent: number | null, columns: number, palette: Palette): string {
  const { fill, rest } = meter(percent === null ? null : percent / 100, columns)
  return palette.bold(fill) + palette.dim(rest)
}

function nodeState({ freshness }: LiveNode, palette: Palette): string {
  const { state, age_s: age } = freshness
  const text = state === 'live' || age === null ? '' : ` ${formatAge(age)}`
  return palette.state[state](STATE_GLYPHS[state] + text)
}

/** Every GPU as one block as high as its use: an idle one is seen at a glance. */
function gpuBlocks(gpus: readonly LiveGpu[], palette: Palette): string {
  return gpus
    .map(({ util_percent: util }) => {
      if (util === null) return palette.dim('?')
      const block = sparkline([util], 1, [0, 100])
      return util < IDLE_PERCENT ? palette.tone.warn(block) : block
    })
    .join('')
}

const NODE_COLUMNS = (palette: Palette, withGpus: boolean): readonly TableColumn<LiveNode>[] => [
  {
    title: 'node',
    align: 'left',
    priority: 9,
    cell: (node) => {
      const host = node.hostname === null ? '' : ` ${plainLine(node.hostname)}`
      return clipLine(
        `${node.node_rank === null ? '' : `n${node.node_rank}`}${host}`.trim() || MISSING,
        20,
      )
    },
  },
  { title: '', align: 'left', priority: 8, cell: (node) => nodeState(node, palette) },
  {
    title: 'cpu',
    align: 'left',
    priority: 7,
    cell: ({ cpu_percent: cpu }) =>
      `${bar(cpu, METER_COLUMNS, palette)} ${formatPercent(cpu).padStart(4)}`,
  },
  {
    title: 'ram',
    align: 'right',
    priority: 6,
    cell: (node) => formatBytesOf(node.ram_used_bytes, node.ram_total_bytes),
  },
  ...(withGpus
    ? [
        {
          title: 'gpus',
          align: 'left' as const,
          priority: 5,
          cell: (node: LiveNode) => gpuCell(node, palette),
        },
      ]
    : []),
]

function gpuCell({ gpus, gpu_available: available }: LiveNode, palette: Palette): string {
  if (gpus.length === 0) return palette.dim(available === false ? 'none' : MISSING)
  const utils = gpus.flatMap(({ util_percent: util }) => util ?? [])
  const lowest = utils.length === 0 ? null : Math.min(...utils)
  return `${gpuBlocks(gpus, palette)} ${gpus.length > 1 ? 'lowest ' : ''}${formatPercent(lowest)}`
}

interface GpuRow {
  readonly node: LiveNode
  readonly gpu: LiveGpu
}

function temperature(
  { temperature_c: celsius, temperature_state: state }: LiveGpu,
  palette: Palette,
): string {
  if (celsius === null) return MISSING
  const text = `${Math.round(celsius)}°C`
  return state === 'hot'
    ? palette.tone.crit(text)
    : state === 'warm'
      ? palette.tone.warn(text)
      : text
}

function watts({ power_w: power, power_limit_w: limit }: LiveGpu): string {
  if (power === null) return MISSING
  return limit === null ? `${Math.round(power)} W` : `${Math.round(power)}/${Math.round(limit)} W`
}

/** Where the run has not all GPUs of the host: what nvidia-smi calls this one. */
function isRenumbered({ gpu: { idx, host_index: host } }: GpuRow): boolean {
  return host !== null && host !== idx
}

const NAME_COLUMNS = 24

const GPU_COLUMNS = (
  palette: Palette,
  rows: readonly GpuRow[],
  manyNodes: boolean,
): readonly TableColumn<GpuRow>[] => [
  {
    title: 'gpu',
    align: 'left',
    priority: 9,
    cell: ({ node, gpu }) =>
      `${manyNodes && node.node_rank !== null ? `n${node.node_rank}/` : ''}gpu${gpu.idx}`,
  },
  ...(rows.some(isRenumbered)
    ? [
        {
          title: 'on host',
          align: 'left' as const,
          priority: 3,
          cell: ({ gpu }: GpuRow) => (gpu.host_index === null ? MISSING : `#${gpu.host_index}`),
        },
      ]
    : []),
  {
    title: 'rank',
    align: 'left',
    priority: 8,
    cell: ({ gpu }) => gpu.ranks.map((rank) => `r${rank}`).join(' ') || palette.dim('–'),
  },
  {
    title: 'use',
    align: 'left',
    priority: 7,
    cell: ({ gpu: { util_percent: util } }) => {
      const text = `${bar(util, METER_COLUMNS, palette)} ${formatPercent(util).padStart(4)}`
      return util !== null && util < IDLE_PERCENT ? palette.tone.warn(text) : text
    },
  },
  {
    title: 'memory',
    align: 'left',
    priority: 6,
    cell: ({ gpu }) => formatBytesOf(gpu.memory_used_bytes, gpu.memory_total_bytes),
  },
  { title: 'temp', align: 'right', priority: 5, cell: ({ gpu }) => temperature(gpu, palette) },
  { title: 'power', align: 'right', priority: 4, cell: ({ gpu }) => watts(gpu) },
  ...(rows.some(({ gpu }) => gpu.processes !== null)
    ? [
        {
          title: 'procs',
          align: 'right' as const,
          priority: 2,
          cell: ({ gpu }: GpuRow) => (gpu.processes === null ? MISSING : `${gpu.processes.length}`),
        },
      ]
    : []),
  ...(rows.some(({ gpu }) => gpu.name !== null)
    ? [
        {
          title: 'device',
          align: 'left' as const,
          priority: 1,
          cell: ({ gpu }: GpuRow) =>
            palette.dim(clipLine(gpu.name === null ? MISSING : plainLine(gpu.name), NAME_COLUMNS)),
        },
      ]
    : []),
]

function gpuLines(view: LiveView, target: RenderTarget, room: number): readonly string[] {
  const selected = view.terminal.selectedRank
  const all = view.nodes.flatMap((node) => node.gpus.map((gpu): GpuRow => ({ node, gpu })))
  const own = selected === null ? [] : all.filter(({ gpu }) => gpu.ranks.includes(selected))
  const rows = own.length > 0 ? own : all
  if (rows.length === 0 || rows.length + 1 > room) return []
  const palette = paletteOf(target)
  const table = layoutTable(GPU_COLUMNS(palette, rows, view.nodes.length > 1), rows, target.columns)
  return [palette.dim(table.header), ...table.rows]
}

/** The last minutes of the only node, where rows are left. */
function courseLines(view: LiveView, target: RenderTarget, room: number): readonly string[] {
  const [series, ...others] = view.sections.system.body?.series ?? []
  if (series === undefined || others.length > 0 || series.ts.length < 2) return []
  const palette = paletteOf(target)
  const seconds = (series.ts.at(-1) ?? 0) - (series.ts[0] ?? 0)
  const courses = [
    ['cpu', series.cpu_percent],
    ['ram', series.ram_percent],
    ['gpu use', series.gpu_util_percent],
    ['gpu memory', series.gpu_memory_percent],
  ] as const
  const known = courses.filter(([, values]) => values.some((value) => value !== null))
  if (known.length === 0 || known.length + 1 > room) return []
  const columns = Math.min(60, target.columns - 18)
  return [
    palette.dim(`0 to 100% over the last ${formatAge(seconds)}`),
    ...known.map(([name, values]) => {
      const now = formatPercent(values.findLast((value) => value !== null) ?? null)
      const line = sparkline(values, columns, [0, 100])
      return `${palette.dim(name.padEnd(11))} ${line} ${now}`
    }),
  ]
}

/** Every node with its own age, and every GPU where there is room for all of them. */
export const systemPanel: Panel = /* @__PURE__ */ defineRenderer<LiveView, readonly string[]>({
  apiVersion: 1,
  kind: 'renderer',
  id: 'system',
  surface: 'terminal',
  title: 'System',
  section: 'system',
  render(view, target) {
    const section = view.sections.system
    if (section.body === null || view.nodes.length === 0) return absentLines(section, target)
    const palette = paletteOf(target)
    const notices = noticeLines(view, section, target)
    const room = Math.max(1, target.rows - notices.length - 1)
    const cut = view.nodes.length > room
    const nodes = cut ? notableNodes(view.nodes, room - 1) : view.nodes
    const withGpus = view.nodes.some(({ gpus }) => gpus.length > 0)
    const table = layoutTable(NODE_COLUMNS(palette, withGpus), nodes, target.columns)
    const rest = cut ? [palette.dim(`… ${view.nodes.length - nodes.length} more nodes`)] : []
    const used = notices.length + 1 + nodes.length + rest.length
    const gpus = gpuLines(view, target, target.rows - used)
    return [
      ...notices,
      palette.dim(table.header),
      ...table.rows,
      ...rest,
      ...gpus,
      ...courseLines(view, target, target.rows - used - gpus.length),
    ].map((line) => clipLine(line, target.columns))
  },
})

function notableNodes(nodes: readonly LiveNode[], count: number): readonly LiveNode[] {
  const isGone = (node: LiveNode): number => (node.freshness.state === 'live' ? 0 : 1)
  return nodes.toSorted((a, b) => isGone(b) - isGone(a)).slice(0, Math.max(1, count))
}
