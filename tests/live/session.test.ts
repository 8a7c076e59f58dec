import type { LiveEnd, LiveEngine, LivePayload, LiveRankFact } from '@traceml/contracts'
import { createLiveSession } from '@traceml/live'
import { expect, test } from 'vitest'
import {
  connected,
  EMPTY,
  EVEN,
  factsAt,
  identity,
  memoryRows,
  processRow,
  RUN,
  type StepMs,
  stepRows,
  systemRows,
  upTo,
} from './support.js'

const GIB = 1024 ** 3

interface Feed {
  readonly world: number
  /** Ranks that make steps at tick `t`; default all. */
  readonly stepping?: (rank: number, t: number) => boolean
  /** Ranks whose process reports at tick `t`; default all. */
  readonly reporting?: (rank: number, t: number) => boolean
  readonly of?: (rank: number, step: number) => StepMs
  readonly bytesOf?: (rank: number, step: number) => number
}

/** Feeds ticks of 2 s with ten steps each; ranks that hang stay where they are. */
function feed(session: LiveEngine, ticks: readonly number[], options: Feed): void {
  const { world, stepping = () => true, reporting = () => true, of = () => EVEN } = options
  for (const t of ticks) {
    const ranks = upTo(world).filter((rank) => stepping(rank, t))
    const alive = upTo(world).filter((rank) => reporting(rank, t))
    const nodes = [...new Set(alive.filter((rank) => rank % 8 === 0).map((rank) => rank / 8))]
    const hosts = nodes.map((node) => systemRows(node, t, 2))
    session.add(
      {
        ...EMPTY,
        identities: t === 0 ? upTo(world).map((rank) => identity(rank, world)) : [],
        steps: stepRows(ranks, upTo(10, 1 + t * 10), of),
        memory: memoryRows(ranks, upTo(10, 1 + t * 10), options.bytesOf),
        process: alive.map((rank) => processRow(rank, t, world)),
        system: hosts.flatMap(({ system }) => system),
        gpus: hosts.flatMap(({ gpus }) => gpus),
        strategy: 'ddp',
      },
      t * 2,
    )
  }
}

function session(world: number, extra: Partial<typeof RUN> = {}): LiveEngine {
  return createLiveSession({ run: { ...RUN, ranks_expected: world, ...extra } })
}

const ranksOf = (payload: LivePayload): readonly string[] =>
  payload.ranks.map(({ global_rank: rank, freshness }) => `${rank} ${freshness.state}`)

test('nothing has arrived: everything waits, nothing is zero', () => {
  const payload = session(4).tick(factsAt(3, []))
  expect(payload.run).toMatchObject({
    status: 'waiting',
    ranks_seen: 0,
    freshness: { age_s: null },
  })
  expect(payload.verdict).toMatchObject({ kind: 'WAITING', tone: 'neutral' })
  expect(payload.verdict.summary).toBe('Waiting for telemetry: 0 of 4 ranks have reported.')
  const { layers, ...awaited } = payload.sections
  expect(layers.freshness.state).toBe('not_applicable')
  for (const section of Object.values(awaited)) {
    expect(section).toMatchObject({ body: null, verdict: null, freshness: { state: 'waiting' } })
  }
  expect(payload.progress).toMatchObject({ steps_completed: null, steps_per_s: null, eta_s: null })
})

test('calm hosts are no news of a training whose first step is awaited', () => {
  const live = session(2)
  live.add({ ...EMPTY, process: [processRow(0, 0, 2)], ...systemRows(0, 0, 1) }, 0)
  const payload = live.tick(factsAt(1, [0, 1]))
  expect(payload.verdict).toMatchObject({
    kind: 'WAITING',
    summary: 'Waiting for the first step: 1 of 2 ranks have reported.',
  })
  expect(payload.sections.process.verdict?.kind).toBe('NORMAL')
  expect(payload.ranks[0]?.freshness).toMatchObject({
    state: 'waiting',
    reason: 'Rank 0 reports, and has completed no step yet.',
  })
})

