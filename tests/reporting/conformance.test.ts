import { snapshotFromDurations } from '@traceml/analysis'
import { defaultCompareMetrics } from '@traceml/compare'
import { noopLogger, type RunProgress, type StepTimeSnapshot, type Store } from '@traceml/contracts'
import { progressRenderer } from '@traceml/display-terminal'
import { defaultSections, stepTimeSection } from '@traceml/reporting'
import {
  checkCompareMetric,
  checkRenderer,
  checkSection,
  createStoreFixture,
} from '@traceml/testing'
import { expect, test } from 'vitest'

function storeOf(snapshot: StepTimeSnapshot): Store {
  return createStoreFixture({ readStepTime: async () => snapshot })
}

const SNAPSHOTS: Readonly<Record<string, StepTimeSnapshot>> = {
  empty: snapshotFromDurations([]),
  'one rank': snapshotFromDurations({ input_wait: [1, 2, 3], traced_step_time: [4, 5, 6] }),
  'two ranks': snapshotFromDurations([
    { input_wait: [1, 2], forward: [1, 1], backward: [2, 2], traced_step_time: [4, 5] },
    { input_wait: [9, 9], forward: [1, 1], backward: [1, 1], traced_step_time: [3, 3] },
  ]),
}

test.each(Object.entries(SNAPSHOTS))('built-in sections with %s', async (_, snapshot) => {
  const context = { store: storeOf(snapshot), windowRows: 10, logger: noopLogger }
  for (const section of defaultSections) await checkSection(section, context)
  const payload = await checkSection(stepTimeSection, context)
  expect(payload.metadata.section_metric_names).toHaveLength(14)
})

const CLOCKED = {
  schema_version: 1.7,
  step_time: {
    global: {
      window: { diagnosis_clock: 'cpu' },
      average: { step_time_cpu_ms: 100, input_wait_ms: '8.5', forward_ms: 50 },
    },
  },
}

test.each(
  defaultCompareMetrics.map((metric) => [`${metric.section}.${metric.id}`, metric] as const),
)('compare metric %s', (_, metric) => {
  checkCompareMetric(metric)
})

test('compare metrics read what a summary holds', () => {
  const expected: Readonly<Record<string, number | string>> = {
    step_time_ms: 100,
    input_ms: 8.5,
    forward_ms: 50,
    dominant_phase: 'forward',
  }
  for (const [id, value] of Object.entries(expected)) {
    const metric = defaultCompareMetrics.find((item) => item.id === id)!
    const sides = { lhs: CLOCKED, rhs: CLOCKED, expected: { lhs: value, rhs: value } }
    checkCompareMetric(metric, [{ name: id, ...sides }])
    expect(() =>
      checkCompareMetric(metric, [{ name: id, ...sides, expected: { lhs: 0, rhs: 0 } }]),
    ).toThrow(`Compare metric "${id}" read`)
  }
})

const NOTHING: RunProgress = {
  status: 'waiting',
  elapsedSeconds: 0,
  lastRowAgeSeconds: null,
  ranksExpected: 1,
  ranksSeen: 0,
  ranksFinished: 0,
  stepsCompleted: 0,
  stepsPerSecond: null,
  phasesMs: {
    input_wait: null,
    h2d: null,
    forward: null,
    backward: null,
    optimizer_step: null,
    traced_step_time: null,
  },
  rowsWritten: 0,
  lost: 0,
}

test('the progress renderer', () => {
  const zero = {
    input_wait: 0,
    h2d: 0,
    forward: 0,
    backward: 0,
    optimizer_step: 0,
    traced_step_time: 0,
  }
  const everything: RunProgress = {
    status: 'stale',
    elapsedSeconds: 1e6,
    lastRowAgeSeconds: 1e5,
    ranksExpected: 1024,
    ranksSeen: 1000,
    ranksFinished: 999,
    stepsCompleted: 123_456_789,
    stepsPerSecond: 1234.5,
    phasesMs: {
      input_wait: 1e5,
      h2d: 1,
      forward: 1e4,
      backward: 2e4,
      optimizer_step: 300,
      traced_step_time: 4e4,
    },
    rowsWritten: 1e9,
    lost: 1e6,
  }
  checkRenderer(progressRenderer, [NOTHING, { ...NOTHING, phasesMs: zero }, everything])
})
