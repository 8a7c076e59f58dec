import {
  analyzeStepTime,
  type DecodedStepRow,
  type PhaseClocks,
  snapshotFromDurations,
  stepTimeSnapshotFromRows,
} from '@traceml/analysis'
import { PHASES, type Phase, type StepTimeSnapshot, TRAINING_STRATEGIES } from '@traceml/contracts'
import { diagnoseStepTime, stepTimeEvidence } from '@traceml/diagnostics'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { windowJson } from './vector-runners/step-time-json.js'

/** Any double, with the usual durations and the awkward ones more often. */
const duration = fc.oneof(
  fc.double({ min: 0, max: 500, noNaN: true }),
  fc.constantFrom(null, 0, -0, -3, Number.NaN, Infinity, 5e-324, Number.MAX_VALUE),
  fc.double(),
)

const clocks: fc.Arbitrary<PhaseClocks> = fc.record({ cpuMs: duration, gpuMs: duration })

const metrics = fc.dictionary(fc.constantFrom(...PHASES), clocks, { maxKeys: 6 }) as fc.Arbitrary<
  Partial<Record<Phase, PhaseClocks>>
>

const rows: fc.Arbitrary<DecodedStepRow[]> = fc.array(
  fc.record({
    sourceId: fc.nat(1000),
    globalRank: fc.integer({ min: -1, max: 6 }),
    step: fc.integer({ min: 0, max: 25 }),
    metrics: fc.option(metrics, { freq: 20 }),
  }),
  { maxLength: 120 },
)

const snapshots: fc.Arbitrary<StepTimeSnapshot> = fc
  .tuple(rows, fc.array(fc.nat(8)), fc.constantFrom(...TRAINING_STRATEGIES))
  .map(([list, knownRanks, trainingStrategy]) =>
    stepTimeSnapshotFromRows(list, { knownRanks, trainingStrategy }),
  )

/** Every number inside a JSON-like value. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  return typeof value === 'object' && value ? Object.values(value).flatMap(numbersIn) : []
}

test('whatever was stored, there is a verdict and every number is finite', () => {
  fc.assert(
    fc.property(snapshots, fc.integer({ min: -2, max: 30 }), (snapshot, windowSize) => {
      const window = analyzeStepTime(snapshot, { windowSize })
      const { primary, issues } = diagnoseStepTime(window)
      expect(issues[0]?.kind).toBe(primary.kind)
      const numbers = numbersIn([windowJson(window), primary, issues, stepTimeEvidence(window)])
      expect(numbers.filter((value) => !Number.isFinite(value))).toEqual([])
    }),
    { numRuns: 500 },
  )
})

test('columns that no builder has cleaned do no harm either', () => {
  const awkward = fc.array(fc.tuple(duration, duration), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(fc.array(awkward, { minLength: 1, maxLength: 4 }), (ranks) => {
      const raw = ranks.map((values, globalRank) => ({
        globalRank,
        steps: Float64Array.from(values, (_, i) => i),
        present: new Uint8Array(values.length).fill(63),
        cpuMs: PHASES.map((_, p) => Float64Array.from(values, (pair) => Number(pair[p % 2]))),
        gpuMs: PHASES.map((_, p) => Float64Array.from(values, (pair) => Number(pair[(p + 1) % 2]))),
      }))
      const window = analyzeStepTime({ ...stepTimeSnapshotFromRows([]), ranks: raw })
      const numbers = numbersIn([windowJson(window), diagnoseStepTime(window)])
      expect(numbers.filter((value) => !Number.isFinite(value))).toEqual([])
      const averages = window.rankFacts.flatMap(({ average }) => Object.values(average))
      expect(averages.every((value) => value === null || value >= 0)).toBe(true)
    }),
  )
})

test('the order of ranks and of rows does not matter', () => {
  const distinct = rows.map((list) => [
    ...new Map(list.map((row) => [`${row.globalRank}/${row.step}`, row])).values(),
  ])
  fc.assert(
    fc.property(distinct, fc.infiniteStream(fc.nat()), (list, keys) => {
      const shuffled = list
        .map((row) => [keys.next().value as number, row] as const)
        .toSorted(([a], [b]) => a - b)
        .map(([, row]) => row)
      const snapshot = stepTimeSnapshotFromRows(list)
      const other = stepTimeSnapshotFromRows(shuffled)
      const reversed = {
        ...other,
        ranks: other.ranks.toReversed(),
        globalRanks: other.globalRanks.toReversed(),
      }
      const window = analyzeStepTime(snapshot)
      const otherWindow = analyzeStepTime(reversed)
      expect(windowJson(otherWindow)).toEqual(windowJson(window))
      expect(diagnoseStepTime(otherWindow)).toEqual(diagnoseStepTime(window))
    }),
  )
})

const times = fc.tuple(...PHASES.map(() => fc.double({ min: 0, max: 1000, noNaN: true })))

test('statistics keep their bounds', () => {
  const ranks = fc.array(fc.array(times, { minLength: 3, maxLength: 12 }), {
    minLength: 1,
    maxLength: 5,
  })
  fc.assert(
    fc.property(ranks, (values) => {
      const durations = values.map((steps) =>
        Object.fromEntries(PHASES.map((phase, p) => [phase, steps.map((step) => step[p] ?? null)])),
      )
      const window = analyzeStepTime(snapshotFromDurations(durations))
      for (const metric of window.metrics) {
        expect(metric.worstMs).toBeGreaterThanOrEqual(metric.medianMs)
        expect(metric.representativeMs).toBeLessThanOrEqual(metric.worstMs)
        expect(metric.skewRatio ?? 0).toBeGreaterThanOrEqual(0)
        for (let i = 0; i < window.steps.length; i++) {
          const { median, worst } = metric.series ?? {}
          expect(worst?.[i] ?? 0).toBeGreaterThanOrEqual(median?.[i] ?? 0)
        }
      }
      expect(window.inputWaitShare ?? 0).toBeLessThanOrEqual(1)
      for (const { score, share_pct } of diagnoseStepTime(window).issues) {
        expect(Math.min(score ?? 0, share_pct ?? 0)).toBeGreaterThanOrEqual(0)
      }
    }),
  )
})

test('1,024 ranks find the one that is late', () => {
  const steps = 30
  const rank = (input: number, backward: number) => ({
    input_wait: new Float64Array(steps).fill(input),
    h2d: new Float64Array(steps).fill(2),
    forward: new Float64Array(steps).fill(40),
    backward: new Float64Array(steps).fill(backward),
    optimizer_step: new Float64Array(steps).fill(8),
    traced_step_time: new Float64Array(steps).fill(52 + backward),
  })
  const durations = Array.from({ length: 1024 }, (_, r) =>
    r === 777 ? rank(120, 60) : rank(3, 175),
  )
  const { primary } = diagnoseStepTime(analyzeStepTime(snapshotFromDurations(durations)))
  expect(primary).toMatchObject({ kind: 'INPUT_STRAGGLER', severity: 'crit', worstRank: 777 })
})
