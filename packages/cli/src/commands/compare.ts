import {
  COMPATIBLE_COMPARE_POLICY,
  type ComparePolicy,
  evaluateGate,
  GATE_CONDITIONS,
  type GateCondition,
  type GateResult,
  ROBUST_COMPARE_POLICY,
} from '@traceml/compare'
import { ConfigError, plainLine } from '@traceml/contracts'
import type { PolicySetName } from '@traceml/diagnostics'
import { describeFailure } from '../output/failure.js'
import { forTerminal } from '../output/for-terminal.js'
import { shortPath } from '../output/next-command.js'
import { writeStderr, writeStdout } from '../output/streams.js'
import { parseChoice } from '../settings/parse-values.js'
import { type Comparison, compareRuns } from './compare/comparison.js'
import { markdownOf, workflowLog, writeWorkflowFiles } from './compare/github.js'
import { loadRuns } from './compare/load-runs.js'
import { chooseFiles, writeFiles } from './compare/output-files.js'
import { applyThresholds } from './compare/thresholds.js'

/** A comparison as it was typed. */
export interface CompareRequest {
  /** Session folders or summary files; the first is what the others are compared with. */
  readonly runs: readonly string[]
  /** Path of the files to write, with or without `.json` or `.txt`; null for the default. */
  readonly output: string | null
  readonly format: 'text' | 'json' | 'markdown' | 'github'
  /** What makes the command exit with 1, as typed: words with commas between; null: nothing. */
  readonly failOn: string | null
  /** `metric=change`, as typed. */
  readonly thresholds: readonly string[]
  /** `compatible`: the published verdict decides. */
  readonly policy: PolicySetName
  readonly cwd: string
}

/** How long reading may take before it is mentioned. */
const SLOW_READ_MS = 1000

/**
 * Compares runs, prints the result and writes it as files. Returns 0, 1 when the gate failed, and 2
 * when there is no comparison: what went wrong is told in one sentence, and nothing is written.
 */
export async function compare(request: CompareRequest): Promise<number> {
  try {
    const gate = await compareAndPrint(request)
    return gate.passed ? 0 : 1
  } catch (error) {
    // 1 is the answer of the gate: whatever else goes wrong must not look like it.
    await writeStderr(`traceml: ${describeFailure(error).text}\n`)
    return 2
  }
}

/** `compare` with nothing but runs on the command line. */
export function compareWithDefaults(runs: readonly string[]): Promise<number> {
  return compare({
    runs,
    output: null,
    format: 'text',
    failOn: null,
    thresholds: [],
    policy: 'robust',
    cwd: process.cwd(),
  })
}

async function compareAndPrint(request: CompareRequest): Promise<GateResult> {
  const policy = policyOf(request)
  const failOn = conditionsOf(request)
  const start = performance.now()
  const runs = await loadRuns(request.runs)
  const elapsedMs = performance.now() - start
  const comparison = compareRuns(runs, policy, new Date())
  const gate = evaluateGate(
    comparison.documents.map(({ judgement }) => judgement),
    failOn,
  )
  const files =
    request.format === 'text' || request.output !== null
      ? chooseFiles(request.output, {
          cwd: request.cwd,
          name: comparison.name,
          paths: runs.map(({ path }) => path),
        })
      : null
  if (files !== null) writeFiles(files, comparison.json, comparison.text)
  if (request.format === 'github') writeWorkflowFiles(comparison, gate, process.env)
  await writeStdout(printed(comparison, request.format))
  const written = files === null ? [] : [files.json, files.text]
  const lines = [
    ...written.map(
      (file, index) => `${index === 0 ? 'Written:' : '        '} ${shortPath(file, request.cwd)}`,
    ),
    ...(elapsedMs > SLOW_READ_MS
      ? [`Read:    step histories, in ${(elapsedMs / 1000).toFixed(1)} s`]
      : []),
    ...(failOn.length === 0 ? [] : [gateLine(gate, failOn)]),
  ]
  if (lines.length > 0) await writeStderr(`\n${lines.join('\n')}\n`)
  return gate
}

function conditionsOf({ failOn }: CompareRequest): readonly GateCondition[] {
  const names = failOn === null ? [] : failOn.split(',').map((name) => name.trim())
  return names.map((text) => parseChoice({ source: '--fail-on', text }, GATE_CONDITIONS))
}

function policyOf({
  policy,
  thresholds,
}: CompareRequest): ComparePolicy | typeof COMPATIBLE_COMPARE_POLICY {
  if (policy === 'robust') {
    return {
      ...ROBUST_COMPARE_POLICY,
      thresholds: applyThresholds(ROBUST_COMPARE_POLICY, thresholds),
    }
  }
  if (thresholds.length > 0) {
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `--threshold is "${plainLine(thresholds[0] ?? '')}", but the compatible policy has fixed ones; leave out --threshold or --policy compatible.`,
    )
  }
  return COMPATIBLE_COMPARE_POLICY
}

function printed(comparison: Comparison, format: CompareRequest['format']): string {
  switch (format) {
    case 'text':
      return `${forTerminal(comparison.text.trimEnd(), process.stdout)}\n`
    case 'json':
      return `${JSON.stringify(comparison.json, null, 2)}\n`
    case 'markdown':
      return markdownOf(comparison)
    case 'github':
      return workflowLog(comparison)
  }
}

function gateLine(gate: GateResult, failOn: readonly GateCondition[]): string {
  return gate.passed
    ? `Gate:    passed, no ${failOn.join(' and nothing ')}`
    : `Gate:    failed on ${gate.failedOn.join(' and ')}`
}
