import {
  type LayerEntry,
  LIVE_PHASES,
  LIVE_STATES,
  type LiveFreshness,
  type LivePayload,
  SEVERITY_RANK,
} from '@traceml/contracts'
import {
  isGoing,
  nodeLabels,
  ofGoingNodes,
  ofGoingRanks,
  ofGpus,
  ofRanks,
  rankLabels,
  type Sample,
  sample,
} from './samples.js'

/** One metric: its name, its labels and where its values stand in a payload. */
export interface MetricSpec {
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  read(payload: LivePayload): readonly Sample[]
}

const RANK = ['rank', 'node'] as const
const GPU = ['node', 'gpu'] as const

function metric(
  name: string,
  help: string,
  labels: readonly string[],
  read: (payload: LivePayload) => readonly Sample[],
): MetricSpec {
  return { name: `traceml_${name}`, help, labels, read }
}

function states(
  freshness: LiveFreshness,
  labels: Readonly<Record<string, string>>,
): readonly Sample[] {
  return LIVE_STATES.map((state) => ({
    labels: { ...labels, state },
    value: freshness.state === state ? 1 : 0,
  }))
}

const ratio = (percent: number | null | undefined): number | null =>
  percent === null || percent === undefined ? null : percent / 100

const RUN: readonly MetricSpec[] = [
  metric(
    'run_info',
    'The run; the value is always 1.',
    ['session', 'run', 'profile', 'strategy', 'clock'],
    ({ run }) =>
      sample(1, {
        session: run.session_id,
        run: run.run_name ?? '',
        profile: run.profile,
        strategy: run.strategy ?? '',
        clock: run.clock ?? '',
      }),
  ),
  metric('run_state', 'State of the run: 1 for the one that it is in.', ['state'], ({ run }) =>
    states(run.freshness, {}),
  ),
  metric('run_ended', '1 when the run has ended.', [], ({ run }) => sample(run.status === 'ended')),
  metric('run_elapsed_seconds', 'Seconds since the start.', [], ({ run }) => sample(run.elapsed_s)),
  metric('run_ranks_expected', 'Ranks that are waited for.', [], ({ run }) =>
    sample(run.ranks_expected),
  ),
  metric('run_ranks_seen', 'Ranks that have reported.', [], ({ run }) => sample(run.ranks_seen)),
  metric('steps_completed', 'Newest step of the slowest rank.', [], ({ progress }) =>
    sample(progress.steps_completed),
  ),
  metric('steps_per_second', 'Steps a second of the slowest rank.', [], ({ progress }) =>
    sample(progress.steps_per_s),
  ),
  metric('samples_per_second', 'Samples a second over all ranks.', [], ({ progress }) =>
    sample(progress.samples_per_s),
  ),
  metric('progress_ratio', 'Part of the training that is done, 0 to 1.', [], ({ progress }) =>
    sample(progress.completed_ratio),
  ),
  metric('remaining_seconds', 'Seconds that are left at the present speed.', [], ({ progress }) =>
    sample(progress.eta_s),
  ),
  metric(
    'verdict_severity',
    'Severity of the verdict of the run and of its sections: 0 info, 1 warn, 2 crit.',
    ['section', 'kind'],
    ({ verdict, sections }) => {
      const { system, process, step_time, step_memory } = sections
      const own = [step_time, step_memory, process, system].flatMap((one) => one.verdict ?? [])
      const first = { ...verdict, section: 'run' }
      return [first, ...own].flatMap(({ section, kind, severity }) =>
        sample(SEVERITY_RANK[severity], { section, kind }),
      )
    },
  ),
]

