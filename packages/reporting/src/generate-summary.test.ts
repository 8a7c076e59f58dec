import { snapshotFromDurations } from '@traceml/analysis'
import {
  type FinalSummary,
  type Logger,
  noopLogger,
  type SectionPayload,
  type StepTimeSnapshot,
  StorageError,
  type Store,
  type SummarySection,
} from '@traceml/contracts'
import { expect, test } from 'vitest'
import { type GenerateSummaryOptions, generateSummary } from './generate-summary.js'
import { defaultSections } from './sections/default-sections.js'
import { fallbackPayload } from './sections/fallback.js'
import { renderTextCard } from './text/card.js'

const NOW = new Date('2026-01-02T03:04:05.678Z')

function unreadable(): never {
  throw new StorageError('TRACEML_STORAGE_SCHEMA', 'The table step_time_samples is missing.')
}

/** A store in memory that holds step times and nothing else; null: nothing can be read. */
function storeOf(snapshot: StepTimeSnapshot | null): Store {
  const read = <Value>(value: Value): Value => (snapshot === null ? unreadable() : value)
  return {
    apiVersion: 1,
    kind: 'store',
    readStepTime: async () => snapshot ?? unreadable(),
    readStepTimeLive: async () => snapshot ?? unreadable(),
    readSystem: async () => read({ samples: [], gpus: [] }),
    readProcess: async () => read([]),
    readStepMemory: async () =>
      read({
        rows: [],
        latestStep: null,
        ranksSeen: 0,
        gpuTotalBytes: null,
        gpuTotalBytesByRank: {},
        gpuAvailable: null,
      }),
    readCustom: async () => [],
    close: async () => {},
  }
}

const STEPS = 30
const of = (ms: number): number[] => Array.from({ length: STEPS }, () => ms)

const SLOW_INPUT = snapshotFromDurations({
  input_wait: of(40),
  forward: of(10),
  backward: of(20),
  optimizer_step: of(5),
  traced_step_time: of(40),
})

const TWO_RANKS = snapshotFromDurations([
  {
    input_wait: of(1),
    forward: of(10),
    backward: of(60),
    optimizer_step: of(5),
    traced_step_time: of(80),
  },
  {
    input_wait: of(41),
    forward: of(10),
    backward: of(20),
    optimizer_step: of(5),
    traced_step_time: of(40),
  },
])

async function summarize(
  snapshot: StepTimeSnapshot | null,
  options: Partial<GenerateSummaryOptions> = {},
): Promise<FinalSummary> {
  return await generateSummary({
    store: storeOf(snapshot),
    windowRows: 1000,
    runName: 'demo',
    now: NOW,
    ...options,
  })
}

/** The card with fixed sentences: the wording of verdicts belongs to the diagnostics. */
function cardOf(summary: FinalSummary): string {
  const primary = {
    ...summary.primary_diagnosis,
    summary: 'A sentence with the numbers, long enough that it has to continue on a second line.',
    action: 'What to try next.',
  }
  return renderTextCard({ ...summary, primary_diagnosis: primary })
}

function customSection(build: () => SectionPayload): SummarySection<null> {
  return {
    apiVersion: 1,
    kind: 'section',
    id: 'acme/disk',
    title: 'Disk',
    indexBy: 'node_rank',
    load: async () => null,
    build,
  }
}

