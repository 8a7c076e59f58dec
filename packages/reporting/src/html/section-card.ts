import {
  type FindingView,
  type LineView,
  type ReportView,
  SECTION_IDS,
  type SectionView,
  type VerdictView,
} from '../view/report-view.js'
import { badge } from './banner.js'
import { keyFigures, stepFigures } from './figures.js'
import { gpuTable } from './gpu-table.js'
import { metricLabel, wordsOf } from './labels.js'
import { lineChart } from './line-chart.js'
import { memoryBars } from './memory-bars.js'
import { phaseArea } from './phase-area.js'
import { phaseBars } from './phase-bars.js'
import { metricsTable, type RowMark, rowTable } from './tables.js'
import { type Html, html } from './tag.js'
import { grouped } from './values.js'

/** Metrics that are drawn over the run, the most telling first. */
const CHARTED: Readonly<Record<string, readonly string[]>> = {
  step_time: ['step_time_ms'],
  step_memory: ['peak_reserved_bytes', 'peak_allocated_bytes', 'live_bytes'],
  system: ['cpu_percent', 'ram_bytes', 'gpu_util_percent', 'gpu_mem_bytes', 'gpu_temp_c'],
  process: ['cpu_percent', 'ram_bytes', 'gpu_mem_reserved_bytes'],
}
/** Charts of a section that has no list of its own. */
const MAX_CHARTS = 6

/** Columns of the table by row, where the metrics of a section are too many. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  step_time: [
    'step_time_ms',
    'input_wait_ms',
    'h2d_ms',
    'compute_ms',
    'forward_ms',
    'backward_ms',
    'optimizer_ms',
    'residual_ms',
  ],
  system: [
    'cpu_percent',
    'ram_bytes',
    'gpu_util_percent',
    'gpu_mem_bytes',
    'gpu_mem_percent',
    'gpu_temp_c',
    'gpu_power_w',
  ],
  process: [
    'cpu_percent',
    'ram_bytes',
    'gpu_mem_used_bytes',
    'gpu_mem_reserved_bytes',
    'gpu_mem_reserved_percent',
    'gpu_mem_headroom_bytes',
  ],
}

const MARK_WORDS: Readonly<Record<string, string>> = {
  INPUT_STRAGGLER: 'slow input',
  H2D_STRAGGLER: 'slow copies',
  COMPUTE_STRAGGLER: 'slow compute',
  STRAGGLER: 'late',
}

/** The rows that a section's findings are about; only where there are others to tell them from. */
function markOf(section: SectionView): RowMark {
  const [finding] = section.findings
  const isAbout =
    section.groupedBy === 'rank' &&
    section.rows.length > 1 &&
    finding !== undefined &&
    (finding.tier === 'crit' || finding.tier === 'warn')
  const ids = isAbout ? finding.ranks.map(String) : []
  // A finding about all of them tells none from the others.
  if (new Set(ids).size >= section.rows.length) return { ids: new Set(), word: '' }
  return { ids: new Set(ids), word: MARK_WORDS[finding?.kind ?? ''] ?? 'highest' }
}

function findingBlock(finding: FindingView): Html {
  return html`<div class="finding ${finding.tier}"><p>${finding.tier === 'neutral' ? null : html`${badge(finding.tier)} `}<strong>${finding.status}</strong></p>${finding.summary === null ? null : html`<p>${finding.summary}</p>`}${finding.action === null ? null : html`<p class="quiet">${finding.action}</p>`}</div>`
}

/** The blocks of a section's findings but the one that is on top of the report already. */
export function findingBlocks(section: SectionView, verdict: VerdictView | null): readonly Html[] {
  const isVerdict = (finding: FindingView): boolean =>
    verdict !== null &&
    (verdict.section === section.id || verdict.section === null) &&
    finding.kind === verdict.kind &&
    finding.summary === verdict.summary
  return section.findings.filter((finding) => !isVerdict(finding)).map(findingBlock)
}

/** An amount with its noun. */
export function count(amount: number, one: string, many: string): string {
  return `${grouped(amount, 0)} ${amount === 1 ? one : many}`
}

function subtitle(section: SectionView): string {
  const { rows, stepsAnalyzed, samples, clock } = section
  const parts = [
    ...(stepsAnalyzed === null ? [] : [count(stepsAnalyzed, 'step', 'steps')]),
    ...(stepsAnalyzed !== null || samples === null ? [] : [count(samples, 'sample', 'samples')]),
    ...(rows.length === 0
      ? []
      : [
          section.groupedBy === 'rank'
            ? count(rows.length, 'rank', 'ranks')
            : count(rows.length, 'node', 'nodes'),
        ]),
    ...(clock === null ? [] : [`${clock.toUpperCase()} clock`]),
  ]
  const [only] = rows
  if (rows.length === 1 && only !== undefined && only.hostname !== null) parts.push(only.hostname)
  return parts.length === 0 || !section.hasNumbers ? 'No numbers' : parts.join(', ')
}

/** A line says something only where it holds more than one value. */
function isDrawable(line: LineView | undefined): line is LineView {
  return line !== undefined && line.typical.filter((value) => value !== null).length > 1
}

function charts(section: SectionView): Html | null {
  const { series } = section
  if (series === null) return null
  const metrics = CHARTED[section.id] ?? Object.keys(series.lines).slice(0, MAX_CHARTS)
  const noun = section.groupedBy
  const drawn = metrics.flatMap((metric) => {
    const line = series.lines[metric]
    if (!isDrawable(line)) return []
    const title = `${metricLabel(metric)} over the run`
    const names = {
      typical: line.worst === null ? 'average' : `median ${noun}`,
      worst: `highest ${noun}`,
    }
    return [lineChart({ title, metric, series, line, names })]
  })
  const phases =
    section.id === 'step_time'
      ? phaseArea(series, section.rows.length > 1 ? ', median rank' : '')
      : null
  return drawn.length === 0 && phases === null
    ? null
    : html`<div class="charts">${drawn}${phases}</div>`
}

/** One section: its findings, drawings and tables. */
export function sectionCard(section: SectionView, report: ReportView): Html {
  const mark = markOf(section)
  const { process } = report.sections
  const isOurs = (SECTION_IDS as readonly string[]).includes(section.id)
  const id = `section-${section.id.replaceAll(/[^a-z0-9]+/gi, '-')}`
  return html`<section class="card" aria-labelledby="${id}"><header><h2 id="${id}">${isOurs || section.title !== section.id ? section.title : wordsOf(section.title)}</h2><p class="quiet">${subtitle(section)}</p></header>${findingBlocks(section, report.verdict)}${
    section.id === 'step_time'
      ? html`${phaseBars(section, mark.ids)}${stepFigures(section)}`
      : keyFigures(section)
  }${gpuTable(section)}${charts(section)}${section.id === 'step_memory' ? memoryBars(section, process, mark.ids) : null}${isOurs || section.card === null ? null : html`<pre class="own" tabindex="0">${section.card}</pre>`}${rowTable(section, COLUMNS[section.id] ?? section.metricNames, mark)}${metricsTable(section)}</section>`
}
