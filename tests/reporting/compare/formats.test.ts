import {
  compare,
  compareMany,
  defaultCompareMetrics,
  formatCompareMarkdown,
  formatTableMarkdown,
  githubAnnotation,
} from '@traceml/compare'
import { defineCompareMetric } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { cases, findCase, history, judgeCase } from './cases.js'

test('the text says first whether it got better, by how much, and what was judged how', () => {
  const histories = { lhs: history(136.8, 0.2), rhs: history(99.3, 0.2, 200, 9) }
  expect(judgeCase('real_input_bound_vs_no_clear', histories).text).toMatchInlineSnapshot(`
    "+----------------------------------------------------------------------------+
    |  TraceML Compare                                                           |
    +----------------------------------------------------------------------------+
    |                                                                            |
    |  B is FASTER than A: 136.9 ms -> 99.3 ms a step, -27.5%.                   |
    |                                                                            |
    |  Verdict: MIXED                                                            |
    |  Why: GPU Step Time is 27.4% shorter in B (-27.9% to -27.1%); a change of  |
    |       3% counts. Peak reserved is 60.7% higher in B; a change of 10%       |
    |       counts.                                                              |
    |  Next: Look at step memory in both reports and at what changed between the |
    |        runs.                                                               |
    |                                                                            |
    |  A: before                                                                 |
    |  B: after                                                                  |
    |  Duration: 19.0 s -> 15.0 s                                                |
    |  Diagnosis: INPUT-BOUND -> NO CLEAR PERFORMANCE BOTTLENECK                 |
    |  Longest phase: input 44.5% of step -> backward 49.3% of step              |
    |                                                                            |
    |  Judged                   Change    95% interval        Counts  Outcome    |
    |  ------------------------------------------------------------------------- |
    |  GPU Step Time            -27.4%    -27.9% to -27.1%    3%      better     |
    |  Peak reserved            +60.7%    averages only       10%     worse      |
    |                                                                            |
    |  Metric                   A             B             B - A                |
    |  ------------------------------------------------------------------------- |
    |                                                                            |
    |  Step Time (GPU clock)                                                     |
    |    Diagnosis: INPUT-BOUND -> BALANCED                                      |
    |    GPU Step Time          136.8 ms      99.3 ms       -37.5 ms (-27.4%)    |
    |    Input                  60.9 ms       5.5 ms        -55.4 ms (-91.0%)    |
    |    DataLoader Fetch (CPU) 60.9 ms       5.5 ms        -55.4 ms (-91.0%)    |
    |    H2D                    2.1 ms        3.0 ms        +0.9 ms (+42.2%)     |
    |    Compute                70.2 ms       83.1 ms       +12.9 ms (+18.4%)    |
    |    Residual               3.7 ms        7.8 ms        +4.1 ms (+109.7%)    |
    |                                                                            |
    |  Step Memory                                                               |
    |    Diagnosis: BALANCED (same)                                              |
    |    Peak reserved          10.4 GB       16.8 GB       +6.33 GB (+60.7%)    |
    |    Memory skew            0.0%          0.0%          +0.0 pp              |
    |                                                                            |
    |  Process                                                                   |
    |    Diagnosis: NORMAL (same)                                                |
    |    Process CPU avg        108.5%        111.0%        +2.5 pp              |
    |    Process RSS avg        4.7 GB        4.7 GB        +0.0 GB (+0.0%)      |
    |                                                                            |
    |  System                                                                    |
    |    Diagnosis: MODERATE GPU UTIL -> NORMAL                                  |
    |    System CPU avg         24.9%         25.1%         +0.1 pp              |
    |    System RAM avg         18.6 GB       18.7 GB       +0.1 GB (+0.3%)      |
    |    GPU util avg           47.7%         90.0%         +42.3 pp             |
    |    GPU memory avg         50.0%         25.0%         -25.0 pp             |
    |                                                                            |
    |  Notes                                                                     |
    |  - Step time was judged by the spread of 200 steps in A and 200 in B.      |
    |  - KB, MB, GB and TB are units of 1024 (KiB, MiB, GiB, TiB).               |
    +----------------------------------------------------------------------------+"
  `)
})