test('one rank: shares, progress and the time that is left', () => {
  const live = session(1, { total_steps: 1000, samples_per_step: 32 })
  const slow = { ...EVEN, input: 60, traced: 72 }
  feed(live, upTo(20), { world: 1, of: () => slow })
  const payload = live.tick(factsAt(38.5, [0]))
  const { step_time: stepTime } = payload.sections
  expect(payload.run.freshness.state).toBe('live')
  expect(stepTime.verdict).toMatchObject({ kind: 'INPUT_BOUND', severity: 'crit', tone: 'crit' })
  expect(payload.verdict.kind).toBe('INPUT_BOUND')
  expect(stepTime.body?.metrics[0]).toMatchObject({ key: 'step_time', median_ms: 132 })
  expect(stepTime.body?.composition?.phases_ms.input_wait).toBe(60)
  expect(stepTime.body?.straggler).toBeNull()
  expect(stepTime.body?.series.steps.at(-1)).toBe(200)
  expect(payload.progress).toMatchObject({ steps_completed: 200, completed_ratio: 0.2 })
  expect(payload.progress.steps_per_s).toBeCloseTo(5, 5)
  expect(payload.progress.samples_per_s).toBeCloseTo(160, 4)
  expect(payload.progress.eta_s).toBeCloseTo(160, 4)
  expect(payload.ranks[0]).toMatchObject({ is_slowest: false, process: { cpu_percent: 100 } })
  expect(payload.nodes[0]?.gpus[0]).toMatchObject({ ranks: [0], temperature_state: 'ok' })
  expect(JSON.parse(JSON.stringify(payload))).toEqual(payload)
})

test('GPUs are labelled by the newest row that names them, by node and position', () => {
  const live = session(16)
  const device = (position: number, node: number, host: number, pids: readonly number[]) => ({
    global_rank: node * 8,
    node_rank: node,
    gpu_idx: position,
    host_index: host,
    uuid: `GPU-${node}-${host}`,
    name: 'A100',
    mem_total_bytes: null,
    processes: pids.map((pid) => ({ pid, mem_used_bytes: null })),
  })
  for (const node of [0, 1]) live.add({ ...EMPTY, ...systemRows(node, 1, 2) }, 1)
  const row = device(0, 1, 5, [7])
  const odd = { ...device(2 ** 40, 1, 5, []), node_rank: 1 }
  live.add({ ...EMPTY, gpuDevices: [device(0, 0, 2, []), row, odd] }, 1)
  live.add({ ...EMPTY, gpuDevices: [{ ...row, processes: null }] }, 2)
  const { nodes } = live.tick(factsAt(2, null))
  expect(nodes.map(({ gpus }) => gpus.map((gpu) => [gpu.host_index, gpu.uuid]))).toEqual([
    [
      [2, 'GPU-0-2'],
      [null, null],
    ],
    [
      [5, 'GPU-1-5'],
      [null, null],
    ],
  ])
  expect(nodes[1]?.gpus[0]).toMatchObject({ idx: 0, name: 'A100', processes: null })
})

test('a phase that was not measured is null, a measured zero is zero', () => {
  const live = session(1)
  feed(live, upTo(5), { world: 1, of: () => ({ input: 0, forward: 20, traced: 75 }) })
  const [rank] = live.tick(factsAt(8, [0])).ranks
  expect(rank?.phases_ms).toEqual({
    input_wait: 0,
    h2d: null,
    forward: 20,
    backward: null,
    optimizer_step: null,
    residual: null,
  })
})

test('steps that bring no memory: awaited at first, then said not to come, and shown if it comes', () => {
  const live = session(1)
  const add = (from: number, to: number): void =>
    live.add(
      { ...EMPTY, identities: [identity(0, 1)], steps: stepRows([0], upTo(to - from + 1, from)) },
      to / 10,
    )
  const state = (at: number): string =>
    live.tick(factsAt(at, [0])).sections.step_memory.freshness.state
  add(1, 10)
  expect(state(1)).toBe('waiting')
  add(11, 30)
  expect(state(3)).toBe('not_applicable')
  live.add({ ...EMPTY, memory: memoryRows([0], upTo(20, 11)) }, 3.1)
  expect(state(3.2)).toBe('live')
})

