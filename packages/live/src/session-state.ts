import type {
  GpuDeviceRow,
  LiveRowBatch,
  LiveRunInfo,
  ProcessSampleRow,
  RankIdentity,
  SystemGpuSampleRow,
  SystemSampleRow,
  TrainingStrategy,
} from '@traceml/contracts'
import { Arrivals } from './freshness/arrivals.js'
import { bucketsPerLevel, StepHistory } from './history/step-history.js'
import { LayerRows } from './layers/layer-rows.js'
import { LogBuffer } from './logs/log-buffer.js'
import { MEMORY_SLOT, RankState, STEP_SLOTS } from './rank-state.js'
import { NewestRows } from './samples/newest-rows.js'
import { splitStep } from './steps/parts.js'

/** Samples of a node or process that are judged and drawn: two minutes at the usual interval. */
const SAMPLE_DEPTH = 60
const GPUS_PER_NODE = 16
/** Positions beyond this are no GPUs of one host. */
const MAX_GPU_POSITION = 1024
/** In the order of `MEMORY_SLOT`. */
const MEMORY_COLUMNS = [
  'peakAllocatedBytes',
  'peakReservedBytes',
  'liveBytes',
  'liveTensorCount',
] as const

/**
 * What a live session knows of a run: the newest rows of everything, and the past of its steps at
 * several resolutions. Bounded, whatever the length of the run.
 *
 * @internal
 */
export class SessionState {
  readonly run: LiveRunInfo
  readonly ranks = new Map<number, RankState>()
  readonly runHistory: StepHistory
  readonly system = new NewestRows<string, SystemSampleRow>(SAMPLE_DEPTH)
  readonly gpus = new NewestRows<string, SystemGpuSampleRow>(SAMPLE_DEPTH * GPUS_PER_NODE)
  /** By node, then by position. */
  readonly gpuDevices = new Map<string, Map<number, GpuDeviceRow>>()
  readonly processes = new NewestRows<number, ProcessSampleRow>(SAMPLE_DEPTH)
  readonly layers = new LayerRows()
  readonly logs = new LogBuffer()
  readonly arrivals: Readonly<
    Record<'system' | 'processes' | 'memory' | 'lines' | 'layers', Arrivals>
  >
  readonly nodeArrivals = new Map<string, Arrivals>()
  strategy: TrainingStrategy | null = null
  /** Grow with every batch that brings such rows: unchanged means nothing to compute. */
  readonly versions = { steps: 0, memory: 0, system: 0, process: 0, layers: 0 }
  readonly #buckets: number
  readonly #parts = new Float64Array(6)
  readonly #memory = new Float64Array(4)

