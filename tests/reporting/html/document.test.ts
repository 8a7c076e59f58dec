import { readdirSync } from 'node:fs'
import { readReport, renderHtmlReport } from '@traceml/reporting'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readVector, vectorPath } from '../vectors.js'

type Document = Readonly<Record<string, unknown>>

const names = readdirSync(vectorPath('summary')).toSorted()
const summary = (name: string): Document =>
  readVector<Document>(`summary/${name}/final_summary.json`)

interface CompareCase {
  readonly name: string
  readonly lhs: unknown
  readonly rhs: unknown
}
const { cases } = readVector<{ cases: readonly CompareCase[] }>('compare.json')
const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const documents = cases.flatMap(({ name, lhs, rhs }) =>
  [lhs, rhs].filter(isDocument).map((document) => [name, document] as const),
)

/** Everything but the data at the end, which is shown as it is. */
function drawn(page: string): string {
  return page.slice(page.indexOf('<body>'), page.indexOf('<details class="raw">'))
}

/** What must hold for every page, whatever is in it. */
function expectSelfContained(page: string): void {
  expect(page.startsWith('<!doctype html>\n<html lang="en">')).toBe(true)
  expect(page).not.toMatch(/<(script|iframe|img|object|embed|form|base|a)\b/i)
  expect(page).not.toMatch(/\s(src|href|srcset|action)="(?!data:,")/i)
  expect(page).not.toMatch(/<[^>]*\son[a-z]+=/i)
  expect(page).not.toMatch(/url\(|@import/i)
  // Controls but tab and line feed, text direction, half characters.
  expect(page.replaceAll(/[\t\n]/g, '')).not.toMatch(
    /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u,
  )
  expect(drawn(page)).not.toMatch(/undefined|NaN|Infinity|\[object|>null</)
}

test.each(names)('%s is one page that needs nothing else', (name) => {
  const page = renderHtmlReport(summary(name))
  expectSelfContained(page)
  expect(renderHtmlReport(summary(name))).toBe(page)
})

test.each(documents)('a summary of the comparison %s can be drawn', (_, document) => {
  expectSelfContained(renderHtmlReport(document))
})

describe('older versions', () => {
  const of = (name: string, side: 'lhs' | 'rhs'): Document =>
    cases.find((entry) => entry.name === name)![side] as Document

  test('1.3 and 1.4, as released, show where the step goes', () => {
    for (const name of ['real_schema_1_3_vs_1_7', 'real_schema_1_4_vs_1_7']) {
      const page = drawn(renderHtmlReport(of(name, 'lhs')))
      expect(page).toContain('<svg class="bar"')
      expect(page).not.toContain('This summary holds no diagnosis.')
    }
  })

  test('the step before 1.7 is input wait and traced part together', () => {
    const { average } = readReport(of('schema_1_5_vs_1_7', 'lhs')).sections.step_time
    expect(average).toMatchObject({
      input_wait_ms: 9,
      traced_step_time_ms: 108,
      step_time_ms: 117,
      residual_ms: 5,
    })
  })

  test('1.7 is taken as it is: what is null was not measured', () => {
    const { average } = readReport({
      schema_version: 1.7,
      step_time: {
        global: { average: { input_wait_ms: null, dataloader_ms: 4, step_time_ms: 9 } },
      },
    }).sections.step_time
    expect(average).toMatchObject({ input_wait_ms: null, step_time_ms: 9 })
  })
})

const HOSTILE =
  '</title></style></pre><script>alert(1)</script><img src=x onerror=alert(2)>"\' ../../etc \u001B[2J\u001B]0;x\u0007\u202Egpj.\u0000\uD800'

/** A document with every text, and some keys, replaced. */
function poisoned(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return HOSTILE + 'x'.repeat(depth > 4 ? 5000 : 0)
  if (Array.isArray(value)) return value.map((entry) => poisoned(entry, depth + 1))
  if (!isDocument(value)) return value
  return Object.fromEntries([
    ...Object.entries(value).map(([key, entry]) => [key, poisoned(entry, depth + 1)] as const),
    ...(depth > 2 ? [[HOSTILE, 1] as const, ['__proto__', HOSTILE] as const] : []),
  ])
}

test.each(['multi_node_2x2', 'gpu_single_input_bound', 'no_data'])(
  'nothing hostile in %s gets through',
  (name) => {
    const page = renderHtmlReport(poisoned(summary(name)) as Document, { source: HOSTILE })
    expectSelfContained(page)
    expect(page).toContain('&lt;script&gt;')
  },
)

describe('many ranks', () => {
  const rows = Object.fromEntries(
    Array.from({ length: 64 }, (_, rank) => [
      rank,
      {
        identity: { hostname: `host-${rank >> 3}`, node_rank: rank >> 3 },
        // The late rank has a short step: it is not among the heaviest.
        metrics: { step_time_ms: rank === 3 ? 90 : 100 + rank, input_wait_ms: 10, forward_ms: 80 },
      },
    ]),
  )
  const issue = { kind: 'COMPUTE_STRAGGLER', status: 'COMPUTE STRAGGLER', severity: 'crit' }
  const page = (ranks: readonly number[]): string =>
    drawn(
      renderHtmlReport({
        schema_version: 1.7,
        step_time: {
          issues: [{ ...issue, summary: 's', action: 'a', ranks }],
          global: { index_by: 'global_rank', average: rows[0]!.metrics },
          groups: { rows },
        },
      }),
    )

  test('some are drawn, the late one among them; all are in the table', () => {
    const markup = page([3])
    expect(markup.match(/<svg class="bar"/g)).toHaveLength(16)
    expect(markup).toContain('aria-label="Rank r3: ')
    expect(markup).toContain('48 more are in the table below.')
    // One more: the sum of the legend.
    expect(markup.match(/<tr class="/g)).toHaveLength(64 + 1)
    expect(markup.match(/<tr class="marked">/g)).toHaveLength(1)
    expect(markup).toContain('<span class="mark">slow compute</span>')
  })

  test('what is said of all of them marks none', () => {
    const markup = page(Array.from({ length: 64 }, (_, rank) => rank))
    expect(markup).not.toContain('class="marked"')
  })
})

test('phases over the run are stacked; a bucket without any is a gap', () => {
  const line = (...typical: (number | null)[]) => ({ typical })
  const lines = { input_wait_ms: line(10, null, 10, 10), compute_ms: line(30, null, 30, null) }
  const markup = drawn(
    renderHtmlReport({
      step_time: { details: { series: { axis: 'step', at: [1, 2, 3, 4], lines } } },
    }),
  )
  expect(markup).toContain('Where the time went, over the run')
  // On a scale to 40 ms, compute stands on the input wait: from 3/4 of the height to the top.
  expect(markup).toContain(
    'class="area p-forward" d="M666.7 0.0L1000.0 150.0L1000.0 150.0L666.7 150.0Z"',
  )
})

test('ranks and notes without end are bounded', () => {
  const row = { identity: { hostname: 'h' }, metrics: { step_time_ms: 1, input_wait_ms: 1 } }
  const rows = Object.fromEntries(Array.from({ length: 20_000 }, (_, rank) => [rank, row]))
  const page = renderHtmlReport({
    schema_version: 1.7,
    telemetry: { notes: Array.from({ length: 10_000 }, () => 'n'.repeat(10_000)) },
    step_time: { groups: { rows }, global: { average: row.metrics } },
  })
  expect(drawn(page).length).toBeLessThan(2_000_000)
  expectSelfContained(page)
})

test('any JSON gives a page', () => {
  const keys = fc.constantFrom(
    ...[
      'step_time',
      'system',
      'global',
      'average',
      'groups',
      'rows',
      'metrics',
      'details',
      'series',
    ],
    ...[
      'at',
      'lines',
      'step_time_ms',
      'typical',
      'high',
      'issues',
      'evidence',
      'telemetry',
      'notes',
    ],
    ...['primary_diagnosis', 'kind', 'meta', 'run', 'identity', '0', 'step_time_spread', 'p50'],
  )
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 7, withCrossShrink: true },
      fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.constant(null), fc.integer()),
      fc.dictionary(keys, tie('value'), { maxKeys: 6 }),
      fc.array(tie('value'), { maxLength: 4 }),
    ),
  }))
  fc.assert(
    fc.property(value, (document) => {
      expectSelfContained(renderHtmlReport((document ?? {}) as object))
    }),
    { numRuns: 300 },
  )
})
