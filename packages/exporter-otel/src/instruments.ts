import { LIVE_PHASES, type LiveNode, type LivePayload, type LiveRank } from '@traceml/contracts'

/** Attributes of a value; never a step, so that the number of series is bounded. */
type LiveAttributes = Readonly<Record<string, string | number>>

/** Receives the values of one instrument. */
type Observe = (value: number | null | undefined, attributes?: LiveAttributes) => void

/** One observable gauge and where its values stand in a payload. */
export interface Instrument {
  readonly name: string
  readonly unit: string
  readonly description: string
  observe(payload: LivePayload, observe: Observe): void
}

/** Attributes of a rank. */
function rankAttributes(rank: LiveRank): LiveAttributes {
  return { 'traceml.rank': rank.global_rank, 'traceml.node': nodeOf(rank) }
}

const nodeOf = ({ node_rank: rank, hostname }: LiveRank | LiveNode): string =>
  rank === null ? (hostname ?? '') : String(rank)

/** Of a rank or node that is gone, the last numbers would look like present ones. */
const isGoing = ({ freshness }: LiveRank | LiveNode): boolean =>
  freshness.state !== 'lost_source' && freshness.state !== 'ended'

function ofRanks(
  name: string,
  unit: string,
  description: string,
  read: (rank: LiveRank) => number | null | undefined,
): Instrument {
  return {
    name,
    unit,
    description,
    observe(payload, observe) {
      for (const rank of payload.ranks) {
        if (isGoing(rank)) observe(read(rank), rankAttributes(rank))
      }
    },
  }
}

function ofNodes(
  name: string,
  unit: string,
  description: string,
  read: (node: LiveNode, observe: Observe, attributes: LiveAttributes) => void,
): Instrument {
  return {
    name,
    unit,
    description,
    observe(payload, observe) {
      for (const node of payload.nodes) {
        const attributes = { 'traceml.node': nodeOf(node), 'host.name': node.hostname ?? '' }
        if (isGoing(node)) read(node, observe, attributes)
      }
    },
  }
}

function ofGpus(
  name: string,
  unit: string,
  description: string,
  read: (gpu: LiveNode['gpus'][number]) => number | null,
): Instrument {
  return ofNodes(name, unit, description, (node, observe, attributes) => {
    for (const gpu of node.gpus) observe(read(gpu), { ...attributes, 'hw.id': String(gpu.idx) })
  })
}

const ratio = (percent: number | null | undefined): number | null =>
  percent === null || percent === undefined ? null : percent / 100

/** Every gauge; names of the semantic conventions where there are some. */
export const instruments: readonly Instrument[] = /* @__PURE__ */ Object.freeze([
  {
    name: 'traceml.steps.completed',
    unit: '{step}',
    description: 'Newest step of the slowest rank.',
    observe: ({ progress }, observe) => observe(progress.steps_completed),
  },
  {
    name: 'traceml.steps.rate',
    unit: '{step}/s',
    description: 'Steps a second of the slowest rank.',
    observe: ({ progress }, observe) => observe(progress.steps_per_s),
  },
  {
    name: 'traceml.run.remaining',
    unit: 's',
    description: 'Time that is left at the present speed.',
    observe: ({ progress }, observe) => observe(progress.eta_s),
  },
  {
    name: 'traceml.rank.state',
    unit: '1',
    description: '1 for the state that a rank is in.',
    observe({ ranks }, observe) {
      for (const rank of ranks) {
        observe(1, { ...rankAttributes(rank), 'traceml.state': rank.freshness.state })
      }
    },
  },
  {
    name: 'traceml.rank.phase.duration',
    unit: 'ms',
    description: 'Mean part of the step of a rank over the newest steps.',
    observe({ ranks }, observe) {
      for (const rank of ranks.filter(isGoing)) {
        for (const phase of LIVE_PHASES) {
          observe(rank.phases_ms[phase], { ...rankAttributes(rank), 'traceml.phase': phase })
        }
      }
    },
  },
  ofRanks(
    'traceml.rank.step.duration',
    'ms',
    'Mean step of a rank over the newest steps.',
    (rank) => rank.step_time_ms,
  ),
  ofRanks(
    'traceml.device.memory.peak',
    'By',
    'Peak of the memory of a rank within its newest step.',
    (rank) => rank.memory?.peak_allocated_bytes ?? rank.memory?.live_bytes,
  ),
  ofRanks(
    'traceml.process.memory.usage',
    'By',
    'Resident memory of the process of a rank.',
    (rank) => rank.process?.rss_bytes,
  ),
  ofRanks(
    'traceml.process.cpu.usage',
    '{cpu}',
    'CPU that the process of a rank uses; 1 is one core.',
    (rank) => ratio(rank.process?.cpu_percent),
  ),
  ofNodes('system.cpu.utilization', '1', 'CPU of a node.', (node, observe, attributes) =>
    observe(ratio(node.cpu_percent), attributes),
  ),
  ofNodes('system.memory.usage', 'By', 'Memory of a node.', (node, observe, attributes) =>
    observe(node.ram_used_bytes, { ...attributes, 'system.memory.state': 'used' }),
  ),
  ofGpus('hw.gpu.utilization', '1', 'Utilisation of a GPU.', (gpu) => ratio(gpu.util_percent)),
  ofGpus('hw.gpu.memory.usage', 'By', 'Memory in use on a GPU.', (gpu) => gpu.memory_used_bytes),
  ofGpus('hw.gpu.memory.limit', 'By', 'Memory of a GPU.', (gpu) => gpu.memory_total_bytes),
  ofGpus('hw.temperature', 'Cel', 'Temperature of a GPU.', (gpu) => gpu.temperature_c),
  ofGpus('hw.power', 'W', 'Power that a GPU draws.', (gpu) => gpu.power_w),
])
