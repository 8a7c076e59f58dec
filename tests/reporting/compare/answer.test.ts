import {
  APPLICABLE_SIGNALS_POLICY,
  type CompareDocument,
  type ComparePolicy,
  compareSummaries,
} from '@traceml/compare'
import { expect, test } from 'vitest'
import { readVector } from '../vectors.js'

interface Case {
  readonly name: string
  readonly lhs: Record<string, unknown>
  readonly rhs: Record<string, unknown>
}

const { cases } = readVector<{ cases: Case[] }>('compare.json')

function compareCase(name: string, policy?: ComparePolicy): CompareDocument {
  const { lhs, rhs } = cases.find((item) => item.name === name)!
  const labels = { lhs: 'before', rhs: 'after' }
  return compareSummaries(lhs, rhs, {
    now: new Date(0),
    labels,
    ...(policy === undefined ? {} : { policy }),
  })
}

test('the text says first whether it got better, by how much, and how the verdict changed', () => {
  expect(compareCase('real_input_bound_vs_no_clear').text).toMatchInlineSnapshot(`
    "+--------------------------------------------------------------------------------------+
    |  TraceML Compare                                                                     |
    +--------------------------------------------------------------------------------------+
    |                                                                                      |
    |  B is FASTER than A: 136.8 ms -> 99.3 ms a step, -27.4%.                             |
    |                                                                                      |
    |  Verdict: MIXED                                                                      |
    |  Why: GPU step time is 27.4% shorter, but peak reserved memory is 60.7% higher in    |
    |  B.                                                                                  |
    |  Next: Look at step time and step memory in both reports and at what changed         |
    |  between the runs.                                                                   |
    |                                                                                      |
    |  A: before                                                                           |
    |  B: after                                                                            |
    |  Delta: B - A                                                                        |
    |  Diagnosis: INPUT-BOUND -> NO CLEAR PERFORMANCE BOTTLENECK (changed)                 |
    |  Longest phase: input 44.5% of step -> backward 49.3% of step                        |
    |                                                                                      |
    |  Metric                     A                 B                 Delta                |
    |  ----------------------------------------------------------------------------------  |
    |                                                                                      |
    |  Step Time (GPU clock)                                                               |
    |    Diagnosis                INPUT-BOUND       BALANCED          changed              |
    |    GPU Step Time            136.8 ms          99.3 ms           -37.5 ms (-27.4%)    |
    |    Input                    60.9 ms           5.5 ms            -55.4 ms (-91.0%)    |
    |    DataLoader Fetch (CPU)   60.9 ms           5.5 ms            -55.4 ms (-91.0%)    |
    |    H2D                      2.1 ms            3.0 ms            +0.9 ms (+42.2%)     |
    |    Compute                  70.2 ms           83.1 ms           +12.9 ms (+18.4%)    |
    |    Residual                 3.7 ms            7.8 ms            +4.1 ms (+109.7%)    |
    |                                                                                      |
    |  Step Memory                                                                         |
    |    Diagnosis                BALANCED          BALANCED          same                 |
    |    Peak reserved            10.4 GB           16.8 GB           +6.33 GB (+60.7%)    |
    |    Memory skew              0.0%              0.0%              +0.0 pp              |
    |                                                                                      |
    |  Process                                                                             |
    |    Diagnosis                NORMAL            NORMAL            same                 |
    |    Process CPU avg          108.5%            111.0%            +2.5 pp              |
    |    Process RSS avg          4.7 GB            4.7 GB            +0.0 GB (+0.0%)      |
    |                                                                                      |
    |  System                                                                              |
    |    Diagnosis                MODERATE GPU UTIL NORMAL            changed              |
    |    System CPU avg           24.9%             25.1%             +0.1 pp              |
    |    System RAM avg           18.6 GB           18.7 GB           +0.1 GB (+0.3%)      |
    |    GPU util avg             47.7%             90.0%             +42.3 pp             |
    |    GPU memory avg           50.0%             25.0%             -25.0 pp             |
    +--------------------------------------------------------------------------------------+"
  `)
})

test('the answer stands even where the verdict has to be inconclusive', () => {
  const { answer, verdict } = compareCase('cpu_only_slower_is_inconclusive')
  expect(verdict.status).toBe('INCONCLUSIVE')
  expect(answer).toMatchObject({
    direction: 'slower',
    lhs_ms: 100,
    rhs_ms: 150,
    pct_change: 50,
    clock: 'cpu',
  })
})

test.each([
  ['step_plus_3_exact', 'slower'],
  ['step_plus_2_99', 'unchanged'],
  ['step_minus_3_exact', 'faster'],
  ['lhs_zero_step', 'unknown'],
  ['no_common_clock', 'unknown'],
])('%s is %s', (name, direction) => {
  expect(compareCase(name).answer.direction).toBe(direction)
})

test('with applicable signals two CPU runs get a verdict', () => {
  const { verdict } = compareCase('cpu_only_slower_is_inconclusive', APPLICABLE_SIGNALS_POLICY)
  expect(verdict).toMatchObject({
    status: 'REGRESSION',
    primary_domain: 'step_time',
    comparability: { overall: { state: 'comparable', reason: null } },
  })
})

test('with applicable signals a signal that one run lacks is still missing', () => {
  const { verdict } = compareCase('mem_missing_rhs', APPLICABLE_SIGNALS_POLICY)
  expect(verdict).toMatchObject({ status: 'INCONCLUSIVE', summary: 'Partially comparable' })
  const nothing = compareCase('all_primary_missing_both', APPLICABLE_SIGNALS_POLICY)
  expect(nothing.verdict.status).toBe('INCONCLUSIVE')
})

test.each(['diag_warmup_to_balanced', 'mem_diag_nodata_to_balanced'])(
  'with applicable signals %s is no regression',
  (name) => {
    expect(compareCase(name).verdict.status).toBe('REGRESSION')
    expect(compareCase(name, APPLICABLE_SIGNALS_POLICY).verdict.status).toBe('EQUIVALENT')
  },
)

test('every line of every report has the same width', () => {
  for (const { name } of cases) {
    for (const line of compareCase(name).text.split('\n')) expect(line, name).toHaveLength(88)
  }
})

test('summaries are not modified', () => {
  for (const { lhs, rhs } of cases) {
    const before = JSON.stringify([lhs, rhs])
    compareSummaries(lhs, rhs, { now: new Date(0) })
    expect(JSON.stringify([lhs, rhs])).toBe(before)
  }
})

test('a metric of one’s own appears in its own section', () => {
  const document = compareSummaries(
    { acme: { speed: 4 } },
    { acme: { speed: 5 } },
    {
      now: new Date(0),
      metrics: [
        {
          apiVersion: 1,
          kind: 'compare-metric',
          id: 'acme/speed',
          section: 'acme',
          label: 'Speed',
          unit: null,
          deltaUnit: null,
          direction: 'lower_is_worse',
          read: (summary) => (summary['acme'] as { speed: number }).speed,
        },
      ],
    },
  )
  expect(document.sections['acme']?.metrics['acme/speed']).toMatchObject({
    lhs: 4,
    rhs: 5,
    delta: 1,
    pct_change: 25,
  })
  expect(document.text).toMatch(/Speed +4\.0 +5\.0 +\+1\.0 \(\+25\.0%\)/)
})