test('a straggler that recurs is named with its habit', () => {
  const live = session(4)
  const of = (rank: number, step: number): StepMs => {
    const late = step % 5 !== 0
    if (!late) return EVEN
    return rank === 2 ? { ...EVEN, input: 45, traced: 75 } : { ...EVEN, backward: 80, traced: 115 }
  }
  feed(live, upTo(20), { world: 4, of })
  const payload = live.tick(factsAt(38, upTo(4)))
  expect(payload.verdict).toMatchObject({ kind: 'INPUT_STRAGGLER', ranks: [2] })
  expect(payload.sections.step_time.body?.straggler).toMatchObject({
    rank: 2,
    cause: 'input',
    pattern: 'persistent',
    same_rank_ratio: 1,
  })
  expect(payload.sections.step_time.body?.straggler?.recurrence_ratio).toBeCloseTo(0.8)
  expect(payload.ranks.map(({ is_culprit }) => is_culprit)).toEqual([false, false, true, false])
})

test('a rank that hangs holds the others: it is the one named, within 3 intervals and 5 s', () => {
  const live = session(4)
  feed(live, upTo(10), { world: 4 })
  // From now on nobody makes steps, and rank 3 says nothing at all.
  feed(live, upTo(8, 10), {
    world: 4,
    stepping: () => false,
    reporting: (rank) => rank !== 3,
  })
  const soon = live.tick(factsAt(18 + 10.5, upTo(4)))
  expect(ranksOf(soon)).toEqual(['0 stale', '1 stale', '2 stale', '3 stale'])
  const payload = live.tick(factsAt(18 + 11, upTo(4)))
  expect(ranksOf(payload)).toEqual(['0 stalled', '1 stalled', '2 stalled', '3 stalled'])
  expect(payload.verdict).toMatchObject({ kind: 'STALLED', severity: 'crit', ranks: [3] })
  expect(payload.verdict.summary).toBe(
    'Rank 3 has completed no step after step 100 for 11 s; its process sends nothing either. Ranks 0, 1, 2 have stopped, too.',
  )
  expect(payload.sections.step_time.freshness).toMatchObject({ state: 'stalled', newest_step: 100 })
  expect(payload.run.freshness.state).toBe('stalled')
})

test('slow steps are no stall: the expectation is learned', () => {
  const live = session(1)
  for (let index = 0; index < 10; index += 1) {
    live.add(
      { ...EMPTY, steps: stepRows([0], [index], () => ({ input: 1, traced: 29_000 })) },
      index * 30,
    )
  }
  expect(live.tick(factsAt(270 + 59, [0])).ranks[0]?.freshness.state).toBe('live')
  const late = live.tick(factsAt(270 + 94, [0])).ranks[0]?.freshness
  expect(late).toMatchObject({ state: 'stale', expected_interval_s: 30 })
  expect(live.tick(factsAt(270 + 95, [0])).ranks[0]?.freshness.state).toBe('stalled')
})

test('a lost node is named and hides nobody', () => {
  const live = session(16)
  feed(live, upTo(10), { world: 16 })
  feed(live, upTo(10, 10), {
    world: 16,
    stepping: (rank) => rank < 8,
    reporting: (rank) => rank < 8,
  })
  const gone = (rank: number): LiveRankFact => ({
    ...connected(rank),
    connected: rank < 8,
    closed_for_s: rank < 8 ? null : 18,
  })
  const payload = live.tick(factsAt(38, upTo(16), { ranks: upTo(16).map(gone) }))
  expect(payload.verdict).toMatchObject({ kind: 'LOST_NODE', ranks: upTo(8, 8) })
  expect(payload.verdict.summary).toContain('Node 1 (node-1) is lost: ranks 8, 9,')
  expect(payload.nodes.map(({ freshness }) => freshness.state)).toEqual(['live', 'lost_source'])
  expect(payload.sections.step_time.freshness).toMatchObject({ state: 'live', newest_step: 200 })
  expect(payload.sections.step_time.body?.window).toMatchObject({
    last_step: 200,
    ranks_present: 8,
    ranks_known: 16,
  })
  expect(payload.progress.steps_completed).toBe(200)
  expect(payload.ranks[12]).toMatchObject({ last_step: 100, steps_behind: 100 })
})

