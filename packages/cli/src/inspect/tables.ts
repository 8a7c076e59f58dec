import { decodeStepEvents } from '@traceml/analysis'
import type { Phase } from '@traceml/contracts'
import type { SampleTable } from '@traceml/storage'
import type { RawRow } from '@traceml/storage/better-sqlite3'
import type { PrintColumn } from '../output/table.js'

/** Short names of the tables, as they are typed. */
export const TABLE_NAMES: Readonly<Record<string, SampleTable>> = {
  environment: 'runtime_environment',
  system: 'system_samples',
  gpu: 'system_gpu_samples',
  process: 'process_samples',
  step_time: 'step_time_samples',
  step_memory: 'step_memory_samples',
  output: 'stdout_stderr_samples',
  custom: 'custom_samples',
  models: 'layer_models',
  layers: 'layer_samples',
}

/** A printed column and what stands in it. */
export interface RowColumn extends PrintColumn {
  cell(row: RawRow): string
}

const MISSING = 'n/a'

function text(value: unknown): string {
  return value === null || value === undefined ? MISSING : String(value)
}

function fixed(value: unknown, decimals: number, unit: string): string {
  return typeof value === 'number' ? `${value.toFixed(decimals)}${unit}` : text(value)
}

function left(title: string, key: string, minWidth?: number): RowColumn {
  const column = { title, align: 'left', cell: (row: RawRow) => text(row[key]) } as const
  return minWidth === undefined ? column : { ...column, minWidth }
}

function right(title: string, key: string, decimals = 0, unit = ''): RowColumn {
  return { title, align: 'right', cell: (row) => fixed(row[key], decimals, unit) }
}

function memory(title: string, key: string): RowColumn {
  return { title, align: 'right', cell: (row) => bytesText(row[key]) }
}