const RANKS: readonly MetricSpec[] = [
  metric('rank_state', 'State of a rank: 1 for the one that it is in.', [...RANK, 'state'], (p) =>
    p.ranks.flatMap((rank) => states(rank.freshness, rankLabels(rank))),
  ),
  metric('rank_culprit', '1 when a verdict names the rank as the cause.', RANK, (p) =>
    ofRanks(p, (rank) => rank.is_culprit),
  ),
  metric('rank_last_step', 'Newest step of a rank.', RANK, (p) =>
    ofRanks(p, (rank) => rank.last_step),
  ),
  metric('rank_age_seconds', 'Seconds since a rank was last heard of.', RANK, (p) =>
    ofRanks(p, (rank) => rank.freshness.age_s),
  ),
  metric('rank_steps_per_second', 'Steps a second of a rank.', RANK, (p) =>
    ofGoingRanks(p, (rank) => rank.steps_per_s),
  ),
  metric('step_duration_milliseconds', 'Mean step of a rank over the newest steps.', RANK, (p) =>
    ofGoingRanks(p, (rank) => rank.step_time_ms),
  ),
  metric(
    'step_phase_duration_milliseconds',
    'Mean part of the step of a rank over the newest steps; absent parts are not measured.',
    [...RANK, 'phase'],
    (p) =>
      p.ranks
        .filter(isGoing)
        .flatMap((rank) =>
          LIVE_PHASES.flatMap((phase) =>
            sample(rank.phases_ms[phase], { ...rankLabels(rank), phase }),
          ),
        ),
  ),
  metric(
    'step_skew_ratio',
    'Slowest rank against the median, (worst - median) / median.',
    [],
    ({ sections }) =>
      sample(sections.step_time.body?.metrics.find(({ key }) => key === 'step_time')?.skew_ratio),
  ),
  metric(
    'straggler_recurrence_ratio',
    'Part of the newest steps in which a rank was late; the label is the rank that usually is.',
    ['rank'],
    ({ sections }) => {
      const straggler = sections.step_time.body?.straggler ?? null
      return straggler === null
        ? []
        : sample(straggler.recurrence_ratio, { rank: String(straggler.rank) })
    },
  ),
  metric('memory_bytes', 'Memory of the newest step of a rank.', [...RANK, 'kind'], (p) =>
    p.ranks.filter(isGoing).flatMap((rank) => {
      const of = (kind: string, bytes: number | null | undefined): readonly Sample[] =>
        sample(bytes, { ...rankLabels(rank), kind })
      return [
        ...of('peak_allocated', rank.memory?.peak_allocated_bytes),
        ...of('peak_reserved', rank.memory?.peak_reserved_bytes),
        ...of('live', rank.memory?.live_bytes),
      ]
    }),
  ),
  metric('memory_pressure_ratio', "Fullest memory of a rank's device, 0 to 1.", RANK, (p) =>
    ofGoingRanks(p, (rank) => rank.memory?.pressure_ratio),
  ),
  metric('process_cpu_cores', 'CPU that a process uses; 1 is one core.', RANK, (p) =>
    ofGoingRanks(p, (rank) => ratio(rank.process?.cpu_percent)),
  ),
  metric('process_resident_memory_bytes', 'Resident memory of a process.', RANK, (p) =>
    ofGoingRanks(p, (rank) => rank.process?.rss_bytes),
  ),
  metric('process_gpu_memory_bytes', 'GPU memory that a process uses.', RANK, (p) =>
    ofGoingRanks(p, (rank) => rank.process?.gpu_used_bytes),
  ),
]

