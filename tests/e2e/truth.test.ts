import { describe, expect, test } from 'vitest'
import { ask, type EventName } from './truth-support/ask.js'

/**
 * Scripts as a stranger writes them, run by the command without a change. Each measures by itself
 * what the truth is (`fixtures/truth/truth.cjs`), and the report must say the same: exact steps,
 * shares within a few percent points, the right verdict. Times are only compared with times of the
 * same process.
 */
interface Case {
  readonly script: string
  /** What the step time section must say; null: the script has no such bottleneck. */
  readonly says: 'INPUT-BOUND' | 'RESIDUAL-HEAVY' | null
  /** Phases that the script does not have; default: copies to the device. */
  readonly absent?: readonly EventName[]
  /**
   * Percent points by which a share may be above what the script measured, which is what it can see
   * of it; default 6. It may never be more than 6 below.
   */
  readonly above?: number
  /** Part by which the time of an iteration may differ; default 0.08. */
  readonly wall?: number
}

const CASES: readonly Case[] = [
  { script: 'fit-tensors.mjs', says: null },
  { script: 'fit-slow-callback.mjs', says: 'RESIDUAL-HEAVY' },
  { script: 'fit-async-callback.mjs', says: 'RESIDUAL-HEAVY' },
  { script: 'fit-per-chunk.mjs', says: 'INPUT-BOUND' },
  // Steps of a few milliseconds: gathering the batch is not nothing there.
  { script: 'early-stopping.mjs', says: null, above: 12, wall: 0.15 },
  { script: 'lstm.ts', says: null },
  { script: 'dataset-slow-io.mjs', says: 'INPUT-BOUND' },
  { script: 'dataset-cpu-decode.mjs', says: 'INPUT-BOUND' },
  { script: 'dataset-prefetch.mjs', says: null, above: 9 },
  // What shuffling and batching cost besides the map is input, too, and the script cannot see it.
  { script: 'dataset-chain.mjs', says: 'INPUT-BOUND', above: 15 },
  { script: 'for-each-async.mts', says: 'INPUT-BOUND' },
  { script: 'iterator-by-hand.cts', says: 'INPUT-BOUND' },
  { script: 'prefetch-and-log.mjs', says: 'RESIDUAL-HEAVY', above: 12 },
  { script: 'batch-slow-input.mjs', says: 'INPUT-BOUND' },
  { script: 'batch-fast-input.cjs', says: null },
  { script: 'log-and-load.mjs', says: 'RESIDUAL-HEAVY', above: 12 },
  { script: 'checkpoint.mjs', says: 'RESIDUAL-HEAVY' },
  { script: 'evaluate-between.mjs', says: null },
  { script: 'minimize-sync.mjs', says: null },
  { script: 'minimize-slow-log.mjs', says: 'RESIDUAL-HEAVY' },
  { script: 'read-loss.mjs', says: null },
  { script: 'tensors-in-loss.mjs', says: 'INPUT-BOUND' },
  { script: 'tidy.mjs', says: 'INPUT-BOUND' },
  { script: 'slices.mjs', says: null },
  { script: 'accumulate.mjs', says: 'INPUT-BOUND' },
  { script: 'moving-average.mjs', says: 'RESIDUAL-HEAVY' },
  { script: 'own-prefetch.mjs', says: 'INPUT-BOUND' },
  { script: 'own-update.mjs', says: 'INPUT-BOUND', absent: ['optimizer', 'h2d'] },
  { script: 'gan.mjs', says: null },
  { script: 'dqn.mjs', says: 'INPUT-BOUND', above: 10 },
  { script: 'wasm.mjs', says: null, absent: [] },
  // One iteration contains the making of the second model.
  { script: 'backend-switch.mjs', says: null, absent: [], above: 30, wall: 0.5 },
  { script: 'sdk-sync.mjs', says: 'INPUT-BOUND' },
  { script: 'sdk-async.mjs', says: 'INPUT-BOUND', absent: [] },
  { script: 'sdk-using.mts', says: 'INPUT-BOUND', above: 10 },
  { script: 'sdk-and-hooks.mjs', says: 'INPUT-BOUND' },
  { script: 'sdk-in-fit.mjs', says: 'INPUT-BOUND' },
]

const SHARES = ['input', 'h2d', 'forward', 'backward', 'optimizer', 'residual'] as const

/** Two scripts at a time: more would only measure each other. */
const lanes: [Promise<unknown>, Promise<unknown>] = [Promise.resolve(), Promise.resolve()]
function inLane<Result>(index: number, run: () => Promise<Result>): Promise<Result> {
  const lane = index % 2 === 0 ? 0 : 1
  const result = lanes[lane].then(run, run)
  lanes[lane] = result
  return result
}

// A machine that stalls one of the two clocks falsifies a measurement: it may be repeated.
describe.concurrent('the report of an unmodified script is true', { retry: 2 }, () => {
  test.each(CASES.map((one, index) => ({ ...one, index })))('$script', async (expected) => {
    const { truth, told } = await inLane(expected.index, () => ask(expected.script))

    expect(told.rows).toHaveLength(truth.laps.length)
    let lapsMs = 0
    let toldMs = 0
    let totalMs = 0
    told.rows.forEach(({ input = 0, traced = 0 }, index) => {
      const lapMs = truth.laps[index] ?? null
      if (index > 0) totalMs += input + traced
      if (lapMs === null) return
      lapsMs += lapMs
      toldMs += input + traced
    })
    expect(lapsMs).toBeGreaterThan(0)
    expect(Math.abs(toldMs / lapsMs - 1)).toBeLessThan(expected.wall ?? 0.08)

    for (const name of SHARES) {
      const measuredMs = truth.sums[name]
      if (measuredMs === undefined) continue
      const points = (100 * ((told.sums[name] ?? Number.NaN) - measuredMs)) / totalMs
      const message = `${name}: the script measured ${measuredMs} ms of ${totalMs} ms`
      expect(points, message).toBeGreaterThan(-6)
      expect(points, message).toBeLessThan(expected.above ?? 6)
    }
    for (const name of expected.absent ?? (['h2d'] as const))
      expect(told.sums[name]).toBeUndefined()
    for (const { traced = 0, h2d = 0, forward = 0, backward = 0, optimizer = 0 } of told.rows)
      expect(h2d + forward + backward + optimizer).toBeLessThanOrEqual(traced + 0.001)

    const said = told.summary.step_time.issues.map((issue) => issue.status)
    if (expected.says !== null) expect(said).toContain(expected.says)
    if (expected.says !== 'INPUT-BOUND') expect(said).not.toContain('INPUT-BOUND')
  })
})
