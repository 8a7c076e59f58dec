// A running training as data: what a tick costs, and what a dashboard on a long run needs.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { startAggregator } from '@traceml/aggregator'
import { serveDashboard } from '@traceml/display-web'
import { createLiveSession } from '@traceml/live'
import { createLiveRowDecoder } from '@traceml/storage/live'
import { rankFrame } from './lib/frames.mjs'
import { median, report } from './lib/report.mjs'

const ROUNDS = 21
const WARMUP_ROUNDS = 45
const STEPS_PER_ROUND = 20
const INTERVAL_S = 2
const LONG_STEPS = 1_000_000
const MIB = 1_048_576

function createSession(ranks) {
  return createLiveSession({
    run: {
      session_id: 'bench',
      run_name: 'bench',
      profile: 'run',
      started_at: null,
      ranks_expected: ranks,
      interval_s: INTERVAL_S,
      history_enabled: true,
      total_steps: null,
      samples_per_step: null,
      trace_max_steps: null,
    },
  })
}

function factsAt(nowS, ranks) {
  return {
    now_s: nowS,
    wall_s: 1_760_000_000 + nowS,
    status: 'running',
    ranks: Array.from({ length: ranks }, (_, rank) => ({
      global_rank: rank,
      connected: true,
      finished: false,
      closed_for_s: null,
    })),
    ranks_expected: ranks,
    end: null,
    rows_received: 0,
    bytes_received: 0,
    steps_lost: null,
    rows_lost: 0,
    messages_lost: 0,
    backlog_messages: 0,
    notes: [],
  }
}

/** The rows of one interval of all ranks, as the writer hands them over. */
function rowsOf(decoder, ranks, first, memory) {
  for (let rank = 0; rank < ranks; rank += 1) {
    const frame = rankFrame({ rank, world: ranks, first, steps: STEPS_PER_ROUND, memory })
    decoder.ingestFrame(frame.subarray(4), 0n)
  }
  return decoder.drain()
}

function measureTicks(ranks, memory) {
  const session = createSession(ranks)
  const decoder = createLiveRowDecoder()
  let first = 1
  let nowS = 0
  const round = () => {
    const batch = rowsOf(decoder, ranks, first, memory)
    // The sampler of processes runs beside the steps; here only what is asked for is new.
    const rows = memory ? batch : { ...batch, process: [] }
    first += STEPS_PER_ROUND
    nowS += INTERVAL_S
    const start = performance.now()
    session.add(rows, nowS)
    session.tick(factsAt(nowS, ranks))
    return performance.now() - start
  }
  for (let index = 0; index < WARMUP_ROUNDS; index += 1) round()
  const newMs = []
  const idleMs = []
  for (let index = 0; index < ROUNDS; index += 1) {
    newMs.push(round())
    const start = performance.now()
    session.tick(factsAt(nowS, ranks))
    idleMs.push(performance.now() - start)
  }
  return { newMs: median(newMs), idleMs: median(idleMs) }
}

/** Resident memory of an aggregator with a dashboard that somebody looks at, after a long run. */
async function measureLongRun() {
  const folder = mkdtempSync(join(tmpdir(), 'traceml-bench-'))
  const aggregator = await startAggregator({
    sessionId: 'bench',
    sessionDirectory: join(folder, 'run'),
    live: { engine: createSession(1), intervalSeconds: INTERVAL_S },
  })
  const dashboard = await serveDashboard(aggregator.live, { port: 0 })
  const events = await fetch(`http://127.0.0.1:${dashboard.port}/events`)
  const reader = events.body.getReader()
  let received = 0
  void (async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      received += value.length
    }
  })().catch(() => {})
  const sender = new URL('./lib/send-steps.mjs', import.meta.url)
  const child = fork(sender, [String(aggregator.port), String(LONG_STEPS)], { execArgv: [] })
  let peakBytes = 0
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
  }, 100)
  await once(child, 'exit')
  while (aggregator.live.payload().progress.steps_completed !== LONG_STEPS) {
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  clearInterval(timer)
  const start = performance.now()
  const series = await aggregator.live.series({ points: 500 })
  const seriesMs = performance.now() - start
  await dashboard.stop()
  await aggregator.stop()
  rmSync(folder, { recursive: true, force: true })
  if (series.newest_step !== LONG_STEPS || received === 0) throw new Error('the view is incomplete')
  return { peakBytes, seriesMs }
}

// First of all, so that nothing else is in the memory of this process.
const { peakBytes, seriesMs } = await measureLongRun()
report({
  id: 'L4',
  quantity: 'aggregator with a dashboard open, 1M steps: peak of resident memory',
  unit: 'MiB',
  ours: Math.round(peakBytes / MIB),
  aim: 300,
  note: `one rank, steps and their memory, sent as fast as they are taken; 500 points of the whole run: ${seriesMs.toFixed(1)} ms`,
})
for (const [ranks, stepAim, wholeAim] of [
  [8, 3, 15],
  [64, 12, 40],
  [256, 45, 120],
]) {
  const steps = measureTicks(ranks, false)
  report({
    id: 'L1',
    quantity: `payload with new steps, ${ranks} ranks`,
    unit: 'ms',
    ours: steps.newMs,
    aim: stepAim,
    note: `median of ${ROUNDS}, ${STEPS_PER_ROUND} new rows a rank, from rows to payload`,
  })
  const whole = measureTicks(ranks, true)
  report({
    id: 'L2',
    quantity: `payload with everything new, ${ranks} ranks`,
    unit: 'ms',
    ours: whole.newMs,
    aim: wholeAim,
    note: `the same with memory of steps and processes; drawing not included`,
  })
  report({
    id: 'L3',
    quantity: `payload with nothing new, ${ranks} ranks`,
    unit: 'ms',
    ours: steps.idleMs,
    aim: 1,
    note: `median of ${ROUNDS}`,
  })
}
