import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import {
  type CompareDocument,
  formatCompareMarkdown,
  formatTableMarkdown,
  type GateResult,
  githubAnnotation,
} from '@traceml/compare'
import { plainLine } from '@traceml/contracts'
import type { Comparison } from './comparison.js'

/** The files that a workflow step reads, from its environment; undefined outside of one. */
export type WorkflowEnvironment = Readonly<Record<string, string | undefined>>

/** The Markdown of a comparison or a table. */
export function markdownOf(comparison: Comparison): string {
  return comparison.table === null
    ? formatCompareMarkdown(comparison.documents[0])
    : formatTableMarkdown(comparison.table)
}

/**
 * What a workflow step prints: the report, in which nothing is taken for a command, and annotations.
 */
export function workflowLog(comparison: Comparison): string {
  const token = randomBytes(16).toString('hex')
  const annotations = comparison.documents.map(githubAnnotation).filter((line) => line !== null)
  return [
    `::stop-commands::${token}`,
    comparison.text.trimEnd(),
    `::${token}::`,
    ...annotations,
    '',
  ].join('\n')
}

/** Names and values for later steps of a workflow; every value is one line. */
function workflowOutputs(comparison: Comparison, gate: GateResult): string {
  const { documents } = comparison
  const [worst] = documents.toSorted((a, b) => severity(b) - severity(a))
  const judgement = (worst ?? documents[0]).judgement
  const stepTime = judgement.metrics.find(({ metric }) => metric === 'step_time_ms')
  const outputs = {
    verdict: judgement.status,
    gate: gate.passed ? 'passed' : 'failed',
    'step-time-change-percent': stepTime?.change?.toFixed(3) ?? '',
    summary: judgement.sentence,
  }
  return Object.entries(outputs)
    .map(([name, value]) => `${name}=${plainLine(value, 1000)}\n`)
    .join('')
}

const ORDER = ['IMPROVEMENT', 'EQUIVALENT', 'INCONCLUSIVE', 'MIXED', 'REGRESSION']

function severity({ judgement }: CompareDocument): number {
  return ORDER.indexOf(judgement.status)
}

/** Appends the step summary and the outputs to the files that the workflow names, if any. */
export function writeWorkflowFiles(
  comparison: Comparison,
  gate: GateResult,
  environment: WorkflowEnvironment,
): void {
  const { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: outputs } = environment
  if (summary) appendFileSync(summary, `${markdownOf(comparison)}\n`)
  if (outputs) appendFileSync(outputs, workflowOutputs(comparison, gate))
}
