import { plainText } from '@traceml/contracts'
import { estimateOutlook } from '../estimate/outlook.js'
import { readReport } from '../view/read-report.js'
import { type ReportView, SECTION_IDS } from '../view/report-view.js'
import { verdictBanner } from './banner.js'
import { layersCard } from './layers-card.js'
import { notices } from './notices.js'
import { sectionCard } from './section-card.js'
import { STYLES } from './styles.js'
import { type Html, html, raw } from './tag.js'
import { duration, grouped, moment } from './values.js'

/** The page may load and send nothing and run no script, whatever stands in it. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
/** Characters of the raw document that a page carries at most. */
const MAX_JSON = 2_000_000

/** What a page says about where it comes from. */
export interface HtmlReportOptions {
  /** Name of the file that was rendered; null or absent when there is none. */
  readonly source?: string | null
}

function modeName(mode: string): string | null {
  if (mode === 'no_data') return null
  return { single_node: 'One node', multi_node: 'Several nodes' }[mode] ?? mode.replaceAll('_', ' ')
}

function facts(report: ReportView): Html | null {
  const mode = report.mode === null ? null : modeName(report.mode)
  const number = (value: number | null): string | null =>
    value === null ? null : grouped(value, 0)
  const entries: readonly (readonly [string, string | null])[] = [
    ['Topology', mode],
    ['Ranks', number(report.worldSize)],
    ['Nodes', number(report.nodes === 0 ? null : report.nodes)],
    // Without telemetry of the machines nobody counted them.
    ['GPUs', number(report.sections.system.hasNumbers ? report.gpus : null)],
    ['Duration', report.durationSeconds === null ? null : duration(report.durationSeconds)],
    ['Report of', report.generatedAt === null ? null : moment(report.generatedAt)],
  ]
  const known = entries.filter(([, value]) => value !== null)
  if (known.length === 0) return null
  return html`<dl class="facts">${known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

function rawDocument(document: unknown): Html | null {
  const text = JSON.stringify(document, null, 1)
  if (typeof text !== 'string') return null
  return html`<details class="raw"><summary>All data as JSON</summary>${
    text.length > MAX_JSON
      ? html`<p class="quiet">With ${grouped(text.length / 1e6, 1)} MB the document is too large for this page; it is in final_summary.json.</p>`
      : html`<pre tabindex="0">${plainText(text)}</pre>`
  }</details>`
}

/**
 * A summary as one HTML page that needs nothing else: no script, no network, no other file. Light
 * and dark by the reader's setting; prints. The same document always gives the same page.
 *
 * @param document - A summary of any schema version; what it lacks is left out. Never throws on the
 * content of a document that came from JSON.
 * @returns The page as text, to be written as UTF-8.
 * @example
 * ```ts
 * await writeFile('report.html', renderHtmlReport(JSON.parse(text)))
 * ```
 */
export function renderHtmlReport(document: object, options: HtmlReportOptions = {}): string {
  const report = readReport(document)
  const outlook = estimateOutlook(report)
  const title = report.runName ?? 'Training run'
  const source = options.source ?? null
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${title}: TraceML report</title>
<style>${raw(STYLES)}</style>
</head>
<body>
<header class="page"><p class="eyebrow">TraceML report</p><h1>${title}</h1>${facts(report)}</header>
<main>
${verdictBanner(report, outlook)}
${notices(report)}
${SECTION_IDS.map((id) => html`${sectionCard(report.sections[id], report)}${id === 'step_time' ? layersCard(report) : null}`)}
${report.extraSections.map((section) => sectionCard(section, report))}
${rawDocument(document)}
</main>
<footer class="page"><p class="quiet">TraceML${report.schemaVersion === null ? null : `, summary schema ${report.schemaVersion}`}${source === null ? null : `, from ${source}`}</p></footer>
</body>
</html>
`
  return page.markup
}
