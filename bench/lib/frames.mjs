// Frames as training ranks send them: process, step-time and step-memory rows of the wire.
import { encodeFrame } from '@traceml/codec'
import { PHASE_EVENTS, SAMPLER_NAMES } from '@traceml/contracts'

const NAMES = [
  PHASE_EVENTS.input_wait,
  PHASE_EVENTS.forward,
  PHASE_EVENTS.backward,
  PHASE_EVENTS.optimizer_step,
  PHASE_EVENTS.traced_step_time,
]
const RANKS_PER_NODE = 8
const WALL_SECONDS = 1_795_406_279.25

/** Deterministic numbers from 0 to 1. @param {number} seed */
function createRandom(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const random = createRandom(1)

function meta(rank, world, sampler) {
  return {
    rank,
    global_rank: rank,
    local_rank: rank % RANKS_PER_NODE,
    world_size: world,
    local_world_size: Math.min(RANKS_PER_NODE, world),
    node_rank: Math.floor(rank / RANKS_PER_NODE),
    hostname: `worker-${Math.floor(rank / RANKS_PER_NODE)}`,
    pid: 1000 + rank,
    sampler,
    timestamp: WALL_SECONDS,
  }
}

/** One row of five events on one device: 541 bytes of MessagePack. */
function stepRow(step) {
  const events = {}
  for (const name of NAMES) {
    const ms = 10 * (0.9 + 0.2 * random())
    const stats = { is_gpu: false, duration_ms: ms, cpu_ms: ms, gpu_ms: null, n_calls: 1 }
    events[name] = { cpu: stats }
  }
  return { seq: step, timestamp: WALL_SECONDS + step * 0.1, step, events }
}

function memoryRow(step) {
  return {
    seq: step,
    ts: WALL_SECONDS + step * 0.1,
    model_id: 140_409_068_121_168,
    device: 'cpu',
    step,
    peak_alloc: 1e9 + step,
    peak_resv: 2e9 + step,
  }
}

function processRow(step) {
  return {
    seq: step,
    ts: WALL_SECONDS + step * 0.1,
    pid: 77,
    cpu: 54.9,
    cpu_cores: 2,
    ram_used: 262_254_592,
    ram_total: 25_276_502_016,
    gpu_available: false,
    gpu_count: 0,
    gpu: null,
  }
}

/**
 * One frame of one rank: a process row, `steps` step-time rows and, if wanted, as many memory rows.
 *
 * @param {{ rank: number, world: number, first: number, steps: number, memory?: boolean }} what
 * @returns {Uint8Array}
 */
export function rankFrame({ rank, world, first, steps, memory = false }) {
  const numbers = Array.from({ length: steps }, (_, index) => first + index)
  const envelope = ({ sampler, table }, rows) => ({
    meta: meta(rank, world, sampler),
    body: { tables: { [table]: rows } },
  })
  const batch = [
    envelope(SAMPLER_NAMES.process, [processRow(first)]),
    envelope(SAMPLER_NAMES.stepTime, numbers.map(stepRow)),
  ]
  if (memory) batch.push(envelope(SAMPLER_NAMES.stepMemory, numbers.map(memoryRow)))
  return encodeFrame(batch)
}

/** The last frame of a rank. @param {number} rank @param {number} world */
export function finishedFrame(rank, world) {
  return encodeFrame([
    {
      _traceml_control: 'rank_finished',
      global_rank: rank,
      world_size: world,
      node_rank: Math.floor(rank / RANKS_PER_NODE),
      hostname: `worker-${Math.floor(rank / RANKS_PER_NODE)}`,
      timestamp: WALL_SECONDS,
    },
  ])
}
