import { existsSync } from 'node:fs'
import type { GpuInfo, GpuReader } from '@traceml/contracts'
import type { NvmlLibrary } from './nvml/library.js'
import { parseVisibleDevices } from './visible-devices.js'

/** Options of {@link createGpuReader}. */
export interface NvidiaReaderOptions {
  /** Default `process.env`; `CUDA_VISIBLE_DEVICES` says which GPUs the run may use. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Name or path of NVML; default the driver's own, by platform. */
  readonly libraryPath?: string
  /** Program to ask when NVML cannot be loaded; default `nvidia-smi`. */
  readonly smiCommand?: string
  /** Milliseconds between two answers of that program; default 1000. */
  readonly smiIntervalMs?: number
  /** Whether a driver is there at all; default looks for its device files on Linux. */
  readonly hasDriver?: () => boolean
}

/**
 * A reader of the NVIDIA GPUs that a run may use: through NVML where it can be loaded, otherwise
 * from `nvidia-smi`. On a host without the driver `open` returns an empty list after one look.
 */
export function createGpuReader(options: NvidiaReaderOptions = {}): GpuReader {
  const environment = options.environment ?? process.env
  const hasDriver = options.hasDriver ?? hasNvidiaDriver
  const selection = parseVisibleDevices(environment['CUDA_VISIBLE_DEVICES'])
  let reader: GpuReader | null = null
  let gpus: readonly GpuInfo[] = []

  const openNvml = async (): Promise<readonly GpuInfo[]> => {
    const { createNvmlReader } = await import('./nvml/reader.js')
    const nvml = createNvmlReader(await loadNvml(options.libraryPath), selection)
    try {
      const found = await nvml.open()
      reader = nvml
      return found
    } catch (error) {
      nvml.close()
      throw error
    }
  }
  const openSmi = async (): Promise<readonly GpuInfo[]> => {
    const { createSmiReader } = await import('./smi/reader.js')
    reader = createSmiReader(selection, {
      ...(options.smiCommand === undefined ? {} : { command: options.smiCommand }),
      ...(options.smiIntervalMs === undefined ? {} : { intervalMs: options.smiIntervalMs }),
    })
    return reader.open()
  }

  return {
    apiVersion: 1,
    kind: 'gpu-reader',
    vendor: 'nvidia',
    async open() {
      if (selection.kind === 'some' && selection.devices.length === 0) return []
      if (options.libraryPath === undefined && !hasDriver()) return []
      gpus = await openNvml().catch((nvmlError: unknown) =>
        openSmi().catch(() => {
          throw nvmlError
        }),
      )
      return gpus
    },
    read: () => reader?.read() ?? [],
    readProcesses: () => reader?.readProcesses?.() ?? gpus.map(() => null),
    close() {
      reader?.close()
      reader = null
    },
  }
}

/** The driver's device files, or WSL's; other platforms have to try. */
function hasNvidiaDriver(): boolean {
  if (process.platform === 'darwin') return false
  if (process.platform !== 'linux') return true
  return existsSync('/dev/nvidiactl') || existsSync('/dev/dxg')
}

async function loadNvml(path: string | undefined): Promise<NvmlLibrary> {
  const { bindNvml } = await import('./nvml/bind.js')
  return bindNvml(path ?? (process.platform === 'win32' ? 'nvml.dll' : 'libnvidia-ml.so.1'))
}
