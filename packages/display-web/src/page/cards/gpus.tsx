import type { LiveGpu } from '@traceml/contracts'
import type { VNode } from 'preact'
import { formatBytesOf, formatPercent, formatValue, UNKNOWN } from '../format/format.js'
import { fullnessTone, Meter } from '../parts/meter.js'
import { Scroll } from '../parts/scroll.js'

/** How busy each GPU is, as columns: an idle one among busy ones stands out. */
export function GpuStrip({ gpus }: { readonly gpus: readonly LiveGpu[] }): VNode {
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

/** Columns that not every run needs. */
interface GpuColumns {
  /** The run has not all GPUs of the host, so that its own numbers are others. */
  readonly hostIndex: boolean
  /** Somebody shares a GPU. */
  readonly processes: boolean
}

/** Every GPU of a node in a line. */
export function Gpus(props: { readonly gpus: readonly LiveGpu[]; readonly label: string }): VNode {
  const { gpus, label } = props
  const has: GpuColumns = {
    hostIndex: gpus.some(({ idx, host_index: host }) => host !== null && host !== idx),
    processes: gpus.some(({ processes }) => (processes?.length ?? 0) > 1),
  }
  const names = deviceNames(gpus)
  return (
    <>
      {names !== '' && <p class="quiet small">{names}</p>}
      <GpuTable gpus={gpus} label={label} has={has} />
    </>
  )
}

/** `4 × NVIDIA A100-SXM4-80GB`; '' when no device has told its name. */
function deviceNames(gpus: readonly LiveGpu[]): string {
  const counts = new Map<string, number>()
  for (const { name } of gpus) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => `${count} × ${name}`).join(', ')
}

function GpuTable(props: {
  readonly gpus: readonly LiveGpu[]
  readonly label: string
  readonly has: GpuColumns
}): VNode {
  const { gpus, label, has } = props
  return (
    <Scroll label={label}>
      <table class="gpus">
        <thead>
          <tr>
            <th scope="col">GPU</th>
            {has.hostIndex && (
              <th scope="col" title="Number of the device on its host, as nvidia-smi counts">
                On host
              </th>
            )}
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
            {has.processes && (
              <th scope="col" class="num">
                Processes
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {gpus.map((gpu) => (
            <GpuRow key={gpu.idx} gpu={gpu} has={has} />
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function GpuRow(props: { readonly gpu: LiveGpu; readonly has: GpuColumns }): VNode {
  const { gpu, has } = props
  const { memory_used_bytes: used, memory_total_bytes: total } = gpu
  const fullness = used === null || total === null || total <= 0 ? null : used / total
  const heat = gpu.temperature_state
  return (
    <tr>
      <th scope="row" title={[gpu.name, gpu.uuid].filter((part) => part !== null).join(' · ')}>
        {gpu.idx}
      </th>
      {has.hostIndex && <td class="quiet">{gpu.host_index ?? UNKNOWN}</td>}
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
      {has.processes && <td class="num">{gpu.processes?.length ?? UNKNOWN}</td>}
    </tr>
  )
}

function powerText({ power_w: power, power_limit_w: limit }: LiveGpu): string {
  if (power === null) return UNKNOWN
  return limit === null ? `${power.toFixed(0)} W` : `${power.toFixed(0)}/${limit.toFixed(0)} W`
}