test('memory pressure is judged against the device, with the numbers beside it', () => {
  const live = session(2)
  feed(live, upTo(10), { world: 2, bytesOf: (rank) => (rank === 1 ? 74 : 40) * GIB })
  const { step_memory: memory } = live.tick(factsAt(18, [0, 1])).sections
  expect(memory.verdict).toMatchObject({ kind: 'HIGH_PRESSURE', severity: 'crit', ranks: [1] })
  expect(memory.body).toMatchObject({ capacity_bytes: 80 * GIB })
  expect(memory.body?.pressure_ratio).toBeCloseTo((74 * 1.05) / 80)
})

test('the profile watch has no step sections, and says why', () => {
  const live = session(1, { profile: 'watch' })
  live.add({ ...EMPTY, process: [processRow(0, 0, 1)], ...systemRows(0, 0, 1) }, 0)
  const payload = live.tick(factsAt(1, [0]))
  expect(payload.sections.step_time).toMatchObject({
    body: null,
    freshness: { state: 'not_applicable', reason: expect.stringContaining('watch') },
  })
  expect(payload.ranks[0]?.freshness.state).toBe('live')
  expect(payload.verdict.section).not.toBe('step_time')
})

test('the end is kept: last numbers, who finished, where the report is', () => {
  const live = session(2)
  feed(live, upTo(10), { world: 2 })
  const end: LiveEnd = {
    ended_at: 1_760_000_030,
    outcome: 'completed',
    exit_code: 0,
    message: null,
    reports: [{ kind: 'text', path: '/x/final_summary.txt' }],
  }
  const finished = [0, 1].map((rank) => ({ ...connected(rank), finished: true }))
  const payload = live.tick(factsAt(900, [], { status: 'ended', end, ranks: finished }))
  expect(payload.run).toMatchObject({ status: 'ended', end, elapsed_s: 30, ranks_finished: 2 })
  expect(ranksOf(payload)).toEqual(['0 ended', '1 ended'])
  expect(payload.sections.step_time).toMatchObject({ freshness: { state: 'ended' } })
  expect(payload.sections.step_time.body?.window.last_step).toBe(100)
  expect(payload.verdict.section).not.toBe('run')
})

test('recording that stopped on demand is no stall', () => {
  const live = session(1, { trace_max_steps: 100 })
  feed(live, upTo(10), { world: 1 })
  expect(live.tick(factsAt(500, [0])).ranks[0]?.freshness).toMatchObject({ state: 'ended' })
})

test('what is not new is not computed again, and its age grows', () => {
  const live = session(2)
  feed(live, upTo(10), { world: 2 })
  const first = live.tick(factsAt(18, [0, 1]))
  const second = live.tick(factsAt(19, [0, 1]))
  expect(second.seq).toBe(first.seq + 1)
  expect(second.sections.step_time.body).toBe(first.sections.step_time.body)
  expect(second.sections.step_time.freshness.age_s).toBe(1)
})

test('rows of nonsense cost nothing', () => {
  const live = session(1)
  const rows = stepRows([0], [1, 2, 3])
  rows.ranks[1] = Number.NaN
  rows.steps[2] = -4
  rows.values.fill(Number.POSITIVE_INFINITY, 0, 12)
  live.add({ ...EMPTY, steps: rows, identities: [{ ...identity(0, 1), global_rank: -1 }] }, 1)
  const payload = live.tick(factsAt(2, [0]))
  expect(payload.ranks).toHaveLength(1)
  expect(JSON.stringify(payload)).not.toMatch(/NaN|Infinity/)
})
