// Step Time from columns to verdict: analysis and diagnosis with the default (robust) policies.
import { performance } from 'node:perf_hooks'
import { analyzeStepTime, snapshotFromDurations } from '../packages/analysis/dist/index.js'
import {
  createStepMemoryWindow,
  diagnoseStepMemory,
  diagnoseStepTime,
  SUMMARY_STEP_MEMORY_POLICY,
  SUMMARY_STEP_TIME_POLICY,
} from '../packages/diagnostics/dist/index.js'
import { median, report } from './lib/report.mjs'

const ROUNDS = 15

function makeSnapshot(rankCount, stepCount) {
  let state = 1
  const noise = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return 0.9 + (0.2 * state) / 4294967296
  }
  const column = (ms) => Float64Array.from({ length: stepCount }, () => ms * noise())
  const ranks = Array.from({ length: rankCount }, (_, rank) => {
    const isLate = rank === 3
    const input_wait = column(isLate ? 40 : 4)
    // A compilation and a stall, so that steps are left out and the columns are copied.
    input_wait[0] += 2000
    input_wait[stepCount >> 1] += 3000
    return {
      input_wait,
      h2d: column(5),
      forward: column(30),
      backward: column(isLate ? 30 : 66),
      optimizer_step: column(5),
      traced_step_time: column(isLate ? 74 : 110),
    }
  })
  return snapshotFromDurations(ranks)
}

function measure(rankCount, stepCount, policy) {
  const snapshot = makeSnapshot(rankCount, stepCount)
  const times = []
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    const { primary } = diagnoseStepTime(analyzeStepTime(snapshot), policy)
    times.push(performance.now() - start)
    if (primary.kind !== 'INPUT_STRAGGLER') throw new Error(`unexpected ${primary.kind}`)
  }
  return median(times.slice(3))
}

function measureMemory(rankCount, stepCount, policy) {
  const rows = Array.from({ length: rankCount * stepCount }, (_, id) => {
    const step = id % stepCount
    const bytes = 2e10 + ((id * 7919) % 1000) * 1e6 + step * 2e6
    return {
      id,
      global_rank: Math.floor(id / stepCount),
      step,
      peak_alloc_bytes: bytes,
      peak_reserved_bytes: bytes * 1.2,
    }
  })
  const window = createStepMemoryWindow({ stepMemory: rows, process: [], system: [] })
  const times = []
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    const { primary } = diagnoseStepMemory(window, policy)
    times.push(performance.now() - start)
    if (primary.kind !== 'CREEP_CONFIRMED') throw new Error(`unexpected ${primary.kind}`)
  }
  return median(times.slice(3))
}

for (const [id, rankCount, stepCount, aim] of [
  ['G1', 64, 2000, 150],
  ['G2', 256, 1000, 300],
]) {
  const limit = measure(rankCount, stepCount, SUMMARY_STEP_TIME_POLICY)
  report({
    id,
    quantity: `analyse and diagnose ${rankCount} ranks x ${stepCount} steps, robust`,
    unit: 'ms',
    ours: measure(rankCount, stepCount),
    limit,
    aim,
    note: 'limit: the same with the compatible policies',
  })
}

report({
  id: 'G3',
  quantity: 'diagnose the memory of 64 ranks x 2000 steps, robust',
  unit: 'ms',
  ours: measureMemory(64, 2000),
  limit: measureMemory(64, 2000, SUMMARY_STEP_MEMORY_POLICY),
  note: 'limit: the same with the compatible policies',
})
