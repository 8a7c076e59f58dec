import type { RuntimeIdentity } from './identity.js'
import type { JsonObject } from './json.js'

/** `meta` of an envelope, exactly as it travels. Producers of this project fill every key. */
export interface EnvelopeMeta {
  /** Equals `global_rank`; kept for older readers. */
  readonly rank: number | null
  readonly global_rank: number | null
  readonly local_rank: number | null
  readonly world_size: number | null
  readonly local_world_size: number | null
  readonly node_rank: number | null
  readonly hostname: string | null
  readonly pid: number | null
  /** Name of the sampler, for example `StepTimeSampler`. */
  readonly sampler: string | null
  /** Unix seconds when the envelope was built. */
  readonly timestamp: number | null
}

/** One row of a sampler as it travels: a map with string keys. */
export type WireRow = JsonObject

/** What one sampler has to say at one tick: its new rows by table, oldest first. */
export interface TelemetryEnvelope {
  readonly meta: EnvelopeMeta
  readonly body: { readonly tables: { readonly [table: string]: readonly WireRow[] } }
}

/** An envelope after tolerant reading (canonical or legacy flat form). */
export interface NormalizedEnvelope {
  readonly meta: EnvelopeMeta
  readonly tables: { readonly [table: string]: unknown }
}

/** Sent once by a rank after its last telemetry. */
export interface RankFinishedMessage {
  readonly _traceml_control: 'rank_finished'
  readonly global_rank: number
  readonly world_size: number
  readonly node_rank: number
  readonly hostname: string
  /** Unix seconds. */
  readonly timestamp: number
}

/** Why the training of a rank is slow or stands still, as far as its host knows. */
export type RankCondition = 'page_hidden' | 'context_lost'

/** Sent by a page when its condition changes; the newest one holds. */
export interface RankStateMessage {
  readonly _traceml_control: 'rank_state'
  readonly global_rank: number
  /** Null: nothing is in its way. */
  readonly condition: RankCondition | null
  /** Steps completed at that moment. */
  readonly step: number
}

/**
 * Returns the `meta` of an envelope, every key filled.
 *
 * @param timestamp - Unix seconds.
 */
export function envelopeMeta(
  identity: RuntimeIdentity,
  sampler: string,
  timestamp: number,
): EnvelopeMeta {
  return {
    rank: identity.globalRank,
    global_rank: identity.globalRank,
    local_rank: identity.localRank,
    world_size: identity.worldSize,
    local_world_size: identity.localWorldSize,
    node_rank: identity.nodeRank,
    hostname: identity.hostname,
    pid: identity.pid,
    sampler,
    timestamp,
  }
}

/**
 * Optional first message of a connection. Peers that do not know it ignore it; existing clients
 * never send it. A server that reads `acks: true` answers on the same connection with
 * {@link AckMessage} frames; it never writes to a connection that did not ask for them.
 */
export interface HelloMessage {
  readonly _traceml_control: 'hello'
  /** {@link PROTOCOL_VERSION} of the sender. */
  readonly protocol: number
  readonly session_id: string | null
  readonly token: string | null
  readonly acks: boolean
  readonly global_rank: number
}

/** Server to client: this many frames of this connection (the hello included) are in safe hands. */
export interface AckMessage {
  readonly _traceml_control: 'ack'
  readonly frames: number
}

/** Every control message of the wire. */
export type ControlMessage = RankFinishedMessage | RankStateMessage | HelloMessage | AckMessage

/** Version of the optional `hello`; frames without one are version 0. */
export const PROTOCOL_VERSION = 1

/** Names on the wire of the built-in samplers and their tables. */
export const SAMPLER_NAMES = {
  system: { sampler: 'SystemSampler', table: 'SystemTable' },
  runtimeEnvironment: { sampler: 'RuntimeEnvironmentSampler', table: 'RuntimeEnvironmentTable' },
  process: { sampler: 'ProcessSampler', table: 'ProcessTable' },
  stdoutStderr: { sampler: 'Stdout/Stderr', table: 'stdout_stderr' },
  stepTime: { sampler: 'StepTimeSampler', table: 'StepTimeTable' },
  stepMemory: { sampler: 'StepMemorySampler', table: 'step_memory' },
  /** The five of the deep profile. */
  layerMemory: { sampler: 'LayerMemorySampler', table: 'LayerMemoryTable' },
  layerForwardMemory: {
    sampler: 'LayerForwardMemorySampler',
    table: 'LayerForwardMemoryTable',
  },
  layerBackwardMemory: {
    sampler: 'LayerBackwardMemorySampler',
    table: 'LayerBackwardMemoryTable',
  },
  layerForwardTime: { sampler: 'LayerForwardTimeSampler', table: 'LayerForwardTimeTable' },
  layerBackwardTime: { sampler: 'LayerBackwardTimeSampler', table: 'LayerBackwardTimeTable' },
  /** Ours: which devices stand at the positions of `gpus` in a system row, and who computes on them. */
  gpuDevices: { sampler: 'GpuDevicesSampler', table: 'gpu_devices' },
  /** Ours: what the producer recorded, sent and lost. Stored with the custom samplers. */
  agentStats: { sampler: 'AgentStatsSampler', table: 'agent_stats' },
  /** Ours: a watched program with all its processes. Stored with the custom samplers. */
  processTree: { sampler: 'ProcessTreeSampler', table: 'process_tree' },
} as const
