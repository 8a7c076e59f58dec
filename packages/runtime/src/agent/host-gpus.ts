import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { GpuInfo, GpuProcess, GpuReader, GpuReading } from '@traceml/contracts'
import { errorMessage } from '@traceml/contracts'

/** Options of {@link createHostGpus}. */
export interface HostGpusOptions {
  /** Packages, absolute paths or `file:` URLs; each exports `createGpuReader(): GpuReader`. */
  readonly modules: readonly string[]
  /** Told of a reader that is there and cannot be used. One that is not installed is no problem. */
  readonly onBad: (module: string, reason: string) => void
  /** Injected so that a test need not write files. Default `import()`. */
  readonly importModule?: (specifier: string) => Promise<unknown>
}

interface OpenReader {
  readonly reader: GpuReader
  readonly count: number
}

/**
 * All GPUs of the host that any vendor's reader finds, as one reader: vendors in the order of the
 * modules, each in its own order. Modules are loaded when it is opened; opening it again gives the
 * same list, so that several samplers may use it.
 */
export function createHostGpus(options: HostGpusOptions): GpuReader {
  const { modules, onBad, importModule = (specifier) => import(specifier) } = options
  let readers: readonly OpenReader[] = []
  let opened: Promise<readonly GpuInfo[]> | null = null

  const openOne = async (module: string): Promise<readonly GpuInfo[]> => {
    let reader: GpuReader | null = null
    try {
      reader = makeReader(await importModule(specifierOf(module)))
      const gpus = await reader.open()
      if (gpus.length === 0) reader.close()
      else readers = [...readers, { reader, count: gpus.length }]
      return gpus
    } catch (error) {
      reader?.close()
      if (!isNotInstalled(error, module)) onBad(module, errorMessage(error))
      return []
    }
  }

  const openAll = async (): Promise<readonly GpuInfo[]> => {
    const found: GpuInfo[] = []
    for (const module of modules) found.push(...(await openOne(module)))
    return found
  }

  return {
    apiVersion: 1,
    kind: 'gpu-reader',
    vendor: 'host',
    open() {
      opened ??= openAll()
      return opened
    },
    read: () => readers.flatMap(({ reader, count }) => exactly(count, reader.read(), UNKNOWN)),
    readProcesses: () =>
      readers.flatMap(({ reader, count }) =>
        exactly<readonly GpuProcess[] | null>(count, reader.readProcesses?.() ?? [], null),
      ),
    close() {
      for (const { reader } of readers) reader.close()
      readers = []
    },
  }
}

const UNKNOWN: GpuReading = {
  utilPercent: null,
  memoryUsedBytes: null,
  memoryTotalBytes: null,
  temperatureCelsius: null,
  powerWatts: null,
  powerLimitWatts: null,
}

/** A reader that tells too little must not shift the GPUs behind it. */
function exactly<Value>(count: number, values: readonly Value[], otherwise: Value): Value[] {
  return Array.from({ length: count }, (_, index) => values[index] ?? otherwise)
}

function makeReader(loaded: unknown): GpuReader {
  const { createGpuReader } = loaded as { readonly createGpuReader?: unknown }
  if (typeof createGpuReader !== 'function') {
    throw new TypeError('it exports no function createGpuReader; a module of GPU readers needs one')
  }
  return createGpuReader() as GpuReader
}

function specifierOf(module: string): string {
  return isAbsolute(module) ? pathToFileURL(module).href : module
}

function isNotInstalled(error: unknown, module: string): boolean {
  const { code } = error as { readonly code?: unknown }
  return code === 'ERR_MODULE_NOT_FOUND' && errorMessage(error).includes(`'${module}'`)
}
