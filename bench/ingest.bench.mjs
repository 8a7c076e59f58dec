// Burst ingest: pre-encoded frames of all ranks as fast as the sockets take them, into a real
// aggregator process, until a second connection sees every row.
import { performance } from 'node:perf_hooks'
import { startAggregatorProcess } from './lib/aggregator-process.mjs'
import { rankFrame } from './lib/frames.mjs'
import { cpuSeconds, memoryMiB } from './lib/process-stats.mjs'
import { connectRanks, waitForCount } from './lib/ranks.mjs'
import { median, report } from './lib/report.mjs'
import { measureSqliteLimit } from './lib/sqlite-limit.mjs'

const REPEATS = 3
const ROWS = 200_000
const HUGE_ROWS = 2_000_000
const HUGE_BLOCK_ROWS = 100_000

function framesOfRanks(ranks, perFrame, rows, firstStep) {
  const stepsPerRank = Math.ceil(rows / ranks / perFrame) * perFrame
  return Array.from({ length: ranks }, (_, rank) =>
    Array.from({ length: stepsPerRank / perFrame }, (_, index) =>
      rankFrame({ rank, world: ranks, first: firstStep + index * perFrame, steps: perFrame }),
    ),
  )
}

const rowsOf = (frames, perFrame) => frames.reduce((sum, own) => sum + own.length * perFrame, 0)

/** One burst; `limit` also measures the bare database with the rows that arrived. */
async function burst({ ranks, perFrame, rows = ROWS, limit = false }) {
  const aggregator = await startAggregatorProcess(ranks)
  const clients = await connectRanks(aggregator.port, ranks)
  // The reader of summaries is loaded in the background after the start: not part of the burst.
  await new Promise((resolve) => setTimeout(resolve, 300))
  const idleMiB = memoryMiB(aggregator.pid, 'VmRSS')
  let frames = framesOfRanks(ranks, perFrame, Math.min(rows, ROWS), 1)
  let sent = rowsOf(frames, perFrame)
  const cpuBefore = cpuSeconds(aggregator.pid)
  const start = performance.now()
  await Promise.all(frames.map((own, rank) => clients.sendAll(rank, own)))
  while (sent < rows) {
    // More than the sender should hold at once: encoded in between, still without a pause to rest.
    frames = framesOfRanks(ranks, perFrame, HUGE_BLOCK_ROWS, sent / ranks + 1)
    sent += rowsOf(frames, perFrame)
    await Promise.all(frames.map((own, rank) => clients.sendAll(rank, own)))
  }
  const durable = await waitForCount(aggregator.durableRows, sent)
  const seconds = (performance.now() - start) / 1000
  const cpu = cpuSeconds(aggregator.pid) - cpuBefore
  const peakMiB = memoryMiB(aggregator.pid, 'VmHWM')
  const floor = limit ? measureSqliteLimit(aggregator.databasePath) : null
  await clients.finish()
  const end = await aggregator.finish()
  return {
    rowsPerSecond: durable / seconds,
    cpuPer100k: (cpu / durable) * 100_000,
    lost: sent - durable,
    idleMiB,
    peakMiB,
    finishMs: end.ms,
    floor,
  }
}

async function repeat(options, count = REPEATS) {
  const runs = []
  for (let index = 0; index < count; index += 1) runs.push(await burst(options))
  const of = (read) => median(runs.map(read))
  return {
    rowsPerSecond: of((run) => run.rowsPerSecond),
    cpuPer100k: of((run) => run.cpuPer100k),
    lost: Math.max(...runs.map((run) => run.lost)),
    idleMiB: of((run) => run.idleMiB),
    peakMiB: of((run) => run.peakMiB),
    finishMs: of((run) => run.finishMs),
    floorRate: runs[0].floor && of((run) => run.floor.rowsPerSecond),
    floorCpu: runs[0].floor && of((run) => run.floor.cpuSecondsPer100k),
  }
}

await burst({ ranks: 1, perFrame: 20 })
for (const ranks of [1, 8, 64]) {
  const run = await repeat({ ranks, perFrame: 20, limit: true })
  if (ranks === 1) {
    report({
      id: 'D11',
      quantity: 'idle aggregator, resident memory',
      unit: 'MiB',
      ours: run.idleMiB,
      aim: 80,
      note: `median of ${REPEATS}`,
    })
  }
  report({
    id: 'D12',
    quantity: `burst ingest, 20 rows a frame, ${ranks} rank(s)`,
    unit: 'rows/s',
    ours: run.rowsPerSecond,
    limit: run.floorRate,
    aim: 100_000,
    higherIsBetter: true,
    note: `median of ${REPEATS} x ${ROWS} rows, lost ${run.lost}, report ${Math.round(run.finishMs)} ms; limit: better-sqlite3 alone, same table`,
  })
  report({
    id: 'D13',
    quantity: `CPU of the same, ${ranks} rank(s)`,
    unit: 'CPU-s/100k',
    ours: run.cpuPer100k,
    limit: run.floorCpu,
    aim: 1.2,
    note: `peak ${Math.round(run.peakMiB)} MiB`,
  })
}

const small = await repeat({ ranks: 8, perFrame: 1 })
report({
  id: 'D14',
  quantity: 'burst ingest, 1 row a frame, 8 ranks',
  unit: 'rows/s',
  ours: small.rowsPerSecond,
  aim: 45_000,
  higherIsBetter: true,
  note: `median of ${REPEATS}, ${small.cpuPer100k.toFixed(2)} CPU-s/100k`,
})
report({
  id: 'D14',
  quantity: 'rows lost of the same',
  unit: 'rows',
  ours: small.lost,
  aim: 0,
  note: 'worst repeat',
})

const huge = await burst({ ranks: 8, perFrame: 20, rows: HUGE_ROWS })
report({
  id: 'D15',
  quantity: 'burst of 2M rows, 8 ranks: highest memory of the aggregator',
  unit: 'MiB',
  ours: huge.peakMiB,
  aim: 300,
  note: `1 run, ${Math.round(huge.rowsPerSecond)} rows/s with encoding in between, lost ${huge.lost}`,
})
