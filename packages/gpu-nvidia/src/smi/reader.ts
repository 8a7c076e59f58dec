import type { ChildProcess } from 'node:child_process'
import { execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { GpuInfo, GpuReader, GpuReading } from '@traceml/contracts'
import type { DeviceSelection, SelectedDevice } from '../visible-devices.js'
import type { SmiLine } from './csv.js'
import { parseSmiLine, QUERY } from './csv.js'

/** Options of {@link createSmiReader}. */
export interface SmiReaderOptions {
  /** Program to ask; default `nvidia-smi`, found on the `PATH`. */
  readonly command?: string
  /** Milliseconds between two answers; default 1000. */
  readonly intervalMs?: number
  /** Monotonic milliseconds; default `performance.now`. */
  readonly nowMs?: () => number
}

/** An answer older than this many intervals is no reading any more. */
const STALE_INTERVALS = 5
const FIRST_ANSWER_MS = 5_000

const UNKNOWN: GpuReading = {
  utilPercent: null,
  memoryUsedBytes: null,
  memoryTotalBytes: null,
  temperatureCelsius: null,
  powerWatts: null,
  powerLimitWatts: null,
}

/**
 * Reads GPUs from one `nvidia-smi` that stays alive and answers at its own pace, so that `read`
 * never waits. What it no longer tells is null. Parts of a GPU (`MIG-…`) are not in its answers.
 */
export function createSmiReader(
  selection: DeviceSelection,
  options: SmiReaderOptions = {},
): GpuReader {
  const { command = 'nvidia-smi', intervalMs = 1000 } = options
  const nowMs = options.nowMs ?? (() => performance.now())
  const query = [`--query-gpu=${QUERY.join(',')}`, '--format=csv,noheader,nounits']
  const latest = new Map<string, { readonly reading: GpuReading; readonly atMs: number }>()
  let gpus: readonly GpuInfo[] = []
  let child: ChildProcess | null = null

  const take = (line: SmiLine | null): void => {
    if (line !== null) latest.set(line.info.uuid, { reading: line.reading, atMs: nowMs() })
  }
  const follow = (): void => {
    const started = spawn(command, [...query, '-lms', String(intervalMs)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    child = started
    // A program that ends or cannot start leaves readings that grow old and become null.
    started.on('error', () => {})
    createInterface({ input: started.stdout }).on('line', (line) => take(parseSmiLine(line)))
    started.unref()
    const { stdout } = started as unknown as { readonly stdout: { unref?(): void } }
    stdout.unref?.()
  }

  return {
    apiVersion: 1,
    kind: 'gpu-reader',
    vendor: 'nvidia',
    async open() {
      const lines = (await ask(command, query)).split('\n').map(parseSmiLine)
      const found = lines.filter((line) => line !== null)
      gpus = pick(
        found.map(({ info }) => info),
        selection,
      )
      for (const line of found) take(line)
      if (gpus.length > 0) follow()
      return gpus
    },
    read() {
      const oldest = nowMs() - STALE_INTERVALS * intervalMs
      return gpus.map(({ uuid }) => {
        const entry = latest.get(uuid)
        return entry === undefined || entry.atMs < oldest ? UNKNOWN : entry.reading
      })
    },
    close() {
      child?.kill('SIGKILL')
      child = null
    },
  }
}

/** @throws when the program is missing, fails or takes too long. */
function ask(command: string, query: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, [...query], { timeout: FIRST_ANSWER_MS }, (error, stdout) => {
      if (error === null) resolve(stdout)
      else reject(error)
    })
  })
}

function pick(gpus: readonly GpuInfo[], selection: DeviceSelection): readonly GpuInfo[] {
  if (selection.kind === 'all') return gpus
  const picked: GpuInfo[] = []
  for (const entry of selection.devices) {
    const gpu = gpus.find((candidate) => isMeant(candidate, entry))
    if (gpu === undefined) break
    picked.push(gpu)
  }
  return picked
}

function isMeant(gpu: GpuInfo, entry: SelectedDevice): boolean {
  return entry.by === 'index' ? gpu.index === entry.index : gpu.uuid.startsWith(entry.prefix)
}
