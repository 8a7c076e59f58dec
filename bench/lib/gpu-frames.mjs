// Frames of a training on GPUs: per rank and step a step-time row of six events on both clocks and a
// memory row, per 20 steps a process row, per node and 20 steps a system row with eight GPUs.
import { encodePayload } from '@traceml/codec'
import { PHASE_EVENTS, PHASES, SAMPLER_NAMES } from '@traceml/contracts'

const RANKS_PER_NODE = 8
const WALL_SECONDS = 1_795_406_279.25
const SECONDS_PER_STEP = 0.1
const STEPS_PER_FRAME = 20
/** Milliseconds of each phase, +-10 %; the last rank's forward takes 30 % longer. */
const PHASE_MS = {
  input_wait: 5,
  h2d: 2,
  forward: 20,
  backward: 40,
  optimizer_step: 8,
  traced_step_time: 75,
}
const GIB = 1024 ** 3

function createRandom(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const secondsAt = (step) => WALL_SECONDS + step * SECONDS_PER_STEP

function meta(rank, world, sampler, step) {
  const node = Math.floor(rank / RANKS_PER_NODE)
  return {
    rank,
    global_rank: rank,
    local_rank: rank % RANKS_PER_NODE,
    world_size: world,
    local_world_size: Math.min(RANKS_PER_NODE, world),
    node_rank: node,
    hostname: `worker-${node}`,
    pid: 1000 + rank,
    sampler,
    timestamp: secondsAt(step),
  }
}

function stepRow(step, rank, world, random) {
  const events = {}
  for (const phase of PHASES) {
    const slow = phase === 'forward' && rank === world - 1 ? 1.3 : 1
    const ms = PHASE_MS[phase] * slow * (0.9 + 0.2 * random())
    const stats = { is_gpu: true, duration_ms: ms, cpu_ms: ms * 0.6, gpu_ms: ms, n_calls: 1 }
    events[PHASE_EVENTS[phase]] = { 'cuda:0': stats }
  }
  return { seq: step, timestamp: secondsAt(step), step, events }
}

function memoryRow(step, rank, random) {
  const peak = (20 + random()) * GIB
  const device = `cuda:${rank % RANKS_PER_NODE}`
  const peaks = { peak_alloc: Math.round(peak), peak_resv: Math.round(peak * 1.2) }
  return { seq: step, ts: secondsAt(step), model_id: 140_409_068_121_168, device, step, ...peaks }
}

function processRow(step, rank, random) {
  return {
    seq: step,
    ts: secondsAt(step),
    pid: 1000 + rank,
    cpu: 80 + 20 * random(),
    cpu_cores: 64,
    ram_used: (4 + random()) * GIB,
    ram_total: 512 * GIB,
    gpu_available: true,
    gpu_count: RANKS_PER_NODE,
    gpu: {
      device: rank % RANKS_PER_NODE,
      mem_used: (20 + random()) * GIB,
      mem_reserved: 25 * GIB,
      mem_total: 80 * GIB,
    },
  }
}

function systemRow(step, random) {
  const gpu = () => [
    70 + 20 * random(),
    (25 + random()) * GIB,
    80 * GIB,
    60 + 10 * random(),
    300 + 50 * random(),
    400,
  ]
  return {
    seq: step,
    ts: secondsAt(step),
    cpu: 30 + 20 * random(),
    ram_used: 100 * GIB,
    ram_total: 512 * GIB,
    gpu_available: true,
    gpu_count: RANKS_PER_NODE,
    gpus: Array.from({ length: RANKS_PER_NODE }, gpu),
  }
}

/** One payload per rank and 20 steps, the ranks in turn. @param {number} ranks @param {number} steps */
export function* gpuPayloads(ranks, steps) {
  const random = createRandom(1)
  for (let first = 1; first <= steps; first += STEPS_PER_FRAME) {
    for (let rank = 0; rank < ranks; rank += 1) {
      const numbers = Array.from({ length: STEPS_PER_FRAME }, (_, index) => first + index)
      const envelope = ({ sampler, table }, rows) => ({
        meta: meta(rank, ranks, sampler, first),
        body: { tables: { [table]: rows } },
      })
      const ofNode =
        rank % RANKS_PER_NODE === 0
          ? [envelope(SAMPLER_NAMES.system, [systemRow(first, random)])]
          : []
      yield encodePayload([
        ...ofNode,
        envelope(SAMPLER_NAMES.process, [processRow(first, rank, random)]),
        envelope(
          SAMPLER_NAMES.stepTime,
          numbers.map((step) => stepRow(step, rank, ranks, random)),
        ),
        envelope(
          SAMPLER_NAMES.stepMemory,
          numbers.map((step) => memoryRow(step, rank, random)),
        ),
      ])
    }
  }
}