test('one slow rank: verdict, numbers, card', async () => {
  const summary = await summarize(SLOW_INPUT, {
    health: {
      steps_recorded: 30,
      steps_lost: 0,
      rows_written: 30,
      rows_rejected: 0,
      messages_dropped: 0,
      expected_ranks: 1,
      finished_ranks: [0],
      missing_ranks: [],
    },
  })
  expect(summary.generated_at).toBe('2026-01-02T03:04:05.678Z')
  expect(summary.meta).toEqual({
    run_name: 'demo',
    mode: 'single_node',
    world_size: 1,
    nodes_observed: 0,
    gpus_observed: 0,
  })
  expect(summary.primary_diagnosis.kind).toBe('INPUT_BOUND')
  expect(summary.step_time.global.average['step_time_ms']).toBeCloseTo(80, 9)
  expect(summary.step_time.global.average['h2d_ms']).toBeNull()
  expect(cardOf(summary)).toMatchInlineSnapshot(`
    "+----------------------------------------------------------------------------+
    |  TraceML Run Summary | demo                                                |
    +----------------------------------------------------------------------------+
    |                                                                            |
    |  TraceML Verdict: INPUT-BOUND / CRITICAL                                   |
    |  Why: A sentence with the numbers, long enough that it has to continue on  |
    |       a second line.                                                       |
    |  Next: What to try next.                                                   |
    |  Confidence: 92%                                                           |
    |                                                                            |
    |  What Would It Buy                                                         |
    |  - 80.0ms -> 40.0ms a step (50.0% less, 2.0x as fast) if input wait were   |
    |    hidden behind compute.                                                  |
    |    Assumes that the next batch is ready whenever a step starts: loading    |
    |    runs beside the step and delivers a batch at least every 40.0 ms.       |
    |                                                                            |
    |  Step Time Evidence: average of 30 steps, CPU clock                        |
    |  Phase                      Average     Share                              |
    |  ------------------------------------------------------------------------  |
    |  Step Time                   80.0ms    100.0%                              |
    |    Input Wait                40.0ms     50.0%  ████████████                |
    |    H2D                          n/a       n/a                              |
    |    Compute                   35.0ms     43.8%  ███████████                 |
    |      Forward                 10.0ms     12.5%                              |
    |      Backward                20.0ms     25.0%                              |
    |      Optimizer                5.0ms      6.2%                              |
    |    Residual                   5.0ms      6.2%  ██                          |
    |  Steps: p50 80.0ms, p95 80.0ms, p99 80.0ms, max 80.0ms, 12.5/s             |
    |                                                                            |
    |  Section Status                                                            |
    |  Section       Status                                          Severity    |
    |  ------------------------------------------------------------------------  |
    |  Step Time     INPUT-BOUND                                     CRITICAL    |
    |  System        NO DATA                                         INFO        |
    |  Process       NO DATA                                         INFO        |
    |  Step Memory   NO DATA                                         INFO        |
    |                                                                            |
    |  Telemetry: 30 steps recorded, nothing lost.                               |
    +----------------------------------------------------------------------------+"
  `)
})

test('two ranks of which one waits for data: card with ranks', async () => {
  const summary = await summarize(TWO_RANKS)
  expect(summary.primary_diagnosis.kind).toBe('INPUT_STRAGGLER')
  expect(cardOf(summary)).toMatchInlineSnapshot(`
    "+----------------------------------------------------------------------------+
    |  TraceML Run Summary | demo                                                |
    +----------------------------------------------------------------------------+
    |                                                                            |
    |  TraceML Verdict: INPUT STRAGGLER / CRITICAL                               |
    |  Why: A sentence with the numbers, long enough that it has to continue on  |
    |       a second line.                                                       |
    |  Next: What to try next.                                                   |
    |  Confidence: 92%                                                           |
    |                                                                            |
    |  What Would It Buy                                                         |
    |  - 81.0ms -> 41.0ms a step (49.4% less, 2.0x as fast) if r1 kept up with   |
    |    the median rank.                                                        |
    |    Assumes that r1 takes as long in input wait as the median rank, and     |
    |    that every rank waits that much less.                                   |
    |  - 81.0ms -> 60.0ms a step (25.9% less, 1.4x as fast) if input wait were   |
    |    hidden behind compute.                                                  |
    |    Assumes that the next batch is ready whenever a step starts: loading    |
    |    runs beside the step and delivers a batch at least every 60.0 ms.       |
    |                                                                            |
    |  Step Time Evidence: average of 30 steps of 2 ranks, CPU clock             |
    |  Phase                   Share      Median       Worst      Skew  Worst on |
    |  ------------------------------------------------------------------------  |
    |  Step Time              100.0%      81.0ms      81.0ms      0.0%  r0       |
    |    Input Wait            25.9%      21.0ms      41.0ms     95.2%  r1       |
    |    H2D                     n/a         n/a         n/a       n/a  n/a      |
    |    Compute               67.9%      55.0ms      75.0ms     36.4%  r0       |
    |      Forward             12.3%      10.0ms      10.0ms      0.0%  r0       |
    |      Backward            49.4%      40.0ms      60.0ms     50.0%  r0       |
    |      Optimizer            6.2%       5.0ms       5.0ms      0.0%  r0       |
    |    Residual               6.2%       5.0ms       5.0ms      0.0%  r0       |
    |  Steps of r0: p50 81.0ms, p95 81.0ms, p99 81.0ms, max 81.0ms, 12.3/s       |
    |                                                                            |
    |  Section Status                                                            |
    |  Section       Status                                          Severity    |
    |  ------------------------------------------------------------------------  |
    |  Step Time     INPUT STRAGGLER                                 CRITICAL    |
    |  System        NO DATA                                         INFO        |
    |  Process       NO DATA                                         INFO        |
    |  Step Memory   NO DATA                                         INFO        |
    +----------------------------------------------------------------------------+"
  `)
})

