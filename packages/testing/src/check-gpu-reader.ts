import type { GpuInfo, GpuProcess, GpuReader, GpuReading } from '@traceml/contracts'
import { PluginError } from '@traceml/contracts'

/** Options of {@link checkGpuReader}. */
export interface CheckGpuReaderOptions {
  /** Readings that are taken. Default 3. */
  readonly ticks?: number
}

/** What a reader said during {@link checkGpuReader}. */
export interface GpuObservation {
  readonly gpus: readonly GpuInfo[]
  /** By tick, then GPU. */
  readonly readings: readonly (readonly GpuReading[])[]
  /** Of the last tick; null when the reader has no such list. */
  readonly processes: readonly (readonly GpuProcess[] | null)[] | null
}

/** Amounts of a reading and the largest value that makes sense. */
const AMOUNTS: Readonly<Record<keyof GpuReading, number>> = {
  utilPercent: 100,
  memoryUsedBytes: Number.MAX_SAFE_INTEGER,
  memoryTotalBytes: Number.MAX_SAFE_INTEGER,
  temperatureCelsius: 300,
  powerWatts: 100_000,
  powerLimitWatts: 100_000,
}

/**
 * Runs a reader through its contract: devices with a name of their own, one reading per device in
 * the same order, what is missing as null, and an end that can be asked for twice.
 *
 * @param create - Makes a new reader each time: `createGpuReader` of the module.
 * @returns What it said, for tests of its own.
 * @throws {PluginError} `TRACEML_PLUGIN_INVALID` naming the first rule that is broken.
 */
export async function checkGpuReader(
  create: () => GpuReader,
  options: CheckGpuReaderOptions = {},
): Promise<GpuObservation> {
  const reader = create()
  checkShape(reader)
  if (create() === reader) throw broken(reader, 'the factory returns the same object twice')
  const gpus = await guarded(reader, 'open', () => reader.open())
  checkGpus(reader, gpus)
  const readings: (readonly GpuReading[])[] = []
  let processes: GpuObservation['processes'] = null
  for (let tick = 0; tick < (options.ticks ?? 3); tick += 1) {
    const now = await guarded(reader, 'read', () => reader.read())
    checkReadings(reader, gpus, now)
    readings.push(now)
    if (reader.readProcesses === undefined) continue
    processes = await guarded(reader, 'readProcesses', () => reader.readProcesses?.() ?? [])
    checkProcesses(reader, gpus, processes)
  }
  await guarded(reader, 'close', () => reader.close())
  await guarded(reader, 'second close', () => reader.close())
  return { gpus, readings, processes }
}

function checkShape(reader: GpuReader): void {
  if (reader.apiVersion !== 1) throw broken(reader, 'apiVersion must be 1')
  if (reader.kind !== 'gpu-reader') throw broken(reader, 'kind must be "gpu-reader"')
  if (typeof reader.vendor !== 'string' || reader.vendor.trim() === '') {
    throw broken(reader, 'vendor must be a name')
  }
}

function checkGpus(reader: GpuReader, gpus: readonly GpuInfo[]): void {
  if (!Array.isArray(gpus)) throw broken(reader, 'open must return a list')
  for (const [position, gpu] of gpus.entries()) {
    const at = `gpus[${position}]`
    if (!Number.isSafeInteger(gpu.index) || gpu.index < 0) {
      throw broken(reader, `${at}.index must count the GPUs of the host from 0`)
    }
    for (const key of ['name', 'uuid'] as const) {
      if (typeof gpu[key] !== 'string' || gpu[key] === '') {
        throw broken(reader, `${at}.${key} must be a text`)
      }
    }
    checkAmount(reader, `${at}.memoryTotalBytes`, gpu.memoryTotalBytes, Number.MAX_SAFE_INTEGER)
  }
  if (new Set(gpus.map(({ uuid }) => uuid)).size !== gpus.length) {
    throw broken(reader, 'two GPUs have one uuid')
  }
}

function checkReadings(
  reader: GpuReader,
  gpus: readonly GpuInfo[],
  readings: readonly GpuReading[],
): void {
  checkLength(reader, 'read', gpus, readings)
  for (const [position, reading] of readings.entries()) {
    for (const [key, most] of Object.entries(AMOUNTS)) {
      checkAmount(reader, `read()[${position}].${key}`, reading[key as keyof GpuReading], most)
    }
  }
}

function checkProcesses(
  reader: GpuReader,
  gpus: readonly GpuInfo[],
  processes: readonly (readonly GpuProcess[] | null)[],
): void {
  checkLength(reader, 'readProcesses', gpus, processes)
  for (const [position, list] of processes.entries()) {
    for (const { pid, memoryUsedBytes } of list ?? []) {
      const at = `readProcesses()[${position}]`
      if (!Number.isSafeInteger(pid) || pid < 0) throw broken(reader, `${at} has no process id`)
      checkAmount(reader, `${at}.memoryUsedBytes`, memoryUsedBytes, Number.MAX_SAFE_INTEGER)
    }
  }
}

function checkLength(
  reader: GpuReader,
  method: string,
  gpus: readonly GpuInfo[],
  list: readonly unknown[],
): void {
  if (Array.isArray(list) && list.length === gpus.length) return
  throw broken(reader, `${method} must return one entry per GPU of open, ${gpus.length}`)
}

function checkAmount(reader: GpuReader, at: string, value: unknown, most: number): void {
  if (value === null || (typeof value === 'number' && value >= 0 && value <= most)) return
  throw broken(reader, `${at} is ${String(value)}; give a number from 0 to ${most}, or null`)
}

async function guarded<Result>(
  reader: GpuReader,
  method: string,
  run: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    throw broken(reader, `its ${method} threw`, error)
  }
}

function broken(reader: GpuReader, rule: string, cause?: unknown): PluginError {
  return new PluginError(
    'TRACEML_PLUGIN_INVALID',
    `The GPU reader "${String(reader.vendor)}" breaks the rules of GPU readers: ${rule}.`,
    { cause, details: { vendor: String(reader.vendor) } },
  )
}
