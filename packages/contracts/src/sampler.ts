import type { Clock } from './clock.js'
import type { WireRow } from './envelope.js'
import type { FactSource } from './facts.js'
import type { GpuReader } from './gpu.js'
import type { RuntimeIdentity } from './identity.js'
import type { Logger } from './logger.js'
import type { StepSource } from './step-source.js'

/** Which set of samplers a run wants: step timing, only host and process, or everything. */
export type Profile = 'run' | 'watch' | 'deep'

/** How a run is looked at while it lasts. */
export type DisplayMode = 'summary' | 'cli' | 'dashboard'

/** What a sampler may use. One object for the sampler's whole life. */
export interface SamplerContext {
  readonly identity: RuntimeIdentity
  readonly clock: Clock
  readonly logger: Logger
  readonly profile: Profile
  readonly mode: DisplayMode
  /** Seconds between two ticks. */
  readonly intervalSeconds: number
  /** Completed steps since the last drain, or null outside a training process. */
  readonly steps: StepSource | null
  /** What the training thread published beside its steps; absent or null outside a training process. */
  readonly facts?: FactSource | null
  /** Reads GPUs of this host, or null where none can be read. */
  readonly gpu: GpuReader | null
  /** Lines that the training wrote to its terminal; absent or null where they are not captured. */
  readonly output?: OutputSource | null
  /** Folder of the run's session for files of this rank, or null when there is none. */
  readonly rankDirectory: string | null
}

/** Receives the rows of one tick. Rows are copied to the wire as they are. */
export interface RowSink {
  /** Adds one row to a table of the sampler. Values must survive JSON; missing is null. */
  emit(table: string, row: WireRow): void
  /**
   * The same for rows that are MessagePack already: `rowCount` maps, one after another, oldest
   * first. For samplers with many thousand rows a second; absent where the receiving end wants
   * objects, so check for it and fall back to `emit`. The bytes are copied before it returns.
   */
  emitEncoded?(table: string, rows: Uint8Array, rowCount: number): void
}

/** What the training wrote to stdout and stderr, as whole lines. */
export interface OutputSource {
  /** Lines completed since the last call, oldest first, without line ends. */
  readLines(): readonly string[]
  /** Bytes that did not fit into the channel and are lost. */
  droppedBytes(): number
}

/**
 * A source of telemetry rows, run by the agent thread beside the training.
 *
 * Rules for authors:
 * 1. `sample` is called once a tick, never concurrently, and should return within milliseconds.
 *    It may be async; a tick waits for it at most one interval.
 * 2. It may throw: the error is logged once a minute, and after 10 failures in a row the sampler
 *    is switched off. It can never reach the training.
 * 3. It owns no timers and no queue: emit what is new, the agent batches, sends and retries.
 * 4. `stop` is called once, also after a failure; what it emits is sent with the last batch.
 */
export interface Sampler {
  readonly apiVersion: 1
  readonly kind: 'sampler'
  /** Stable, kebab-case, namespaced for third parties: `acme/disk`. */
  readonly id: string
  /** Name on the wire (`meta.sampler`); rows of unknown names are stored generically. */
  readonly samplerName: string
  /** Called once before the first tick. */
  start?(context: SamplerContext): void | Promise<void>
  /** Takes one sample. */
  sample(sink: RowSink, context: SamplerContext): void | Promise<void>
  /** True while the sampler holds data that a later tick will emit. Default: never. */
  hasPending?(): boolean
  stop?(sink: RowSink): void | Promise<void>
}

/** How the registry decides whether a sampler runs. */
export interface SamplerSpec {
  readonly apiVersion: 1
  readonly kind: 'sampler-spec'
  /** Key in the registry. */
  readonly key: string
  /** Called once per process; a throw skips this sampler only. */
  create(): Sampler
  /** Profiles that want it; absent = all. */
  readonly profiles?: readonly Profile[]
  /** Display modes that want it; absent = all. */
  readonly modes?: readonly DisplayMode[]
  /** Skip on other local ranks than 0 when the run is distributed. Default false. */
  readonly rankZeroOnly?: boolean
  /** Keep ticking after the recording limit until nothing is pending. Default false. */
  readonly drainOnRecordingStop?: boolean
  /** At most this many of the newest rows of a table in one batch. Default: all. */
  readonly maxRowsPerFlush?: number
}

/** Checks and infers a {@link Sampler}; returns its argument. */
export function defineSampler(sampler: Sampler): Sampler {
  return sampler
}

/** Checks and infers a {@link SamplerSpec}; returns its argument. */
export function defineSamplerSpec(spec: SamplerSpec): SamplerSpec {
  return spec
}