test('every line of a card has the same width', async () => {
  const cards = [await summarize(SLOW_INPUT), await summarize(TWO_RANKS), await summarize(null)]
  for (const { text } of cards) {
    for (const line of text.split('\n')) expect(line, line).toHaveLength(78)
  }
})

test('a store that fails costs only the section, and says so', async () => {
  const messages: string[] = []
  const logger: Logger = { ...noopLogger, error: (message) => messages.push(message) }
  const summary = await summarize(null, { logger })
  expect(summary.step_time.diagnosis).toMatchObject({
    kind: 'NO_DATA',
    summary: 'The Step Time section could not be built: The table step_time_samples is missing.',
  })
  expect(summary.primary_diagnosis.kind).toBe('INSUFFICIENT_STEP_TIME_DATA')
  expect(summary.meta).toEqual({
    run_name: 'demo',
    mode: 'no_data',
    world_size: null,
    nodes_observed: null,
    gpus_observed: null,
  })
  expect(messages).toEqual(
    ['system', 'process', 'step_time', 'step_memory'].map(
      (section) => `The ${section} section failed: The table step_time_samples is missing.`,
    ),
  )
})

test('further sections are published beside the built-in ones', async () => {
  const payload = fallbackPayload({
    title: 'Disk',
    indexBy: 'node_rank',
    summary: 'No disk was watched.',
    action: 'Nothing to do.',
  })
  const sections = [...defaultSections, customSection(() => payload)]
  const summary = await summarize(SLOW_INPUT, { sections })
  expect(summary.extra_sections).toEqual({ 'acme/disk': { title: 'Disk', ...payload } })
})

test('a payload that breaks the contract is replaced', async () => {
  const odd = fallbackPayload({ title: 'Disk', indexBy: 'node_rank', summary: 'a', action: 'b' })
  const broken = { ...odd, global: { ...odd.global, average: { disk_ms: 1 } } }
  const summary = await summarize(SLOW_INPUT, { sections: [customSection(() => broken)] })
  const published = summary.extra_sections?.['acme/disk'] as unknown as SectionPayload
  expect(published.diagnosis.summary).toContain('section_metric_names: disk_ms')
  expect(summary.step_time.diagnosis.summary).toContain('left out of this report')
})

test.each([0, -1, 1.5, Number.NaN])('windowRows %s is refused', async (windowRows) => {
  await expect(summarize(SLOW_INPUT, { windowRows })).rejects.toMatchObject({
    code: 'TRACEML_INPUT_INVALID',
  })
})
