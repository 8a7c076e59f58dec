// The history store without sockets and processes: frames to rows, windows back, live refresh.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { openHistory, openStore } from '@traceml/storage/better-sqlite3'
import { rankFrame } from './lib/frames.mjs'
import { median, report } from './lib/report.mjs'
import { measureSqliteLimit } from './lib/sqlite-limit.mjs'

const REPEATS = 3
const ROWS = 100_000
/** As the aggregator flushes. */
const FLUSH_ROWS = 2000
const LIVE = { windowSize: 100, lookbackFactor: 4 }
const LIVE_ROUNDS = 11
const PER_FRAME = 20

const wallNs = () => BigInt(Date.now()) * 1_000_000n

function cpuSeconds() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Payloads (frames without their length) of every rank in turn. */
function payloads(ranks, first, stepsPerRank, memory = false) {
  const made = []
  for (let step = first; step < first + stepsPerRank; step += PER_FRAME) {
    for (let rank = 0; rank < ranks; rank += 1) {
      const frame = rankFrame({ rank, world: ranks, first: step, steps: PER_FRAME, memory })
      made.push(frame.subarray(4))
    }
  }
  return made
}

function ingest(history, all) {
  for (const payload of all) {
    history.ingestFrame(payload, wallNs())
    if (history.pendingRows >= FLUSH_ROWS) history.flush()
  }
  history.flush()
}

function burst(ranks) {
  const folder = mkdtempSync(join(tmpdir(), 'traceml-bench-'))
  const path = join(folder, 'telemetry')
  const history = openHistory({ path })
  const all = payloads(ranks, 1, ROWS / ranks)
  const rows = all.length * PER_FRAME
  const cpu = cpuSeconds()
  ingest(history, all)
  const cpuPer100k = ((cpuSeconds() - cpu) / rows) * 100_000
  const limit = measureSqliteLimit(path).cpuSecondsPer100k
  const result = history.finalize()
  rmSync(folder, { recursive: true })
  if (!result.ok) throw new Error(`finalize failed: ${result.error}`)
  return { cpuPer100k, limit }
}

async function read(ranks, steps) {
  const folder = mkdtempSync(join(tmpdir(), 'traceml-bench-'))
  const path = join(folder, 'telemetry')
  const history = openHistory({ path })
  ingest(history, payloads(ranks, 1, steps, true))
  const store = openStore(path)
  const windowMs = []
  for (let round = 0; round < REPEATS; round += 1) {
    const start = performance.now()
    const snapshot = await store.readStepTime({ windowSize: 10_000 })
    windowMs.push(performance.now() - start)
    if (snapshot.ranks.length !== ranks) throw new Error('ranks are missing')
  }
  let cursor = await store.readStepTimeLive(LIVE, null)
  const newMs = []
  const idleMs = []
  for (let round = 0; round < LIVE_ROUNDS; round += 1) {
    ingest(history, payloads(ranks, steps + 1 + round * PER_FRAME, PER_FRAME))
    const start = performance.now()
    const next = await store.readStepTimeLive(LIVE, cursor)
    newMs.push(performance.now() - start)
    if (next === cursor) throw new Error('the refresh saw no new rows')
    const again = performance.now()
    cursor = await store.readStepTimeLive(LIVE, next)
    idleMs.push(performance.now() - again)
  }
  await store.close()
  history.finalize()
  rmSync(folder, { recursive: true })
  return { windowMs: median(windowMs), newMs: median(newMs), idleMs: median(idleMs) }
}

burst(8)
for (const ranks of [8, 64]) {
  const runs = Array.from({ length: REPEATS }, () => burst(ranks))
  report({
    id: 'S1',
    quantity: `history writer alone, ${ranks} ranks`,
    unit: 'CPU-s/100k',
    ours: median(runs.map((run) => run.cpuPer100k)),
    limit: median(runs.map((run) => run.limit)),
    note: `median of ${REPEATS} x ${ROWS} rows; limit: better-sqlite3 alone, JSON text ready`,
  })
}
for (const [ranks, steps, aim] of [
  [8, 4000, 3],
  [64, 1000, 12],
]) {
  const { windowMs, newMs, idleMs } = await read(ranks, steps)
  report({
    id: 'D22',
    quantity: `step-time live refresh with new rows, ${ranks} ranks`,
    unit: 'ms',
    ours: newMs,
    aim,
    note: `median of ${LIVE_ROUNDS}, ${PER_FRAME} new rows a rank; whole window of ${ranks} x ${steps}: ${Math.round(windowMs)} ms`,
  })
  report({
    id: 'D24',
    quantity: `the same with nothing new, ${ranks} ranks`,
    unit: 'ms',
    ours: idleMs,
    aim: 1,
    note: `median of ${LIVE_ROUNDS}`,
  })
}
