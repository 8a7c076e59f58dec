// Steady state with a full history: every rank sends one frame a second, 10 step and 10 memory
// rows in it, while retention deletes as much as arrives. Then SIGTERM, and the report.
import { performance } from 'node:perf_hooks'
import { startAggregatorProcess } from './lib/aggregator-process.mjs'
import { rankFrame } from './lib/frames.mjs'
import { cpuSeconds } from './lib/process-stats.mjs'
import { connectRanks, waitForCount } from './lib/ranks.mjs'
import { median, quantile, report } from './lib/report.mjs'

const KEPT = 15_000
/** Retention lets a rank grow this far beyond its limit before it deletes. */
const SLACK = 512
const STEPS = 10
const SECONDS = 20
const PREFILL_STEPS = 100

async function prefill(clients, ranks) {
  // Ranks at all points between two deletions, so that any window sees the average cost.
  const lengths = Array.from({ length: ranks }, (_, rank) =>
    Math.round(KEPT + (SLACK * (rank + 0.5)) / ranks),
  )
  for (let first = 1; first <= KEPT + SLACK; first += PREFILL_STEPS) {
    await Promise.all(
      lengths.map((length, rank) => {
        const steps = Math.min(PREFILL_STEPS, length - first + 1)
        if (steps <= 0) return undefined
        return clients.sendAll(rank, [
          rankFrame({ rank, world: ranks, first, steps, memory: true }),
        ])
      }),
    )
  }
  return lengths
}

async function steady(ranks) {
  const aggregator = await startAggregatorProcess(ranks)
  const clients = await connectRanks(aggregator.port, ranks)
  const lengths = await prefill(clients, ranks)
  const before = lengths.reduce((sum, length) => sum + length, 0)
  await waitForCount(aggregator.durableRows, before)
  await waitForCount(() => aggregator.durableRows('step_memory_samples'), before)
  const seconds = Array.from({ length: SECONDS }, (_, second) =>
    lengths.map((length, rank) => {
      const first = length + 1 + second * STEPS
      return rankFrame({ rank, world: ranks, first, steps: STEPS, memory: true })
    }),
  )
  const frames = seconds.flat()

  // When each frame left, and how many rows had left by then, to compare with what is durable.
  const sentAt = []
  const lags = []
  const observe = () => {
    const durable = aggregator.durableRows() - before
    const now = performance.now()
    while (lags.length < sentAt.length && (lags.length + 1) * STEPS <= durable) {
      lags.push(now - sentAt[lags.length])
    }
  }
  const cpuBefore = cpuSeconds(aggregator.pid)
  const start = performance.now()
  while (lags.length < frames.length) {
    const due = Math.floor(((performance.now() - start) / 1000) * ranks) + 1
    while (sentAt.length < Math.min(due, frames.length)) {
      const index = sentAt.length
      sentAt.push(performance.now())
      clients.send(index % ranks, frames[index])
    }
    observe()
    if (performance.now() - start > (SECONDS + 20) * 1000) throw new Error('rows are missing')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const cpu = cpuSeconds(aggregator.pid) - cpuBefore
  const rows = frames.length * STEPS
  await clients.finish()
  const end = await aggregator.finish()
  return { cpuPer100k: (cpu / rows) * 100_000, share: cpu / SECONDS, lags, end }
}

for (const [ranks, aim] of [
  [8, 9],
  [64, 14],
]) {
  const { cpuPer100k, share, lags, end } = await steady(ranks)
  report({
    id: 'D16',
    quantity: `steady state, full history, ${ranks} ranks`,
    unit: 'CPU-s/100k',
    ours: cpuPer100k,
    aim,
    note: `1 window of ${SECONDS} s, ${(share * 100).toFixed(1)} % of a core`,
  })
  report({
    id: 'D17',
    quantity: `row sent to durable, median, ${ranks} ranks`,
    unit: 's',
    ours: median(lags) / 1000,
    aim: 0.3,
    note: `p99 ${Math.round(quantile(lags, 0.99))} ms`,
  })
  report({
    id: 'D17',
    quantity: `row sent to durable, max, ${ranks} ranks`,
    unit: 's',
    ours: Math.max(...lags) / 1000,
    aim: 1,
  })
  report({
    id: 'D20',
    quantity: `SIGTERM to exit with report, full history, ${ranks} ranks`,
    unit: 's',
    ours: end.ms / 1000,
    aim: 5,
    note: '1 run',
  })
  report({
    id: 'D20',
    quantity: `highest memory until then, ${ranks} ranks`,
    unit: 'MiB',
    ours: end.peakMiB,
    aim: 400,
  })
}