test('every line of every report has the same width, and fits 80 columns', () => {
  for (const { name } of cases) {
    for (const line of judgeCase(name).text.split('\n')) expect(line, name).toHaveLength(78)
  }
})

test('the notes of the sections and the units of memory reach the text', () => {
  const { text } = judgeCase('gpu_preferred_when_selected_differ')
  expect(text).toContain('Phases are not compared')
  expect(text).toContain('GB and TB are units of 1024 (KiB, MiB, GiB, TiB)')
})

test('the published verdict stands beside ours where they differ', () => {
  expect(judgeCase('cpu_only_slower_is_inconclusive').text).toContain(
    'Compatible verdict: INCONCLUSIVE;',
  )
  expect(judgeCase('identical').text).not.toContain('Compatible verdict')
})

const HOSTILE = '\u001B[31m<img src=x onerror=alert(1)>|`a`\n::error::\u202E ../../etc @all ##[x]'

function hostileDocument() {
  const { lhs, rhs } = structuredClone(findCase('step_plus_8'))
  const section = rhs['step_time'] as { diagnosis: { status: string } }
  section.diagnosis.status = HOSTILE
  rhs['primary_diagnosis'] = { status: HOSTILE }
  rhs['schema_version'] = HOSTILE
  const metric = defineCompareMetric({
    apiVersion: 1,
    kind: 'compare-metric',
    id: 'acme/name',
    section: 'acme',
    label: HOSTILE,
    unit: null,
    deltaUnit: null,
    direction: 'context',
    read: () => HOSTILE,
  })
  return compare({ summary: lhs, label: 'a' }, { summary: rhs, label: HOSTILE }, undefined, {
    metrics: [...defaultCompareMetrics, metric],
  })
}

test('hostile names reach neither terminal nor page nor workflow', () => {
  const document = hostileDocument()
  const markdown = formatCompareMarkdown(document)
  const annotation = githubAnnotation(document) ?? ''
  for (const text of [document.text, markdown, annotation]) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/)
    expect(text).not.toMatch(/^::error::/m)
  }
  expect(markdown).not.toContain('<img')
  expect(markdown).not.toContain('@all')
  for (const line of markdown.split('\n').filter((line) => line.startsWith('|'))) {
    expect(line.replaceAll('\\|', '').match(/\|/g)?.length).toBeOneOf([6])
  }
  expect(annotation.split('\n')).toHaveLength(1)
  expect(document.text.split('\n').every((line) => line.startsWith('|') || line[0] === '+')).toBe(
    true,
  )
})

test('Markdown for a step summary', () => {
  expect(
    formatCompareMarkdown(judgeCase('mixed_fast_more_memory')).split('<details>')[0],
  ).toMatchInlineSnapshot(`
    "### traceml: MIXED

    **B is FASTER than A: 100.0 ms -&gt; 90.0 ms a step, -10.0%.**

    GPU Step Time is 10.0% shorter in B; a change of 3% counts. Peak reserved is 25.0% higher in B; a change of 10% counts.

    A: before · B: after · diagnosis: NO CLEAR PERFORMANCE BOTTLENECK · next: Look at step memory in both reports and at what changed between the runs.

    | judged | change | 95 % interval | counts from | outcome |
    | --- | ---: | ---: | ---: | --- |
    | GPU Step Time | -10.0% | n/a | 3% | better |
    | Peak reserved | +25.0% | n/a | 10% | **worse** |

    "
  `)
})

test('an annotation escapes what would end it', () => {
  expect(githubAnnotation(judgeCase('step_plus_8'))).toMatchInlineSnapshot(
    `"::error title=traceml%3A REGRESSION%2C after against before::B is SLOWER than A: 100.0 ms -> 108.0 ms a step, +8.0%25. GPU Step Time is 8.0%25 longer in B; a change of 3%25 counts. Look at step time in both reports and at what changed between the runs."`,
  )
  expect(githubAnnotation(judgeCase('identical'))).toBeNull()
})

