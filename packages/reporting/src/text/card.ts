import { formatFixed } from '@traceml/analysis'
import {
  type FinalSummary,
  plainLine,
  type RunFacts,
  type SectionPayload,
  type TelemetryHealth,
} from '@traceml/contracts'
import type { TextColumn } from './box.js'
import { BORDER, boxRow, clip, INNER_WIDTH, TEXT_WIDTH, textTable, wrapText } from './box.js'
import { extraCards } from './extra-cards.js'
import { severityLabel, statusLabel } from './format.js'
import { gpuTable } from './gpu-table.js'
import { outlookLines } from './outlook.js'
import { phaseTable } from './phase-table.js'
import { resourceTable } from './resource-table.js'
import { verdictBasis } from './verdict-basis.js'

const STATUS_COLUMNS: readonly TextColumn[] = [
  { title: 'Section', width: 12, align: 'left' },
  { title: 'Status', width: 46, align: 'left' },
  { title: 'Severity', width: 10, align: 'left' },
]

/** Characters of a sentence at most. */
const MAX_SENTENCE = 1000

/** A sentence of a rule, of ours or of somebody else's. */
function sentence(text: string): string {
  return plainLine(text, MAX_SENTENCE)
}

function titleLine(summary: FinalSummary): string {
  const { run_name: runName } = summary.meta
  const parts = [
    'TraceML Run Summary',
    ...(runName === null ? [] : [plainLine(runName)]),
    ...(summary.duration_s === null ? [] : [`duration ${formatFixed(summary.duration_s, 1)}s`]),
  ]
  return clip(parts.join(' | '), INNER_WIDTH)
}

function verdictLines(summary: FinalSummary): readonly string[] {
  const { status, severity, summary: why, action } = summary.primary_diagnosis
  return [
    ...wrapText(`TraceML Verdict: ${statusLabel(status)} / ${severityLabel(severity)}`, TEXT_WIDTH),
    ...(why === '' ? [] : wrapText(`Why: ${sentence(why)}`, TEXT_WIDTH, 5)),
    ...(action === '' ? [] : wrapText(`Next: ${sentence(action)}`, TEXT_WIDTH, 6)),
    ...verdictBasis(summary.step_time).flatMap((line) => wrapText(line, TEXT_WIDTH, 2)),
  ]
}

/** A section without any metric was not built; its finding says why. */
function isAbsent(section: SectionPayload): boolean {
  return section.metadata.section_metric_names.length === 0
}

function statusLines(summary: FinalSummary): readonly string[] {
  const sections: readonly (readonly [string, SectionPayload])[] = [
    ['Step Time', summary.step_time],
    ['System', summary.system],
    ['Process', summary.process],
    ['Step Memory', summary.step_memory],
    ...(summary.layers === undefined ? [] : [['Layers', summary.layers] as const]),
  ]
  const table = textTable(
    STATUS_COLUMNS,
    sections.map(([title, { diagnosis }]) => [
      title,
      statusLabel(diagnosis.status),
      severityLabel(diagnosis.severity),
    ]),
  )
  const absent = sections
    .filter(([, section]) => isAbsent(section))
    .flatMap(([, section]) => wrapText(`- ${sentence(section.diagnosis.summary)}`, TEXT_WIDTH, 2))
  return ['Section Status', ...table, ...absent]
}

/** The card of the layers section, which may be as wide as the text of this one. */
function layersBlock(section: SectionPayload | undefined): readonly string[] {
  if (section === undefined || isAbsent(section)) return []
  const [finding] = section.issues
  const isCalm = finding === undefined || ['NORMAL', 'NO_DATA'].includes(finding.kind)
  return [
    ...section.card.split('\n'),
    ...(isCalm ? [] : wrapText(`- ${sentence(finding.summary)}`, TEXT_WIDTH, 2)),
  ]
}

/** How a run ended that did not complete, and where. */
function endingLines(run: RunFacts | undefined): readonly string[] {
  const { status = null, newest_step: step = null } = run ?? {}
  if (status === null || status === 'completed') return []
  return [`Run: ${status}${step === null ? '' : `, newest step ${step}`}`]
}

function telemetryLines(telemetry: TelemetryHealth | undefined): readonly string[] {
  if (telemetry === undefined) return []
  if (telemetry.notes.length === 0) {
    const steps = telemetry.steps_recorded
    const cost = telemetry.step_cost_us
    const price = cost === undefined ? '' : `; recording one costs ${formatFixed(cost, 1)}us`
    return steps === null ? [] : [`Telemetry: ${steps} steps recorded, nothing lost${price}.`]
  }
  return [
    'Telemetry: the numbers above are not complete',
    ...telemetry.notes.flatMap((note) => wrapText(`- ${sentence(note)}`, TEXT_WIDTH, 2)),
  ]
}

/**
 * Draws a summary as a text card of 78 columns: the verdict with its reason and next step first,
 * then what it costs, where a step's time goes, machines, processes and memory, the status of every
 * section, and what telemetry was lost. Missing values read `n/a`. Presentation only: not to be parsed.
 */
export function renderTextCard(summary: FinalSummary): string {
  const blocks = [
    verdictLines(summary),
    outlookLines(summary.outlook),
    phaseTable(summary.step_time),
    layersBlock(summary.layers),
    resourceTable(summary),
    gpuTable(summary.system),
    ...extraCards(summary.extra_sections),
    statusLines(summary),
    [...endingLines(summary.run), ...telemetryLines(summary.telemetry)],
  ].filter((block) => block.length > 0)
  const body = blocks.flatMap((block) => ['', ...block])
  return [BORDER, boxRow(titleLine(summary)), BORDER, ...body.map(boxRow), BORDER].join('\n')
}
