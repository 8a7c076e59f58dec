import type { RankMemoryColumns, StepMemoryColumns } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { alignMemoryColumns } from './align-columns.js'
import { judgeStepMemory } from './diagnose.js'
import { withLiveTensors } from './live-tensors.js'
import { ROBUST_STEP_MEMORY_POLICY, SUMMARY_STEP_MEMORY_POLICY } from './policy.js'

const STEPS = 200

/** A rank whose live tensors are these at each step; its peaks, if any, stay level. */
function rank(
  globalRank: number,
  liveAt: (step: number) => number,
  peak = Number.NaN,
): RankMemoryColumns {
  const column = (valueAt: (index: number) => number): Float64Array =>
    Float64Array.from({ length: STEPS }, (_, index) => valueAt(index))
  return {
    globalRank,
    identity: {
      global_rank: globalRank,
      local_rank: 0,
      node_rank: 0,
      hostname: 'host',
      local_world_size: 1,
      world_size: 1,
    },
    device: 'cpu',
    steps: column((index) => index + 1),
    allocatedBytes: column(() => peak),
    reservedBytes: column(() => peak),
    liveBytes: column((index) => liveAt(index) * 1024),
    liveTensorCount: column(liveAt),
  }
}

function judge(
  ranks: readonly RankMemoryColumns[],
  gpuAvailable: boolean,
  policy = ROBUST_STEP_MEMORY_POLICY,
) {
  const window: StepMemoryColumns = {
    ranks,
    latestStep: STEPS,
    ranksSeen: ranks.length,
    gpuTotalBytes: 1e9,
    gpuTotalBytesByRank: {},
    gpuAvailable,
  }
  const metrics = alignMemoryColumns(window, 1000)
  return withLiveTensors(judgeStepMemory(window, metrics, policy), ranks, policy)
}

test('tensors that every step leaves behind are found, with their number', () => {
  const { primary, issues } = judge([rank(0, (step) => 24 + 3 * step)], false)
  expect(primary).toMatchObject({
    kind: 'LIVE_TENSORS_RISING',
    severity: 'warn',
    metric: 'live_tensor_count',
    stepsUsed: 200,
    worstRank: 0,
    confidence: 1,
  })
  expect(primary.reason).toBe(
    'Live tensors rose from 24 to 621 over 200 steps, 597.0 KiB more: 3.0 a step are never disposed.',
  )
  expect(issues).toHaveLength(1)
  expect(issues[0]?.evidence).toMatchObject({ live_tensors_per_step: 3, first_live_tensors: 24 })
})

test.each([
  ['level', () => 24],
  ['up and down', (step: number) => 24 + (step % 7)],
  ['one jump, as a second model makes', (step: number) => (step < 90 ? 24 : 300)],
  ['a few over the whole run', (step: number) => 24 + Math.floor(step / 40)],
])('%s is no leak', (_, liveAt) => {
  expect(judge([rank(0, liveAt)], false).primary.kind).toBe('NO_GPU')
})

test('a short run and the compatible policy say nothing of it', () => {
  const leaking = rank(0, (step) => 24 + 3 * step)
  const short = { ...leaking, liveTensorCount: leaking.liveTensorCount.subarray(0, 40) }
  expect(judge([short], false).primary.kind).toBe('NO_GPU')
  expect(judge([leaking], false, SUMMARY_STEP_MEMORY_POLICY).primary.kind).toBe('NO_GPU')
})

test('another finding leads; the worst leak of several ranks is named', () => {
  const ranks = [rank(0, (step) => step, 0.99e9), rank(1, (step) => 5 * step, 0.99e9)]
  const { primary, issues } = judge(ranks, true)
  expect(primary.kind).toBe('HIGH_PRESSURE')
  const last = issues.at(-1)
  expect(last).toMatchObject({ kind: 'LIVE_TENSORS_RISING', ranks: [0, 1] })
  expect(last?.evidence['rank']).toBe(1)
})