  constructor(run: LiveRunInfo) {
    this.run = run
    this.#buckets = bucketsPerLevel(run.ranks_expected)
    this.runHistory = new StepHistory(this.#buckets)
    const arrivals = (): Arrivals => new Arrivals(run.interval_s)
    this.arrivals = {
      system: arrivals(),
      processes: arrivals(),
      memory: arrivals(),
      lines: arrivals(),
      layers: arrivals(),
    }
  }

  /** Ascending by rank. */
  sortedRanks(): readonly RankState[] {
    return [...this.ranks.values()].toSorted((a, b) => a.globalRank - b.globalRank)
  }

  rank(globalRank: number): RankState {
    let state = this.ranks.get(globalRank)
    if (state === undefined) {
      state = new RankState(globalRank, this.run.interval_s, this.#buckets)
      this.ranks.set(globalRank, state)
    }
    return state
  }

  add(batch: LiveRowBatch, nowS: number): void {
    for (const identity of batch.identities) {
      if (isRank(identity.global_rank)) this.rank(identity.global_rank).identity = identity
    }
    this.#addSteps(batch, nowS)
    this.#addMemory(batch, nowS)
    this.#addSystem(batch, nowS)
    this.#addProcesses(batch, nowS)
    this.#addLayers(batch, nowS)
    for (const line of batch.lines) this.logs.add(line)
    if (batch.lines.length > 0) this.arrivals.lines.note(nowS, null)
    if (batch.strategy !== null) this.strategy = batch.strategy
  }

  #addSteps({ steps: rows }: LiveRowBatch, nowS: number): void {
    if (rows === null || rows.ranks.length === 0) return
    const before = new Map<RankState, number | null>()
    for (let index = 0; index < rows.ranks.length; index += 1) {
      const globalRank = rows.ranks[index] as number
      const step = rows.steps[index] as number
      if (!isRank(globalRank) || !isRank(step)) continue
      const rank = this.rank(globalRank)
      if (!before.has(rank)) before.set(rank, rank.lastStep)
      const isNew = step > (rank.lastStep ?? -1)
      rank.window.add(step, rows.present[index] as number, rows.values, index * STEP_SLOTS)
      // A step that comes again would count twice in the sums of the past.
      if (!isNew) continue
      const ms = splitStep(rows.values, index * STEP_SLOTS, this.#parts)
      rank.history.addStep(step, globalRank, ms, nowS, this.#parts)
      this.runHistory.addStep(step, globalRank, ms, nowS, this.#parts)
      rank.tookMs(ms)
    }
    for (const [rank, last] of before) {
      rank.anything.note(nowS, null)
      const newest = rank.lastStep
      if (newest !== null && newest !== last) rank.steps.note(nowS, newest)
    }
    this.versions.steps += 1
  }

  #addMemory({ memory: rows }: LiveRowBatch, nowS: number): void {
    if (rows === null || rows.ranks.length === 0) return
    for (let index = 0; index < rows.ranks.length; index += 1) {
      const globalRank = rows.ranks[index] as number
      const step = rows.steps[index] as number
      if (!isRank(globalRank) || !isRank(step)) continue
      const rank = this.rank(globalRank)
      const isNew = step > (rank.memory.lastStep ?? -1)
      MEMORY_COLUMNS.forEach((column, slot) => {
        this.#memory[slot] = rows[column][index] as number
      })
      rank.memory.add(step, 0, this.#memory, 0)
      rank.device = rows.devices[index] ?? rank.device
      const allocated = this.#memory[MEMORY_SLOT.allocated] as number
      const bytes = Number.isNaN(allocated) ? (this.#memory[MEMORY_SLOT.live] as number) : allocated
      if (!isNew || Number.isNaN(bytes)) continue
      rank.history.addMemory(step, bytes)
      this.runHistory.addMemory(step, bytes)
    }
    this.versions.memory += 1
    this.arrivals.memory.note(nowS, null)
  }

  #addProcesses({ process: rows }: LiveRowBatch, nowS: number): void {
    for (const row of rows) {
      if (!isRank(row.global_rank)) continue
      const rank = this.rank(row.global_rank)
      rank.identity ??= identityOf(row)
      rank.anything.note(nowS, null)
      this.processes.add(row.global_rank, row)
    }
    if (rows.length === 0) return
    this.versions.process += 1
    this.arrivals.processes.note(nowS, null)
  }

  #addLayers({ layerModels, layerSamples }: LiveRowBatch, nowS: number): void {
    for (const row of layerModels) this.layers.addModel(row)
    for (const row of layerSamples) this.layers.addSample(row)
    if (layerModels.length + layerSamples.length > 0) this.versions.layers += 1
    if (layerSamples.length > 0) this.arrivals.layers.note(nowS, null)
  }

  #addSystem({ system, gpus, gpuDevices }: LiveRowBatch, nowS: number): void {
    for (const row of system) {
      const key = nodeKey(row)
      this.system.add(key, row)
      let arrivals = this.nodeArrivals.get(key)
      if (arrivals === undefined) {
        arrivals = new Arrivals(this.run.interval_s)
        this.nodeArrivals.set(key, arrivals)
      }
      arrivals.note(nowS, null)
      if (isRank(row.global_rank)) {
        const rank = this.rank(row.global_rank)
        rank.identity ??= identityOf(row)
        rank.anything.note(nowS, null)
      }
    }
    for (const row of gpus) this.gpus.add(nodeKey(row), row)
    for (const row of gpuDevices) {
      if (row.gpu_idx > MAX_GPU_POSITION) continue
      const key = nodeKey(row)
      const known = this.gpuDevices.get(key)
      if (known === undefined) this.gpuDevices.set(key, new Map([[row.gpu_idx, row]]))
      else known.set(row.gpu_idx, row)
    }
    if (system.length === 0) return
    this.versions.system += 1
    this.arrivals.system.note(nowS, null)
  }
}

/** What a node is known by: its rank, else that of the process that samples it. @internal */
export function nodeKey(row: {
  readonly node_rank: number | null
  readonly global_rank: number | null
}): string {
  if (row.node_rank !== null) return `n${row.node_rank}`
  return row.global_rank === null ? 'unknown' : `g${row.global_rank}`
}

function identityOf(row: RankIdentity): RankIdentity {
  const { global_rank, local_rank, node_rank, hostname, local_world_size, world_size } = row
  return { global_rank, local_rank, node_rank, hostname, local_world_size, world_size }
}

/** A number that counts something: whole, not negative. */
function isRank(value: number | null): value is number {
  return value !== null && Number.isSafeInteger(value) && value >= 0
}