function bytesText(bytes: unknown): string {
  if (typeof bytes !== 'number') return text(bytes)
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)}GB`
  return bytes >= 1e5 || bytes === 0
    ? `${(bytes / 1e6).toFixed(1)}MB`
    : `${(bytes / 1e3).toFixed(1)}kB`
}

/** How many layers a list of a row has. */
function lengthOf(json: unknown): string {
  const list = parsedJson(json)
  return Array.isArray(list) ? String(list.length) : MISSING
}

/** What the numbers of a list of a row add up to. */
function sumOf(json: unknown, unit: 'ms' | 'bytes'): string {
  const list: unknown = parsedJson(json)
  const numbers = Array.isArray(list) ? list.filter((value) => typeof value === 'number') : []
  if (numbers.length === 0) return MISSING
  const sum = numbers.reduce((total, value) => total + value, 0)
  return unit === 'ms' ? fixed(sum, 3, 'ms') : bytesText(sum)
}

const ID = right('ID', 'id')
const RANK: RowColumn = {
  title: 'RANK',
  align: 'left',
  cell: (row) => {
    const rank = row['global_rank'] ?? row['rank']
    return rank === null || rank === undefined ? MISSING : `r${String(rank)}`
  },
}
const NODE: RowColumn = {
  title: 'NODE',
  align: 'left',
  cell: (row) =>
    typeof row['node_rank'] === 'number' ? `n${row['node_rank']}` : text(row['hostname']),
}
const TIME: RowColumn = {
  title: 'TIME (UTC)',
  align: 'left',
  cell: (row) => {
    const seconds = row['sample_ts_s']
    const isTime = typeof seconds === 'number' && Math.abs(seconds) < 8e12
    return isTime ? new Date(seconds * 1000).toISOString().slice(11, 23) : text(seconds)
  },
}

function phase(title: string, key: Phase): RowColumn {
  return {
    title,
    align: 'right',
    cell: (row) => {
      const clocks = stepPhases(row)?.[key]
      return fixed(clocks?.gpuMs ?? clocks?.cpuMs ?? null, 2, 'ms')
    },
  }
}

let decoded: readonly [RawRow, ReturnType<typeof decodeStepEvents>] | null = null

/** The phases of a row of step times; the last row is remembered, as each of its columns asks. */
function stepPhases(row: RawRow): ReturnType<typeof decodeStepEvents> {
  if (decoded?.[0] === row) return decoded[1]
  decoded = [row, decodeStepEvents(parsedJson(row['events_json']))]
  return decoded[1]
}

/** A JSON text of a row as a value; the text itself when it is none. */
export function parsedJson(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}

/** What is printed of each table, the most telling columns first. */
export const ROW_COLUMNS: Readonly<Record<SampleTable, readonly RowColumn[]>> = {
  runtime_environment: [
    ID,
    RANK,
    right('PID', 'pid'),
    left('HOST', 'hostname', 8),
    left('TOPOLOGY', 'topology', 8),
    left('BACKEND', 'distributed_backend'),
    left('STRATEGY', 'training_strategy'),
  ],
  system_samples: [
    ID,
    TIME,
    NODE,
    right('CPU', 'cpu_percent', 1, '%'),
    memory('MEMORY', 'ram_used_bytes'),
    memory('OF', 'ram_total_bytes'),
    right('GPUS', 'gpu_count'),
  ],
  system_gpu_samples: [
    ID,
    TIME,
    NODE,
    right('GPU', 'gpu_idx'),
    right('UTIL', 'util', 1, '%'),
    memory('MEMORY', 'mem_used_bytes'),
    memory('OF', 'mem_total_bytes'),
    right('TEMP', 'temperature_c', 0, 'C'),
    right('POWER', 'power_usage_w', 0, 'W'),
  ],
  process_samples: [
    ID,
    TIME,
    RANK,
    right('CPU', 'cpu_percent', 1, '%'),
    memory('MEMORY', 'ram_used_bytes'),
    right('GPU', 'gpu_device_index'),
    memory('GPU USED', 'gpu_mem_used_bytes'),
    memory('RESERVED', 'gpu_mem_reserved_bytes'),
  ],
  step_time_samples: [
    right('STEP', 'step'),
    RANK,
    phase('INPUT', 'input_wait'),
    phase('H2D', 'h2d'),
    phase('FORWARD', 'forward'),
    phase('BACKWARD', 'backward'),
    phase('OPTIMIZER', 'optimizer_step'),
    phase('TRACED', 'traced_step_time'),
    TIME,
  ],
  step_memory_samples: [
    right('STEP', 'step'),
    RANK,
    left('DEVICE', 'device', 6),
    memory('ALLOCATED', 'peak_alloc_bytes'),
    memory('RESERVED', 'peak_reserved_bytes'),
    memory('LIVE', 'live_bytes'),
    right('TENSORS', 'live_tensor_count'),
    TIME,
  ],
  stdout_stderr_samples: [TIME, RANK, left('LINE', 'line', 20)],
  custom_samples: [
    TIME,
    RANK,
    left('SAMPLER', 'sampler', 12),
    left('TABLE', 'table_name', 6),
    left('ROW', 'row_json', 20),
  ],
  layer_models: [
    TIME,
    RANK,
    right('MODEL', 'model_index'),
    left('NAME', 'model_name', 6),
    { title: 'LAYERS', align: 'right', cell: (row) => lengthOf(row['layers_json']) },
    { title: 'PARAMETERS', align: 'right', cell: (row) => sumOf(row['layer_bytes_json'], 'bytes') },
    left('SIGNATURE', 'model_signature', 8),
  ],
  layer_samples: [
    right('STEP', 'step'),
    RANK,
    right('MODEL', 'model_id'),
    left('KIND', 'kind', 6),
    left('DEVICE', 'device', 6),
    { title: 'LAYERS', align: 'right', cell: (row) => lengthOf(row['layers_json']) },
    {
      title: 'SUM',
      align: 'right',
      cell: (row) =>
        sumOf(row['values_json'], String(row['kind']).endsWith('time') ? 'ms' : 'bytes'),
    },
    right('EVERY', 'every'),
    right('COST', 'cost_ms', 3, 'ms'),
    TIME,
  ],
}