test('several runs are a table against the first', () => {
  const { lhs, rhs } = findCase('step_plus_8')
  const table = compareMany([
    { summary: lhs, path: '/runs/base/final_summary.json', history: history(100, 0.1) },
    { summary: rhs, path: '/runs/a/final_summary.json', history: history(108, 0.1, 200, 3) },
    { summary: lhs, path: '/other/a/final_summary.json', history: history(100, 0.1, 200, 5) },
  ])
  expect(table.comparisons.map(({ judgement }) => judgement.status)).toEqual([
    'REGRESSION',
    'EQUIVALENT',
  ])
  expect(table.text).toMatchInlineSnapshot(`
    "+----------------------------------------------------------------------------+
    |  TraceML Compare                                                           |
    +----------------------------------------------------------------------------+
    |                                                                            |
    |  Each run (B) against the first (A): base                                  |
    |                                                                            |
    |  Run               Step time  Change   95% interval       Memory  Change   |
    |  ------------------------------------------------------------------------- |
    |  base              100.0 ms                               4.00 GB          |
    |  a_a               108.0 ms   +7.9%    +7.7% to +8.3%     4.00 GB +0.0%    |
    |  a_a_2             100.0 ms   +0.0%    -0.3% to +0.3%     4.00 GB +0.0%    |
    |                                                                            |
    |  a_a               REGRESSION                                              |
    |    Why: GPU Step Time is 7.9% longer in B (+7.7% to +8.3%); a change of 3% |
    |         counts.                                                            |
    |    Next: Look at step time in both reports and at what changed between the |
    |          runs.                                                             |
    |                                                                            |
    |  a_a_2             EQUIVALENT                                              |
    |    Why: GPU Step Time changed by +0.0% (-0.3% to +0.3%), less than 3%.     |
    |         Peak reserved changed by +0.0%, less than 10%.                     |
    |    Next: Nothing to do.                                                    |
    |                                                                            |
    |  Notes                                                                     |
    |  - Step time was judged by the spread of 200 steps in A and 200 in B.      |
    +----------------------------------------------------------------------------+"
  `)
  expect(formatTableMarkdown(table)).toMatchInlineSnapshot(`
    "### traceml: 2 runs against base

    | run | step time | change | interval | peak memory | change | verdict |
    | --- | ---: | ---: | ---: | ---: | ---: | --- |
    | base | 100.0 ms |  |  | 4.00 GB |  | first |
    | a\\_a | 108.0 ms | +7.9% | +7.7% to +8.3% | 4.00 GB | +0.0% | REGRESSION |
    | a\\_a\\_2 | 100.0 ms | +0.0% | -0.3% to +0.3% | 4.00 GB | +0.0% | EQUIVALENT |

    - **a\\_a**: REGRESSION. GPU Step Time is 7.9% longer in B (+7.7% to +8.3%); a change of 3% counts.
    - **a\\_a\\_2**: EQUIVALENT. GPU Step Time changed by +0.0% (-0.3% to +0.3%), less than 3%. Peak reserved changed by +0.0%, less than 10%.
    "
  `)
})

test('a metric of one’s own appears in its own section and can be judged', () => {
  const speed = defineCompareMetric({
    apiVersion: 1,
    kind: 'compare-metric',
    id: 'acme/speed',
    section: 'acme',
    label: 'Speed',
    unit: null,
    deltaUnit: null,
    direction: 'lower_is_worse',
    read: (summary) => (summary['acme'] as { speed: number }).speed,
  })
  const document = compare(
    { summary: { acme: { speed: 4 } } },
    { summary: { acme: { speed: 5 } } },
    undefined,
    { metrics: [speed] },
  )
  expect(document.sections['acme']?.metrics['acme/speed']).toMatchObject({
    lhs: 4,
    rhs: 5,
    delta: 1,
    pct_change: 25,
  })
  expect(document.text).toMatch(/Speed +4\.0 +5\.0 +\+1\.0 \(\+25\.0%\)/)
})
