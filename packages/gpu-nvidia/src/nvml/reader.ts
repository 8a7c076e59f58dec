import type { GpuProcess, GpuReader, GpuReading } from '@traceml/contracts'
import type { DeviceSelection } from '../visible-devices.js'
import type { NvmlLibrary } from './library.js'
import { NvmlError } from './library.js'
import type { RunDevice } from './select.js'
import { selectDevices } from './select.js'

const NOT_SUPPORTED = new Set([3, 13])

/**
 * Reads GPUs through NVML. A value that a device does not support is asked for once; a value that
 * failed for another reason is null in that reading and asked for again.
 *
 * @param library - Loaded, not yet initialised; `close` shuts it down.
 */
export function createNvmlReader(library: NvmlLibrary, selection: DeviceSelection): GpuReader {
  let devices: readonly RunDevice[] = []
  let open = false
  /** Queries by device position that the driver said it cannot answer. */
  let unsupported: Set<string>[] = []

  const ask = (position: number, query: string, read: () => number): number | null => {
    if (unsupported[position]?.has(query) === true) return null
    try {
      const value = read()
      return Number.isFinite(value) ? value : null
    } catch (error) {
      if (error instanceof NvmlError && NOT_SUPPORTED.has(error.code)) {
        unsupported[position]?.add(query)
      }
      return null
    }
  }

  const readDevice = ({ device, board }: RunDevice, position: number): GpuReading => {
    let memoryTotalBytes: number | null = null
    const memoryUsedBytes = ask(position, 'memory', () => {
      const memory = library.memory(device)
      memoryTotalBytes = memory.totalBytes
      return memory.usedBytes
    })
    const power = ask(position, 'power', () => library.powerMilliwatts(board))
    const limit = ask(position, 'limit', () => library.powerLimitMilliwatts(board))
    return {
      utilPercent: ask(position, 'utilization', () => library.utilization(device)),
      memoryUsedBytes,
      memoryTotalBytes,
      temperatureCelsius: ask(position, 'temperature', () => library.temperatureCelsius(board)),
      powerWatts: power === null ? null : power / 1000,
      powerLimitWatts: limit === null ? null : limit / 1000,
    }
  }

  return {
    apiVersion: 1,
    kind: 'gpu-reader',
    vendor: 'nvidia',
    open() {
      library.init()
      open = true
      devices = selectDevices(library, selection)
      unsupported = devices.map(() => new Set())
      return devices.map(({ info }) => info)
    },
    read: () => devices.map(readDevice),
    readProcesses: () =>
      devices.map(({ device }, position): readonly GpuProcess[] | null => {
        if (unsupported[position]?.has('processes') === true) return null
        try {
          return library.processes(device)
        } catch (error) {
          if (error instanceof NvmlError && NOT_SUPPORTED.has(error.code)) {
            unsupported[position]?.add('processes')
          }
          return null
        }
      }),
    close() {
      if (!open) return
      open = false
      devices = []
      try {
        library.shutdown()
      } catch {
        // The driver is gone; there is nothing left to give back.
      }
    },
  }
}
