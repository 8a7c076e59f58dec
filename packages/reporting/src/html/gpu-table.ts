import type { GpuSummary } from '@traceml/contracts'
import type { SectionView } from '../view/report-view.js'
import { type Html, html } from './tag.js'
import { htmlValue } from './values.js'

/** Rows of the table at most. */
const MAX_GPUS = 64
/** Processes that are named on one GPU. */
const MAX_PROCESSES = 4

const NUMBERS: readonly (readonly [string, string, keyof GpuSummary])[] = [
  ['Utilisation', 'gpu_util_percent', 'util_percent'],
  ['Memory, highest', 'gpu_mem_bytes', 'mem_peak_bytes'],
  ['Memory', 'gpu_mem_bytes', 'mem_total_bytes'],
  ['Temperature, highest', 'gpu_temp_c', 'temp_peak_c'],
  ['Power', 'gpu_power_w', 'power_w'],
]

/** The GPUs of the run by name, with who computed on them; null where none is named. */
export function gpuTable({ gpus, rows }: SectionView): Html | null {
  if (gpus.length === 0) return null
  const body = gpus.slice(0, MAX_GPUS).map((gpu) => {
    const node = rows.length > 1 ? `n${gpu.node_rank ?? 0} ` : ''
    const host = gpu.host_index === null ? null : `number ${gpu.host_index} of the host `
    return html`<tr><th scope="row"><span class="row-name">${node}${gpu.gpu_idx}</span> ${gpu.name}<span class="host quiet">${host}${gpu.uuid}</span></th>${NUMBERS.map(([, metric, key]) => html`<td class="num">${htmlValue(metric, gpu[key])}</td>`)}<td>${processes(gpu)}</td></tr>`
  })
  const left = gpus.length - body.length
  return html`<h3>GPUs of the run</h3><div class="wide" role="region" aria-label="GPUs of the run" tabindex="0"><table class="numbers"><thead><tr><th scope="col">GPU</th>${NUMBERS.map(([title]) => html`<th scope="col" class="num">${title}</th>`)}<th scope="col">Processes</th></tr></thead><tbody>${body}</tbody></table></div>${left > 0 ? html`<p class="quiet">${left} more are in the JSON file.</p>` : null}`
}

function processes({ processes: found }: GpuSummary): Html {
  if (found === null) return htmlValue('', null)
  if (found.length === 0) return html`none`
  const named = found.slice(0, MAX_PROCESSES).map(({ pid }) => String(pid))
  const left = found.length - named.length
  return html`${named.join(', ')}${left > 0 ? ` and ${left} more` : ''}`
}
