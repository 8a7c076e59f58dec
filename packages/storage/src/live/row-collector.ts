import { parseTrainingStrategy } from '@traceml/analysis'
import {
  type CustomSampleRow,
  type GpuDeviceRow,
  type JsonObject,
  type LiveLineRow,
  type LiveMemoryRows,
  type LiveRowBatch,
  type LiveStepRows,
  type ProcessSampleRow,
  type RankIdentity,
  readGpuDeviceRow,
  SAMPLER_NAMES,
  type SystemGpuSampleRow,
  type SystemSampleRow,
  type TrainingStrategy,
} from '@traceml/contracts'
import { layerModelRow, layerSampleRow } from '../internal/layer-rows.js'
import type { ColumnValue } from '../internal/values.js'
import { TABLE_COLUMNS } from '../schema/columns.js'
import { PHASE_SLOTS } from '../step-events/phase-row.js'
import { type Pending, type PendingMark, type PendingRow, TABLE } from '../writer/pending.js'

/** Columns of rows with a rank, after `recv_ts_ns` and `rank`. */
const RANK_AT = 2
const STEP_AT = 10
const DEVICE_AT = 10
const MEMORY_STEP_AT = 11
const MEMORY_AT = 12
const STRATEGY_AT = 14
/** Of rows of custom samplers; their identity comes first. */
const CUSTOM_SAMPLER_AT = 8
const CUSTOM_TABLE_AT = 9
const CUSTOM_TS_AT = 10
const CUSTOM_JSON_AT = 11
/** Rows of custom samplers in a batch; a sampler has one a tick, and what is older has been replaced. */
const MAX_CUSTOM_ROWS = 1_024

/** Takes what is new in a buffer of rows, in the shape in which a live view wants it. */
export interface LiveRowCollector {
  /**
   * The rows from `mark` on; null when there are none.
   *
   * @param mark - Number of rows of each table that were collected before.
   */
  collect(pending: Pending, mark: PendingMark): LiveRowBatch | null
}

/** Creates a collector; it remembers which ranks it has named. */
export function createLiveRowCollector(): LiveRowCollector {
  const named = new Map<number, string>()
  let nextId = 1
  const identify = (row: PendingRow, news: Map<number, RankIdentity>): void => {
    const rank = number(row[RANK_AT])
    if (rank === null) return
    const key = `${row[3]}|${row[4]}|${row[5]}|${row[6]}|${row[7]}`
    if (named.get(rank) === key) return
    named.set(rank, key)
    news.set(rank, identityAt(row, RANK_AT))
  }
  return {
    collect(pending, mark) {
      const from = (table: number): readonly PendingRow[] => {
        const rows = pending.rows[table] as readonly PendingRow[]
        const start = mark[table] ?? 0
        return start === 0 ? rows : rows.slice(start)
      }
      const steps = from(TABLE.stepTime)
      const memory = from(TABLE.stepMemory)
      const process = from(TABLE.process)
      const system = from(TABLE.system)
      const lines = from(TABLE.stdout)
      const environment = from(TABLE.runtimeEnvironment)
      const custom = from(TABLE.custom).slice(-MAX_CUSTOM_ROWS)
      const gpuDevices = custom.flatMap(gpuDeviceRow)
      const layerModels = from(TABLE.layerModels)
      const layerSamples = from(TABLE.layerSamples)
      const layers = [layerModels, layerSamples]
      const all = [steps, memory, process, system, lines, environment, custom, ...layers]
      if (all.every((rows) => rows.length === 0)) return null
      const identities = new Map<number, RankIdentity>()
      for (const rows of [steps, memory, process, environment, ...layers]) {
        for (const row of rows) identify(row, identities)
      }
      const id = (): number => nextId++
      return {
        identities: [...identities.values()],
        steps: stepRows(steps, pending, mark[TABLE.stepTime] ?? 0),
        memory: memoryRows(memory),
        system: system.map((row) => systemRow(row, id())),
        gpus: from(TABLE.systemGpu).map((row) => gpuRow(row, id())),
        gpuDevices,
        process: process.map((row) => processRow(row, id())),
        lines: lines.map(lineRow),
        layerModels: layerModels.map((row) => layerModelRow(byColumn('layer_models', row, id()))),
        layerSamples: layerSamples
          .map((row) => layerSampleRow(byColumn('layer_samples', row, id())))
          .filter((row) => row !== null),
        custom: custom.map((row) => customRow(row, id())),
        strategy: strategyOf(environment),
      }
    },
  }
}

/** The memory of a batch: to be handed to another thread instead of copied. */
export function buffersOfLiveRows({ steps, memory }: LiveRowBatch): readonly ArrayBuffer[] {
  const columns = [
    ...(steps === null ? [] : [steps.ranks, steps.steps, steps.present, steps.values]),
    ...(memory === null
      ? []
      : [
          memory.ranks,
          memory.steps,
          memory.peakAllocatedBytes,
          memory.peakReservedBytes,
          memory.liveBytes,
          memory.liveTensorCount,
        ]),
  ]
  return columns.map((column) => column.buffer as ArrayBuffer)
}

