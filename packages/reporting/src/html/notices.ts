import type { ReportView } from '../view/report-view.js'
import { type Html, html } from './tag.js'
import { duration, grouped } from './values.js'

/** How a run that did not complete is told. */
const ENDINGS: Readonly<Record<string, string>> = {
  failed: 'The training failed: the report covers what came before.',
  interrupted: 'The run was interrupted: the report covers what came before.',
  running: 'The training was still running when this report was made.',
  starting: 'The training was still starting when this report was made.',
}
/** Older numbers than this, in a snapshot of a running training, are worth a word. */
const STALE_SECONDS = 30

function ending({ run }: ReportView): readonly string[] {
  const sentence = Object.hasOwn(ENDINGS, run.status ?? '') ? ENDINGS[run.status ?? ''] : undefined
  if (sentence === undefined) return []
  const age = run.newestSampleAgeSeconds
  const stale =
    run.status === 'running' && age !== null && age > STALE_SECONDS
      ? ` Its newest numbers were ${duration(age)} old.`
      : ''
  const last = run.newestStep === null ? '' : ` The newest step is ${grouped(run.newestStep, 0)}.`
  return [`${sentence}${last}${stale}`]
}

/** What a reader must know before relying on the numbers: how the run ended and what was lost. */
export function notices(report: ReportView): Html | null {
  const { telemetry } = report
  const notes = [...ending(report), ...(telemetry?.notes ?? [])]
  const steps = telemetry?.stepsRecorded ?? null
  const costUs = telemetry?.stepCostUs ?? null
  const sentences = [
    ...(steps === null || notes.length > 0
      ? []
      : [`${grouped(steps, 0)} ${steps === 1 ? 'step' : 'steps'} recorded, nothing lost.`]),
    ...(costUs === null ? [] : [`Recording a step cost the training ${grouped(costUs, 1)} µs.`]),
  ]
  return html`${
    notes.length === 0
      ? null
      : html`<section class="notice" aria-labelledby="complete"><h2 id="complete">Before you rely on these numbers</h2><ul>${notes.map((note) => html`<li>${note}</li>`)}</ul></section>`
  }${sentences.length === 0 ? null : html`<p class="quiet complete">${sentences.join(' ')}</p>`}`
}
