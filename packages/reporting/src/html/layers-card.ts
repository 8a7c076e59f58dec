import { formatFixed, layerRows } from '@traceml/analysis'
import type { LayerProfile } from '@traceml/contracts'
import type { LayerLine } from '../sections/layers/lines.js'
import { layerLines, lineLabel, slowRank, totalLine } from '../sections/layers/lines.js'
import { profileSentence } from '../sections/layers/sentences.js'
import type { ReportView } from '../view/report-view.js'
import { layerIcicle } from './layer-icicle.js'
import { byteValue, timeValue } from './layer-values.js'
import { count, findingBlocks } from './section-card.js'
import { rowTable } from './tables.js'
import { type Html, html } from './tag.js'
import { grouped, MISSING } from './values.js'

/** Rows of the table: the entries of a document, the others, and what is outside. */
const MAX_ROWS = 22

/** What each layer costs: a drawing by path and a table of the longest. Null for runs without. */
export function layersCard(report: ReportView): Html | null {
  if (report.layers === null) return null
  const { section, profile } = report.layers
  const layers = profile.entries.length + (profile.other?.layers ?? 0)
  const facts = [
    count(layers, 'layer', 'layers'),
    ...(profile.models.length > 1 ? [count(profile.models.length, 'model', 'models')] : []),
    count(profile.ranks_used.length, 'rank', 'ranks'),
  ]
  return html`<section class="card" aria-labelledby="section-layers"><header><h2 id="section-layers">Layers</h2><p class="quiet">${facts.join(', ')}</p></header>${findingBlocks(section, report.verdict)}${layerIcicle(profile)}${layerTable(profile)}<p class="quiet">${profileSentence(profile)} ${MEMORY_TEXT}</p>${
    profile.notes.length === 0
      ? null
      : html`<ul class="quiet">${profile.notes.map((note) => html`<li>${note}</li>`)}</ul>`
  }${rowTable(section, section.metricNames, { ids: new Set(), word: '' })}</section>`
}

const MEMORY_TEXT =
  'Memory is parameters, the largest output of a call, and the gradient of it: what layers hand on, not what an allocator keeps.'

interface Column {
  readonly title: string
  readonly cell: (line: LayerLine) => Html | string | null
}

function columnsOf(profile: LayerProfile): readonly Column[] {
  const isTimed = profile.total_ms !== null
  const isShared = profile.entries.some(({ calls }) => (calls ?? 1) !== 1)
  return [
    ...(isTimed
      ? [
          { title: 'Forward', cell: ({ cost }: LayerLine) => timeValue(cost.forward_ms) },
          { title: 'Backward', cell: ({ cost }: LayerLine) => timeValue(cost.backward_ms) },
        ]
      : []),
    {
      title: 'Share',
      cell: ({ percent }) => (percent === null ? MISSING : `${formatFixed(percent, 1)}%`),
    },
    { title: 'Parameters', cell: ({ cost }) => byteValue(cost.param_bytes) },
    { title: 'Memory', cell: ({ cost }) => byteValue(cost.memory_bytes) },
    ...(isShared
      ? [{ title: 'Calls a step', cell: ({ entry }: LayerLine) => callsText(entry?.calls ?? null) }]
      : []),
    ...(profile.ranks_used.length > 1 ? [{ title: 'Worst rank', cell: worstRank }] : []),
  ]
}

function callsText(calls: number | null): string | null {
  return calls === null ? null : grouped(calls, Number.isInteger(calls) ? 0 : 1)
}

function worstRank(line: LayerLine): Html | null {
  const slow = slowRank(line)
  if (slow === null) return null
  return html`r${slow.rank} <span class="quiet">+${formatFixed(100 * slow.skew, 0)}%</span>`
}

function layerTable(profile: LayerProfile): Html {
  const lines = layerLines(profile, layerRows(profile, MAX_ROWS, { blocks: false }))
  const columns = columnsOf(profile)
  const row = (line: LayerLine, className: string): Html =>
    html`<tr class="${className}"><th scope="row">${lineLabel(line)}${line.entry?.type == null ? null : html` <span class="quiet">${line.entry.type}</span>`}</th>${columns.map(
      ({ cell }) => html`<td class="num">${cell(line)}</td>`,
    )}</tr>`
  return html`<div class="wide" role="region" aria-label="Layers: all numbers" tabindex="0"><table class="numbers paths"><thead><tr><th scope="col">Layer</th>${columns.map(
    ({ title }) => html`<th scope="col" class="num">${title}</th>`,
  )}</tr></thead><tbody>${lines.map((line) => row(line, ''))}${row(totalLine(profile, lines), 'total')}</tbody></table></div>`
}