function stepRows(
  rows: readonly PendingRow[],
  { phases }: Pending,
  start: number,
): LiveStepRows | null {
  if (rows.length === 0) return null
  const end = start + rows.length
  return {
    ranks: column(rows, RANK_AT),
    steps: column(rows, STEP_AT),
    present: phases.present.slice(start, end),
    values: phases.values.slice(start * PHASE_SLOTS, end * PHASE_SLOTS),
  }
}

function memoryRows(rows: readonly PendingRow[]): LiveMemoryRows | null {
  if (rows.length === 0) return null
  return {
    ranks: column(rows, RANK_AT),
    steps: column(rows, MEMORY_STEP_AT),
    peakAllocatedBytes: column(rows, MEMORY_AT),
    peakReservedBytes: column(rows, MEMORY_AT + 1),
    liveBytes: column(rows, MEMORY_AT + 2),
    liveTensorCount: column(rows, MEMORY_AT + 3),
    devices: rows.map((row) => text(row[DEVICE_AT])),
  }
}

function systemRow(row: PendingRow, id: number): SystemSampleRow {
  return {
    id,
    ...identityAt(row, 1),
    sample_ts_s: number(row[7]),
    seq: number(row[8]),
    cpu_percent: number(row[9]),
    ram_used_bytes: number(row[10]),
    ram_total_bytes: number(row[11]),
    gpu_available: number(row[12]),
    gpu_count: number(row[13]),
  }
}

function gpuRow(row: PendingRow, id: number): SystemGpuSampleRow {
  return {
    id,
    global_rank: number(row[1]),
    node_rank: number(row[5]),
    seq: number(row[8]),
    gpu_idx: number(row[9]) ?? 0,
    util: number(row[10]),
    mem_used_bytes: number(row[11]),
    mem_total_bytes: number(row[12]),
    temperature_c: number(row[13]),
    power_usage_w: number(row[14]),
    power_limit_w: number(row[15]),
  }
}

function gpuDeviceRow(row: PendingRow): readonly GpuDeviceRow[] {
  if (row[CUSTOM_SAMPLER_AT] !== SAMPLER_NAMES.gpuDevices.sampler) return []
  const device = readGpuDeviceRow(JSON.parse(String(row[CUSTOM_JSON_AT])), identityAt(row, 1))
  return device === null ? [] : [device]
}

function customRow(row: PendingRow, id: number): CustomSampleRow {
  const { global_rank, node_rank, hostname } = identityAt(row, 1)
  return {
    id,
    global_rank,
    node_rank,
    hostname,
    sampler: text(row[CUSTOM_SAMPLER_AT]) ?? '',
    table_name: text(row[CUSTOM_TABLE_AT]) ?? '',
    sample_ts_s: number(row[CUSTOM_TS_AT]),
    row: JSON.parse(String(row[CUSTOM_JSON_AT])) as JsonObject,
  }
}

function processRow(row: PendingRow, id: number): ProcessSampleRow {
  return {
    id,
    rank: number(row[1]),
    ...identityAt(row, RANK_AT),
    sample_ts_s: number(row[8]),
    seq: number(row[9]),
    cpu_percent: number(row[10]),
    cpu_logical_core_count: number(row[11]),
    ram_used_bytes: number(row[12]),
    ram_total_bytes: number(row[13]),
    gpu_available: number(row[14]),
    gpu_count: number(row[15]),
    gpu_device_index: number(row[16]),
    gpu_mem_used_bytes: number(row[17]),
    gpu_mem_reserved_bytes: number(row[18]),
    gpu_mem_total_bytes: number(row[19]),
  }
}

function lineRow(row: PendingRow): LiveLineRow {
  return { rank: number(row[1]), ts: number(row[2]), line: text(row[3]) ?? '' }
}

/** The values of a row by the names of their columns. */
function byColumn(
  table: 'layer_models' | 'layer_samples',
  row: PendingRow,
  id: number,
): Readonly<Record<string, ColumnValue>> {
  const columns = TABLE_COLUMNS[table].map(({ name }, at) => [name, row[at] ?? null] as const)
  return { id, ...Object.fromEntries(columns) }
}

/** The newest strategy that is not blank. */
function strategyOf(rows: readonly PendingRow[]): TrainingStrategy | null {
  const said = rows.map((row) => text(row[STRATEGY_AT])).filter((one) => one !== null)
  const newest = said.findLast((one) => one.trim() !== '')
  return newest === undefined ? null : parseTrainingStrategy(newest)
}

/** The six identity columns, which start at `at`. */
function identityAt(row: PendingRow, at: number): RankIdentity {
  return {
    global_rank: number(row[at]),
    local_rank: number(row[at + 1]),
    world_size: number(row[at + 2]),
    local_world_size: number(row[at + 3]),
    node_rank: number(row[at + 4]),
    hostname: text(row[at + 5]),
  }
}

/** One number a row; NaN where there is none. */
function column(rows: readonly PendingRow[], at: number): Float64Array {
  return Float64Array.from(rows, (row) => number(row[at]) ?? Number.NaN)
}

function number(value: ColumnValue | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function text(value: ColumnValue | undefined): string | null {
  return typeof value === 'string' ? value : null
}