const NODES: readonly MetricSpec[] = [
  metric('node_info', 'A node; the value is always 1.', ['node', 'hostname'], (p) =>
    p.nodes.flatMap((node) => sample(1, { ...nodeLabels(node), hostname: node.hostname ?? '' })),
  ),
  metric('node_state', 'State of a node: 1 for the one that it is in.', ['node', 'state'], (p) =>
    p.nodes.flatMap((node) => states(node.freshness, nodeLabels(node))),
  ),
  metric('node_cpu_ratio', 'CPU of a node, 0 to 1.', ['node'], (p) =>
    ofGoingNodes(p, (node) => ratio(node.cpu_percent)),
  ),
  metric('node_memory_used_bytes', 'Memory in use on a node.', ['node'], (p) =>
    ofGoingNodes(p, (node) => node.ram_used_bytes),
  ),
  metric('node_memory_total_bytes', 'Memory of a node.', ['node'], (p) =>
    ofGoingNodes(p, (node) => node.ram_total_bytes),
  ),
  metric('gpu_utilization_ratio', 'Utilisation of a GPU, 0 to 1.', GPU, (p) =>
    ofGpus(p, (gpu) => ratio(gpu.util_percent)),
  ),
  metric('gpu_memory_used_bytes', 'Memory in use on a GPU.', GPU, (p) =>
    ofGpus(p, (gpu) => gpu.memory_used_bytes),
  ),
  metric('gpu_memory_total_bytes', 'Memory of a GPU.', GPU, (p) =>
    ofGpus(p, (gpu) => gpu.memory_total_bytes),
  ),
  metric('gpu_temperature_celsius', 'Temperature of a GPU.', GPU, (p) =>
    ofGpus(p, (gpu) => gpu.temperature_c),
  ),
  metric('gpu_power_watts', 'Power that a GPU draws.', GPU, (p) => ofGpus(p, (gpu) => gpu.power_w)),
  metric('gpu_power_limit_watts', 'Power limit of a GPU.', GPU, (p) =>
    ofGpus(p, (gpu) => gpu.power_limit_w),
  ),
]

/** Layers with series of their own: the largest ones, so that their number is bounded. */
const LAYERS_SHOWN = 20

function ofLayers(
  { sections: { layers } }: LivePayload,
  read: (entry: LayerEntry) => number | null,
  labels: Readonly<Record<string, string>> = {},
): readonly Sample[] {
  if (!isGoing(layers)) return []
  const entries = layers.body?.entries.slice(0, LAYERS_SHOWN) ?? []
  return entries.flatMap((entry) => {
    const layer = entry.model === null ? entry.name : `${entry.model}.${entry.name}`
    return sample(read(entry), { layer, ...labels })
  })
}

const LAYERS: readonly MetricSpec[] = [
  metric(
    'layer_duration_milliseconds',
    'Time a step in a layer without the layers in it, on the rank that is slowest.',
    ['layer', 'pass'],
    (p) => [
      ...ofLayers(p, (entry) => entry.forward_ms, { pass: 'forward' }),
      ...ofLayers(p, (entry) => entry.backward_ms, { pass: 'backward' }),
    ],
  ),
  metric(
    'layer_memory_bytes',
    'Parameters, outputs and their gradients of a layer.',
    ['layer'],
    (p) => ofLayers(p, (entry) => entry.memory_bytes),
  ),
  metric(
    'layer_profile_cost_ratio',
    'Part of the step time that measuring the layers costs.',
    [],
    ({ sections: { layers } }) => (isGoing(layers) ? sample(layers.body?.cost.cost_ratio) : []),
  ),
]

const TELEMETRY: readonly MetricSpec[] = [
  metric('telemetry_rows_received', 'Rows that have arrived.', [], ({ telemetry }) =>
    sample(telemetry.rows_received),
  ),
  metric('telemetry_rows_lost', 'Rows that are known to be lost.', [], ({ telemetry }) =>
    sample(telemetry.rows_lost),
  ),
  metric('telemetry_steps_lost', 'Steps that are known to be lost.', [], ({ telemetry }) =>
    sample(telemetry.steps_lost),
  ),
  metric('telemetry_messages_lost', 'Messages that are known to be lost.', [], ({ telemetry }) =>
    sample(telemetry.messages_lost),
  ),
  metric('payload_timestamp_seconds', 'When these numbers were computed.', [], (p) =>
    sample(p.generated_at),
  ),
]

/** Every metric of a live run. No label ever holds a step, so that the number of series is bounded. */
export const liveMetrics: readonly MetricSpec[] = /* @__PURE__ */ Object.freeze([
  ...RUN,
  ...RANKS,
  ...NODES,
  ...LAYERS,
  ...TELEMETRY,
])
