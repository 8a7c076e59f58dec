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

/** Rows of one sampled step of every rank: four quantities of each layer. */
function layerRows(ranks, layers, step) {
  const who = { node_rank: 0, hostname: 'bench', sample_ts_s: null, model_id: 0, step }
  const none = { phase_cpu_ms: null, phase_gpu_ms: null, every: null, cost_ms: null, step_ms: null }
  return Array.from({ length: ranks }, (_, rank) =>
    ['forward_time', 'backward_time', 'forward_memory', 'backward_memory'].map((kind) => {
      const isTime = kind.endsWith('_time')
      return {
        ...who,
        ...none,
        id: step,
        global_rank: rank,
        kind,
        device: 'cpu',
        layers: [...layers],
        values: layers.map((_name, layer) => (isTime ? 1 + ((step + layer) % 7) / 10 : 4096)),
        gpu_ms: null,
        n_calls: isTime ? layers.map(() => 1) : null,
        ...(isTime ? { phase_cpu_ms: 80 } : {}),
        ...(kind === 'forward_time' ? { every: 20, cost_ms: 2, step_ms: 200 } : {}),
      }
    }),
  ).flat()
}

/** A tick with a new sampled step of every rank over the same tick without. */
function measureLayers(ranks, layerCount) {
  const session = createSession(ranks)
  const layers = Array.from({ length: layerCount }, (_, layer) => `block.${layer >> 3}.${layer}`)
  const steps = rowsOf(createLiveRowDecoder(), ranks, 1, false)
  session.add({ ...steps, process: [] }, 0)
  const withMs = []
  const withoutMs = []
  for (let round = 0; round < WARMUP_ROUNDS + 64; round += 1) {
    const nowS = (round + 1) * INTERVAL_S
    const rows = layerRows(ranks, layers, round + 1)
    const start = performance.now()
    session.add({ ...steps, steps: null, process: [], identities: [], layerSamples: rows }, nowS)
    const { sections } = session.tick(factsAt(nowS, ranks))
    const between = performance.now()
    session.tick(factsAt(nowS, ranks))
    if (sections.layers.error !== null) throw new Error(sections.layers.error)
    if (round < WARMUP_ROUNDS) continue
    withMs.push(between - start)
    withoutMs.push(performance.now() - between)
  }
  return { newMs: median(withMs), idleMs: median(withoutMs) }
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
for (const [ranks, layers, aim] of [
  [1, 50, 2],
  [8, 50, 10],
]) {
  const { newMs, idleMs } = measureLayers(ranks, layers)
  report({
    id: 'L5',
    quantity: `payload with a new sampled step of ${layers} layers, ${ranks} ${ranks === 1 ? 'rank' : 'ranks'}`,
    unit: 'ms',
    ours: newMs,
    aim,
    note: `median of 64; the newest 64 sampled steps of each rank are combined; with nothing new ${idleMs.toFixed(2)} ms`,
  })
}
