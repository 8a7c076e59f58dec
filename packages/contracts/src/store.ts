import type { LayerRequest, LayerWindow } from './layers.js'
import type {
  CustomSampleRow,
  ProcessSampleRow,
  StepMemorySampleRow,
  SystemGpuSampleRow,
  SystemSampleRow,
} from './rows.js'
import type { StepMemoryColumns } from './step-memory.js'
import type { StepTimeRequest, StepTimeSnapshot } from './step-time.js'

/** Rows of one partition (node or rank) of a window: newest `windowRows` by id. */
export interface WindowRequest {
  readonly windowRows: number
}

/** What the system section reads. */
export interface SystemWindow {
  /** Ordered by node, then id. */
  readonly samples: readonly SystemSampleRow[]
  /** GPU rows of those samples. */
  readonly gpus: readonly SystemGpuSampleRow[]
}

/** What the step-memory section reads. */
export interface StepMemoryWindow {
  readonly rows: readonly StepMemorySampleRow[]
  /** Largest step of the whole table, null when there is none. */
  readonly latestStep: number | null
  /** Distinct ranks that have any row with a step. */
  readonly ranksSeen: number
  /** Largest device memory of any process row, null when unknown. */
  readonly gpuTotalBytes: number | null
  /** Device memory by global rank (as text), where known. */
  readonly gpuTotalBytesByRank: Readonly<Record<string, number>>
  /** True/false when any row says so, null when none does. */
  readonly gpuAvailable: boolean | null
}

/** How telemetry reached the history: what reports say about losses. */
export interface IngestStats {
  readonly rowsWritten: number
  readonly rowsRejected: number
  readonly messagesDropped: number
  readonly lastError: string | null
}

/**
 * The history of one run, as reports and displays read it.
 *
 * Every method returns data of one consistent state of the store; a missing table reads as empty
 * unless the method says otherwise. Methods may run while a writer is active. They throw
 * `StorageError` only, and only for a store that cannot be read at all.
 */
export interface Store {
  readonly apiVersion: 1
  readonly kind: 'store'
  /** Step Time of a summary: identities filled, cursor over the whole table. */
  readStepTime(request: StepTimeRequest): Promise<StepTimeSnapshot>
  /**
   * Step Time for a live view: no identities; returns `previous` itself when nothing changed.
   * Cost depends on the depth of the request, not on the length of the run.
   */
  readStepTimeLive(
    request: StepTimeRequest,
    previous: StepTimeSnapshot | null,
  ): Promise<StepTimeSnapshot>
  readSystem(request: WindowRequest): Promise<SystemWindow>
  /** Ordered by global rank, then id; rows without a global rank are left out. */
  readProcess(request: WindowRequest): Promise<readonly ProcessSampleRow[]>
  readStepMemory(request: WindowRequest): Promise<StepMemoryWindow>
  /**
   * The same as columns: the newest steps of every rank, at least as many as it takes to find
   * `windowRows` steps that all ranks have, where there are so many. Absent: only rows can be read.
   */
  readStepMemoryColumns?(request: WindowRequest): Promise<StepMemoryColumns>
  /**
   * Names of the built-in tables that this history does not have at all: then it is not a whole
   * history, and a report says so instead of "no data". Absent: the store knows of no tables.
   */
  missingTables?(): Promise<readonly string[]>
  /** Layers of the deep profile. Absent: the store keeps none. */
  readLayers?(request: LayerRequest): Promise<LayerWindow>
  /** Rows of a sampler that has no table of its own, oldest first. */
  readCustom(query: {
    readonly sampler: string
    readonly table?: string
    readonly limit?: number
  }): Promise<readonly CustomSampleRow[]>
  close(): Promise<void>
}
