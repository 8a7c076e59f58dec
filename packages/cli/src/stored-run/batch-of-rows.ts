import { decodeStepEvents } from '@traceml/analysis'
import {
  type CustomSampleRow,
  type GpuDeviceRow,
  type JsonObject,
  type LiveLineRow,
  type LiveMemoryRows,
  type LiveRowBatch,
  type LiveStepRows,
  PHASES,
  type ProcessSampleRow,
  type RankIdentity,
  readGpuDeviceRow,
  SAMPLER_NAMES,
  type SystemGpuSampleRow,
  type SystemSampleRow,
  type TrainingStrategy,
} from '@traceml/contracts'
import { layerModelRow, layerSampleRow } from '@traceml/storage'
import type { RawRow } from '@traceml/storage/better-sqlite3'
import type { LiveTable } from './rows-in-time.js'

const CLOCKS = 2

/** Rows as they are stored, as a live session takes them in. */
export function batchOfRows(
  rows: ReadonlyMap<LiveTable, readonly RawRow[]>,
  strategy: TrainingStrategy | null,
): LiveRowBatch {
  const of = (table: LiveTable): readonly RawRow[] => rows.get(table) ?? []
  return {
    identities: identitiesOf([...rows.values()].flat()),
    steps: stepRows(of('step_time_samples')),
    memory: memoryRows(of('step_memory_samples')),
    // The columns of these tables are the fields of their rows.
    system: of('system_samples') as unknown as readonly SystemSampleRow[],
    gpus: of('system_gpu_samples') as unknown as readonly SystemGpuSampleRow[],
    gpuDevices: of('custom_samples').flatMap(gpuDeviceRow),
    process: of('process_samples') as unknown as readonly ProcessSampleRow[],
    lines: of('stdout_stderr_samples').map(lineRow),
    layerModels: of('layer_models').map(layerModelRow),
    layerSamples: of('layer_samples')
      .map(layerSampleRow)
      .filter((row) => row !== null),
    custom: of('custom_samples').map(customRow),
    strategy,
  }
}

function customRow({ row_json: text, ...columns }: RawRow): CustomSampleRow {
  return { ...(columns as object), row: JSON.parse(String(text)) as JsonObject } as CustomSampleRow
}

function identitiesOf(rows: readonly RawRow[]): readonly RankIdentity[] {
  const identities = new Map<number, RankIdentity>()
  for (const row of rows) {
    const rank = numberOf(row['global_rank'])
    if (rank === null || identities.has(rank)) continue
    identities.set(rank, {
      global_rank: rank,
      local_rank: numberOf(row['local_rank']),
      node_rank: numberOf(row['node_rank']),
      hostname: typeof row['hostname'] === 'string' ? row['hostname'] : null,
      local_world_size: numberOf(row['local_world_size']),
      world_size: numberOf(row['world_size']),
    })
  }
  return [...identities.values()]
}

function stepRows(rows: readonly RawRow[]): LiveStepRows | null {
  const decoded = rows.flatMap((row) => {
    const rank = rankOf(row)
    const step = numberOf(row['step'])
    const phases = parsePhases(row['events_json'])
    return rank === null || step === null || phases === null ? [] : [{ rank, step, phases }]
  })
  if (decoded.length === 0) return null
  const width = PHASES.length * CLOCKS
  const values = new Float64Array(decoded.length * width).fill(Number.NaN)
  const present = new Uint8Array(decoded.length)
  decoded.forEach(({ phases }, row) => {
    PHASES.forEach((phase, index) => {
      const clocks = phases[phase]
      if (clocks === undefined) return
      present[row] = (present[row] ?? 0) | (1 << index)
      values[row * width + index] = clocks.cpuMs ?? Number.NaN
      values[row * width + PHASES.length + index] = clocks.gpuMs ?? Number.NaN
    })
  })
  return {
    ranks: Float64Array.from(decoded, ({ rank }) => rank),
    steps: Float64Array.from(decoded, ({ step }) => step),
    present,
    values,
  }
}

function parsePhases(text: unknown): ReturnType<typeof decodeStepEvents> {
  try {
    return decodeStepEvents(JSON.parse(String(text)))
  } catch {
    // A row that cannot be read is no observed step; the others are.
    return null
  }
}

function memoryRows(all: readonly RawRow[]): LiveMemoryRows | null {
  const rows = all.filter((row) => rankOf(row) !== null && numberOf(row['step']) !== null)
  if (rows.length === 0) return null
  const column = (name: string): Float64Array =>
    Float64Array.from(rows, (row) => numberOf(row[name]) ?? Number.NaN)
  return {
    ranks: Float64Array.from(rows, (row) => rankOf(row) ?? Number.NaN),
    steps: column('step'),
    peakAllocatedBytes: column('peak_alloc_bytes'),
    peakReservedBytes: column('peak_reserved_bytes'),
    liveBytes: column('live_bytes'),
    liveTensorCount: column('live_tensor_count'),
    devices: rows.map((row) => (typeof row['device'] === 'string' ? row['device'] : null)),
  }
}

function gpuDeviceRow(row: RawRow): readonly GpuDeviceRow[] {
  if (row['sampler'] !== SAMPLER_NAMES.gpuDevices.sampler) return []
  const who = { global_rank: rankOf(row), node_rank: numberOf(row['node_rank']) }
  const device = readGpuDeviceRow(parseJson(row['row_json']), who)
  return device === null ? [] : [device]
}

/** Null for what is no JSON. */
function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return null
  }
}

function lineRow(row: RawRow): LiveLineRow {
  return {
    rank: rankOf(row),
    ts: numberOf(row['sample_ts_s']),
    line: String(row['line'] ?? ''),
  }
}

/** Older files know `rank` only. */
function rankOf(row: RawRow): number | null {
  return numberOf(row['global_rank']) ?? numberOf(row['rank'])
}

function numberOf(value: unknown): number | null {
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
