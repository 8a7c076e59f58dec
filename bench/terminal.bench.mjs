// A tick of the terminal's view with new rows in it: rows into the live session, its payload, the
// payload to another process and back into objects, and the whole screen as text.
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { drawLive } from '@traceml/display-terminal'
import { createLiveSession } from '@traceml/live'
import { median, report } from './lib/report.mjs'

const TARGET = { columns: 200, rows: 60, color: true, interactive: true }
const TICKS = 60
const WARM_UP = 20
const TICK_S = 1
const STEPS_PER_TICK = 5
const GIB = 1024 ** 3
/** Milliseconds that a tick may take by ranks. */
const AIMS = { 8: 15, 64: 40, 256: 120 }

/** Reproducible noise from 0 to 1. */
function noise(seed) {
  const value = Math.sin(seed * 12.9898) * 43758.5453
  return value - Math.floor(value)
}

function stepRows(ranks, firstStep) {
  const count = ranks * STEPS_PER_TICK
  const rows = {
    ranks: new Float64Array(count),
    steps: new Float64Array(count),
    present: new Uint8Array(count).fill(0b111101),
    values: new Float64Array(count * 12).fill(Number.NaN),
  }
  for (let index = 0; index < count; index += 1) {
    const rank = index % ranks
    const step = firstStep + Math.floor(index / ranks)
    const jitter = noise(rank * 7919 + step)
    rows.ranks[index] = rank
    rows.steps[index] = step
    const [input, forward, backward, optimizer] = [30 + 9 * jitter, 40, 80 + 5 * jitter, 8]
    const traced = forward + backward + optimizer + 4
    rows.values.set([input, Number.NaN, forward, backward, optimizer, traced], index * 12)
  }
  return rows
}

function memoryRows({ ranks, steps }) {
  const peak = ranks.map((rank, index) => (40 + noise(rank + steps[index]) * 4) * GIB)
  const unknown = new Float64Array(ranks.length).fill(Number.NaN)
  return {
    ranks,
    steps,
    peakAllocatedBytes: peak,
    peakReservedBytes: peak.map((bytes) => bytes * 1.1),
    liveBytes: unknown,
    liveTensorCount: unknown,
    devices: Array.from(ranks, () => 'cuda:0'),
  }
}

const identityOf = (rank, ranks) => ({
  globalRank: rank,
  localRank: rank % 8,
  worldSize: ranks,
  localWorldSize: Math.min(8, ranks),
  nodeRank: Math.floor(rank / 8),
  hostname: `gpu-node-${Math.floor(rank / 8)}`,
  pid: 1000 + rank,
})

function batchOf(ranks, tick) {
  const steps = stepRows(ranks, tick * STEPS_PER_TICK + 1)
  return {
    identities:
      tick === 0 ? Array.from({ length: ranks }, (_, rank) => identityOf(rank, ranks)) : [],
    steps,
    memory: memoryRows(steps),
    system: [],
    gpus: [],
    process: [],
    lines: Array.from({ length: 20 }, (_, line) => ({
      rank: 0,
      ts: tick,
      line: `loss ${noise(line + tick)}`,
    })),
    strategy: 'ddp',
  }
}

function factsOf(ranks, tick) {
  return {
    now_s: tick * TICK_S + 0.5,
    wall_s: 1_760_000_000 + tick,
    status: 'running',
    ranks: Array.from({ length: ranks }, (_, rank) => ({
      global_rank: rank,
      connected: true,
      finished: false,
      closed_for_s: null,
    })),
    end: null,
    rows_received: tick * ranks * STEPS_PER_TICK,
    bytes_received: 0,
    steps_lost: 0,
    rows_lost: 0,
    messages_lost: 0,
    backlog_messages: 0,
    notes: [],
  }
}

function measure(ranks) {
  const session = createLiveSession({
    run: {
      session_id: 'bench',
      run_name: 'bench',
      profile: 'run',
      started_at: 1_760_000_000,
      ranks_expected: ranks,
      interval_s: TICK_S,
      history_enabled: true,
      total_steps: 100_000,
      samples_per_step: null,
      trace_max_steps: null,
    },
  })
  const whole = []
  const drawing = []
  let cpuUs = 0
  for (let tick = 0; tick < TICKS; tick += 1) {
    const batch = batchOf(ranks, tick)
    const facts = factsOf(ranks, tick)
    const cpu = process.cpuUsage()
    const start = performance.now()
    session.add(batch, facts.now_s)
    const sent = JSON.stringify(session.tick(facts))
    const payload = JSON.parse(sent)
    const drawStart = performance.now()
    const text = drawLive(payload, TARGET).join('\n')
    const end = performance.now()
    if (!text.includes('input wait')) throw new Error(`The view shows no steps:\n${text}`)
    const used = process.cpuUsage(cpu)
    if (tick < WARM_UP) continue
    cpuUs += used.user + used.system
    whole.push(end - start)
    drawing.push(end - drawStart)
  }
  return { whole: median(whole), drawing: median(drawing), cpu: cpuUs / 1000 / whole.length }
}

for (const [ranks, aim] of Object.entries(AIMS)) {
  const { whole, drawing, cpu } = measure(Number(ranks))
  report({
    id: 'T1',
    quantity: `terminal tick with new rows, ${ranks} ranks`,
    unit: 'ms',
    ours: whole,
    aim,
    note: `compute, hand over, draw 200 x 60; drawing alone ${drawing.toFixed(1)} ms; ${cpu.toFixed(1)} ms of CPU`,
  })
}
