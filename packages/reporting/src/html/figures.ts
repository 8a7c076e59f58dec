import type { SectionView } from '../view/report-view.js'
import { metricLabel } from './labels.js'
import { type Html, html } from './tag.js'
import { grouped, htmlValue } from './values.js'

const STEP_FIGURES: readonly (readonly [string, string])[] = [
  ['p50', 'Median step'],
  ['p95', '95th percentile'],
  ['p99', '99th percentile'],
  ['max', 'Slowest step'],
]

/** How single steps lie, of the rank with the longest typical step, and how many a second. */
export function stepFigures(section: SectionView): Html | null {
  const rows = Object.entries(section.spread)
  let slowest: (typeof rows)[number] | null = null
  for (const row of rows) {
    if (slowest === null || (row[1]['p50'] ?? 0) > (slowest[1]['p50'] ?? 0)) slowest = row
  }
  const figures = STEP_FIGURES.flatMap(([key, label]) => {
    const value = slowest?.[1][key] ?? null
    return value === null
      ? []
      : [html`<div><dt>${label}</dt><dd>${htmlValue('x_ms', value)}</dd></div>`]
  })
  const rate = section.stepsPerSecond
  if (figures.length === 0 && rate === null) return null
  const rank =
    rows.length > 1 && slowest !== null
      ? html`<p class="quiet">Single steps of r${slowest[0]}, the rank with the longest median step.</p>`
      : null
  return html`<dl class="figures">${figures}${rate === null ? null : html`<div><dt>Steps a second</dt><dd>${grouped(rate, rate < 10 ? 2 : 1)}</dd></div>`}</dl>${rank}`
}

/** What is named of a section before its tables. */
const KEY_METRICS: Readonly<Record<string, readonly string[]>> = {
  step_memory: ['peak_reserved_bytes', 'peak_allocated_bytes', 'live_bytes'],
  system: [
    'cpu_percent',
    'ram_bytes',
    'gpu_util_percent',
    'gpu_mem_bytes',
    'gpu_temp_c',
    'gpu_power_w',
  ],
  process: ['cpu_percent', 'ram_bytes', 'gpu_mem_reserved_bytes'],
}
const MAX_FIGURES = 6

/** The averages of a section's main metrics, with the largest single measurement where it is known. */
export function keyFigures(section: SectionView): Html | null {
  const metrics = KEY_METRICS[section.id] ?? section.metricNames.slice(0, MAX_FIGURES)
  const figures = metrics.flatMap((metric) => {
    const value = section.average[metric] ?? null
    if (value === null) return []
    const peak = section.peak[metric]?.value ?? null
    return [
      html`<div><dt>${metricLabel(metric)}</dt><dd>${htmlValue(metric, value)}${peak === null ? null : html`<span class="quiet peak">at most ${htmlValue(metric, peak)}</span>`}</dd></div>`,
    ]
  })
  return figures.length === 0 ? null : html`<dl class="figures">${figures}</dl>`
}
