import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { FinalSummary, SectionPayload } from '@traceml/contracts'
import { toScalars } from '@traceml/reporting'
import type { VectorOutcome } from '../../diagnostics/vector-runners/outcome.js'
import { mismatches } from '../match.js'
import { readCaseFile, type SummaryCase, summarizeCase, withoutOurKeys } from './summarize-case.js'

/** Sentences are our own: the vectors blank them. */
const TEXTS = ['summary', 'action', 'card', 'note', 'text', 'generated_at']
const SECTIONS = ['system', 'process', 'step_time', 'step_memory'] as const
type SectionId = (typeof SECTIONS)[number]

/** Either of two equally near middle rows may stand for the median, with its own value. */
function middleRowProblems(
  actual: SectionPayload,
  expected: SectionPayload,
  metric: string,
): readonly string[] {
  const point = actual.global.median[metric]
  if (point?.value == null || point.idx === null) return [`median.${metric}: missing`]
  const own = actual.groups.rows[point.idx]?.metrics[metric]
  if (own !== point.value) return [`median.${metric}: ${point.value} is not of row ${point.idx}`]
  const values = Object.values(expected.groups.rows)
    .map((row) => row.metrics[metric] ?? null)
    .filter((value) => value !== null)
    .toSorted((a, b) => a - b)
  const middle = [values[(values.length - 1) >> 1] ?? 0, values[values.length >> 1] ?? 0]
  const distance = Math.min(...middle.map((value) => Math.abs(value - (point.value ?? 0))))
  const tolerance = 1e-9 * Math.max(1, point.value)
  return distance < tolerance ? [] : [`median.${metric}: ${point.value} is no middle row`]
}

function sectionProblems(
  section: SectionId,
  actual: FinalSummary,
  expected: FinalSummary,
  unstable: readonly string[],
): readonly string[] {
  const differences = mismatches(
    { [section]: actual[section] },
    { [section]: expected[section] },
    { texts: TEXTS, ignore: unstable },
  )
  const medians = unstable.flatMap((path) => {
    const [of, , kind, metric] = path.split('.')
    return of === section && kind === 'median' && metric !== undefined
      ? middleRowProblems(actual[section], expected[section], metric)
      : []
  })
  return [...differences, ...medians]
}

function withoutSections(summary: FinalSummary): object {
  const { system: _s, process: _p, step_time: _t, step_memory: _m, ...rest } = summary
  return rest
}

function outcome(name: string, problems: readonly string[]): VectorOutcome {
  return { name, ok: problems.length === 0, expected: [], got: problems }
}

/** Compares the report of one recorded history with what is expected of it, part by part. */
export async function runSummaryCase(folder: string, name: string): Promise<VectorOutcome[]> {
  const expected = readCaseFile<FinalSummary>(folder, 'final_summary.json')
  const { unstable_paths: unstable } = readCaseFile<SummaryCase>(folder, 'case.json')
  const summary = await summarizeCase(folder)
  const actual = withoutOurKeys(summary)
  const rest = mismatches(withoutSections(actual), withoutSections(expected), {
    texts: TEXTS,
    ignore: unstable,
    absoluteTolerance: 1e-3,
  })
  return [
    ...SECTIONS.map((section) =>
      outcome(`${name} ${section}`, sectionProblems(section, actual, expected, unstable)),
    ),
    outcome(`${name} document`, rest),
    outcome(
      `${name} compact`,
      mismatches(toScalars(summary), readCaseFile(folder, 'compact.json')),
    ),
  ]
}

/** Runs every case of a folder of recorded histories. */
export async function runSummaryVectors(folder: string): Promise<VectorOutcome[]> {
  const outcomes: VectorOutcome[] = []
  for (const name of readdirSync(folder).toSorted()) {
    outcomes.push(...(await runSummaryCase(join(folder, name), name)))
  }
  return outcomes
}

interface CompactFile {
  readonly cases: readonly {
    readonly name: string
    readonly payload: object | null
    readonly expected: object | null
  }[]
}

/** Runs cases of the shape of `compact_summary.json`: payloads to flat keys for trackers. */
export function runCompactVectors(json: unknown): VectorOutcome[] {
  return (json as CompactFile).cases.map(({ name, payload, expected }) =>
    outcome(name, mismatches(payload === null ? null : toScalars(payload), expected)),
  )
}
