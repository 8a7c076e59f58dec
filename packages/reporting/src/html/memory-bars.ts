import { formatFixed } from '@traceml/analysis'
import type { SectionView } from '../view/report-view.js'
import { chooseRows, othersNote } from './choose-rows.js'
import { type Html, html } from './tag.js'
import { htmlValue, spokenValue } from './values.js'

const METRIC = 'peak_reserved_bytes'

interface MemoryBar {
  readonly label: string
  readonly id: string
  readonly bytes: number
  readonly capacityBytes: number | null
}

/** What the device of a rank holds in all: reserved and left, as its process reports them. */
function capacities(processes: SectionView): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const row of processes.rows) {
    const reserved = row.metrics['gpu_mem_reserved_bytes'] ?? null
    const left = row.metrics['gpu_mem_headroom_bytes'] ?? null
    if (reserved !== null && left !== null && reserved + left > 0)
      found.set(row.id, reserved + left)
  }
  return found
}

/** Peak device memory of each rank, against its capacity where every rank's is known. */
export function memoryBars(
  section: SectionView,
  processes: SectionView,
  marked: ReadonlySet<string>,
): Html | null {
  const capacity = capacities(processes)
  const bars = section.rows.flatMap((row): readonly MemoryBar[] => {
    const bytes = section.rowPeaks[row.id]?.[METRIC] ?? row.metrics[METRIC] ?? null
    if (bytes === null) return []
    return [{ label: row.label, id: row.id, bytes, capacityBytes: capacity.get(row.id) ?? null }]
  })
  const shown = chooseRows(bars, marked, (bar) => bar.bytes)
  const largest = Math.max(...shown.map((bar) => bar.bytes))
  if (shown.length === 0 || !(largest > 0)) return null
  const isFull = shown.every((bar) => bar.capacityBytes !== null)
  return html`<figure class="phases"><figcaption>Peak device memory by rank, ${isFull ? 'of its capacity' : 'on one scale'}</figcaption><ol class="bars">${shown.map(
    (bar) => {
      const whole = isFull ? (bar.capacityBytes ?? largest) : largest
      const width = Math.max(2, Math.min(100, (100 * bar.bytes) / whole))
      return html`<li class="${marked.has(bar.id) ? 'marked' : ''}"><span class="row-name">${bar.label}</span><svg class="bar" role="img" aria-label="Rank ${bar.label}: ${spokenValue(METRIC, bar.bytes)}" width="100%" height="14"><rect class="rest" width="100%" height="14"/><rect class="p-memory" width="${formatFixed(width, 1)}%" height="14"/></svg><span class="num">${htmlValue(METRIC, bar.bytes)}</span></li>`
    },
  )}</ol>${othersNote('the highest peaks', bars.length - shown.length)}</figure>`
}
