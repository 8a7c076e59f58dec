import {
  COMPATIBLE_COMPARE_POLICY,
  compare,
  labelsForPaths,
  parseComparable,
} from '@traceml/compare'
import { type ComparableSummary, TraceMLError } from '@traceml/contracts'
import { parseTolerantJson } from '@traceml/reporting'
import { outcomeOf, type VectorOutcome } from '../../diagnostics/vector-runners/outcome.js'
import { mismatches } from '../match.js'

interface CompareVectors {
  readonly cases: readonly {
    readonly name: string
    readonly lhs_path: string
    readonly rhs_path: string
    readonly lhs: ComparableSummary
    readonly rhs: ComparableSummary
    readonly expected: Readonly<Record<string, unknown>>
  }[]
  readonly label_cases: readonly {
    readonly lhs_path: string
    readonly rhs_path: string
    readonly lhs_label: string
    readonly rhs_label: string
  }[]
  readonly load_cases: readonly {
    readonly name: string
    /** Null: there is no such file. */
    readonly content: string | null
    readonly result: string
  }[]
}

/** Sentences are our own: the vectors blank them. */
const TEXTS = ['generated_at', 'text', 'why', 'action', 'largest_shift', 'summary']
/** Sentences in lists, and one that is null where there is nothing to say. */
const SENTENCES = [
  'warnings',
  'verdict.comparability.overall.reason',
  ...['step_time', 'step_memory', 'process', 'system'].map((name) => `sections.${name}.notes`),
]

function comparedProblems(item: CompareVectors['cases'][number]): readonly string[] {
  const document = compare(
    { summary: item.lhs, path: item.lhs_path },
    { summary: item.rhs, path: item.rhs_path },
    COMPATIBLE_COMPARE_POLICY,
    { now: new Date(0) },
  )
  const { judgement, longest_phase: _, ...published } = document
  const { state, reason } = document.verdict.comparability.overall
  const counts = Object.entries(document.sections).flatMap(([name, { notes }]) => {
    const expected = item.expected['sections'] as Record<string, { notes: unknown[] }>
    return notes.length === expected[name]?.notes.length ? [] : [`sections.${name}.notes: count`]
  })
  return [
    ...mismatches(published, item.expected, { texts: TEXTS, ignore: SENTENCES }),
    ...counts,
    ...((item.expected['warnings'] as unknown[]).length === document.warnings.length
      ? []
      : ['warnings: count']),
    ...((typeof reason === 'string') === (state !== 'comparable') ? [] : ['overall.reason']),
    ...(judgement.status === document.verdict.status ? [] : ['judgement is not the verdict']),
  ]
}

function loadResult(content: string): unknown {
  let value: unknown
  try {
    value = parseTolerantJson(content)
  } catch {
    return 'not_json'
  }
  try {
    parseComparable(value, 'run.json')
    return 'ok'
  } catch (error) {
    return TraceMLError.isInstance(error) ? error.details['reason'] : error
  }
}

/** Compares the compatible verdict, labels and refusals with what is expected of them. */
export function runCompareVectors(json: CompareVectors): readonly VectorOutcome[] {
  return [
    ...json.cases.map((item) => outcomeOf(item.name, [], () => comparedProblems(item))),
    ...json.label_cases.map((item) =>
      outcomeOf(
        `labels of ${item.lhs_path} and ${item.rhs_path}`,
        { lhs: item.lhs_label, rhs: item.rhs_label },
        () => labelsForPaths(item.lhs_path, item.rhs_path),
      ),
    ),
    ...json.load_cases.flatMap(({ name, content, result }) =>
      // That a file is missing is found before there is anything to compare.
      content === null ? [] : [outcomeOf(`load ${name}`, result, () => loadResult(content))],
    ),
  ]
}
