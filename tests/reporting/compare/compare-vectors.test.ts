import { type CompareDocument, compare, labelsForPaths, parseComparable } from '@traceml/compare'
import { TraceMLError } from '@traceml/contracts'
import { describe, expect, test } from 'vitest'
import { expectMatch, readVector } from '../vectors.js'

interface CompareCase {
  readonly name: string
  readonly lhs_path: string
  readonly rhs_path: string
  readonly lhs: Record<string, unknown>
  readonly rhs: Record<string, unknown>
  readonly expected: Record<string, unknown>
}

interface CompareVectors {
  readonly cases: readonly CompareCase[]
  readonly label_cases: readonly {
    readonly lhs_path: string
    readonly rhs_path: string
    readonly lhs_label: string
    readonly rhs_label: string
  }[]
  readonly load_cases: readonly {
    readonly name: string
    readonly content: string | null
    readonly result: string
  }[]
}

const vectors = readVector<CompareVectors>('compare.json')
const NOW = new Date('2026-01-02T03:04:05Z')

function compareCase(name: string, policy?: 'compatible'): CompareDocument {
  const found = vectors.cases.find((item) => item.name === name)!
  return compare(
    { summary: found.lhs, path: found.lhs_path },
    { summary: found.rhs, path: found.rhs_path },
    policy,
    { now: NOW },
  )
}

describe('compare vectors', () => {
  test.each(vectors.cases.map((item) => [item.name, item] as const))('%s', (name, item) => {
    const document = compareCase(name)
    expect(document.judgement.sentence).toMatch(/\S/)
    const { judgement: _, longest_phase: __, ...published } = document
    expectMatch(published, item.expected, {
      texts: ['generated_at', 'text', 'why', 'action', 'largest_shift', 'summary'],
      ignore: ['warnings', 'verdict.comparability.overall.reason', ...noteIgnores()],
    })
    expect(document.warnings.length).toBe((item.expected['warnings'] as unknown[]).length)
    for (const [section, compared] of Object.entries(document.sections)) {
      const expected = item.expected['sections'] as Record<string, { notes: unknown[] }>
      expect(compared.notes.length, section).toBe(expected[section]!.notes.length)
    }
    const { state, reason } = document.verdict.comparability.overall
    expect(typeof reason === 'string').toBe(state !== 'comparable')
    const compatible = compareCase(name, 'compatible')
    expect(compatible.verdict).toEqual(document.verdict)
    expect(compatible.judgement.status).toBe(document.verdict.status)
  })
})

function noteIgnores(): string[] {
  return ['step_time', 'step_memory', 'process', 'system'].map((name) => `sections.${name}.notes`)
}

test.each(vectors.label_cases)('labels of $lhs_path and $rhs_path', (item) => {
  expect(labelsForPaths(item.lhs_path, item.rhs_path)).toEqual({
    lhs: item.lhs_label,
    rhs: item.rhs_label,
  })
})

describe('what can be compared', () => {
  const readable = vectors.load_cases.filter(
    (item) => item.content !== null && !['not_json', 'not_found'].includes(item.result),
  )
  test.each(readable)('$name', (item) => {
    const value: unknown = JSON.parse(item.content!.replace('NaN', 'null'))
    if (item.result === 'ok') {
      expect(parseComparable(value, 'run.json')).toBe(value)
      return
    }
    try {
      parseComparable(value, 'run.json')
      expect.unreachable()
    } catch (error) {
      expect(TraceMLError.isInstance(error) && error.details['reason']).toBe(item.result)
      expect(TraceMLError.isInstance(error) && error.message).toContain('run.json')
    }
  })
})
