import koffi from 'koffi'
import type { NvmlDevice, NvmlLibrary } from './library.js'
import { NvmlError } from './library.js'

type NativeFunction = (...values: unknown[]) => number

const TEMPERATURE_GPU = 0
const NAME_BYTES = 96
const MAX_PROCESSES = 256
/** `NVML_VALUE_NOT_AVAILABLE` for 64-bit counters. */
const NOT_AVAILABLE = 2n ** 64n - 1n

/**
 * Binds the functions of an NVML library.
 *
 * @param path - Name or path of the shared library.
 * @throws when the library cannot be loaded. A function that it lacks throws when it is called.
 */
export function bindNvml(path: string): NvmlLibrary {
  const library = koffi.load(path)
  const device = koffi.pointer(koffi.opaque())
  const uint = koffi.out(koffi.pointer('uint32_t'))
  const uintInOut = koffi.inout(koffi.pointer('uint32_t'))
  const deviceOut = koffi.out(koffi.pointer(device))
  const text = koffi.out(koffi.pointer('char'))
  const utilizationType = koffi.struct({ gpu: 'uint32_t', memory: 'uint32_t' })
  const memoryType = koffi.struct({ total: 'uint64_t', free: 'uint64_t', used: 'uint64_t' })
  const processType = koffi.struct({
    pid: 'uint32_t',
    usedGpuMemory: 'uint64_t',
    gpuInstanceId: 'uint32_t',
    computeInstanceId: 'uint32_t',
  })

  /** Binds on first use, so that an older driver costs only what it does not know. */
  const bind = (name: string, ...parameters: unknown[]): ((...values: unknown[]) => void) => {
    let native: NativeFunction | null = null
    return (...values) => {
      if (native === null) {
        try {
          native = library.func(name, 'int', parameters as string[]) as unknown as NativeFunction
        } catch {
          throw new NvmlError(name, 13)
        }
      }
      const code = native(...values)
      if (code !== 0) throw new NvmlError(name, code)
    }
  }
  const numberOf = (name: string): ((of: NvmlDevice) => number) => {
    const call = bind(name, device, uint)
    const out = [0]
    return (of) => {
      call(of, out)
      return out[0] ?? 0
    }
  }
  const textOf = (name: string): ((of: NvmlDevice) => string) => {
    const call = bind(name, device, text, 'uint32_t')
    return (of) => {
      const bytes = Buffer.alloc(NAME_BYTES)
      call(of, bytes, NAME_BYTES)
      const end = bytes.indexOf(0)
      return bytes.toString('utf8', 0, end === -1 ? NAME_BYTES : end)
    }
  }
  const deviceFrom = (call: (...values: unknown[]) => void, ...before: unknown[]): NvmlDevice => {
    const out: NvmlDevice[] = [null]
    call(...before, out)
    return out[0]
  }

  const init = bind('nvmlInit_v2')
  const shutdown = bind('nvmlShutdown')
  const count = bind('nvmlDeviceGetCount_v2', uint)
  const byIndex = bind('nvmlDeviceGetHandleByIndex_v2', 'uint32_t', deviceOut)
  const byUuid = bind('nvmlDeviceGetHandleByUUID', 'str', deviceOut)
  const parent = bind('nvmlDeviceGetDeviceHandleFromMigDeviceHandle', device, deviceOut)
  const migMode = bind('nvmlDeviceGetMigMode', device, uint, uint)
  const migByIndex = bind('nvmlDeviceGetMigDeviceHandleByIndex', device, 'uint32_t', deviceOut)
  const utilization = bind(
    'nvmlDeviceGetUtilizationRates',
    device,
    koffi.out(koffi.pointer(utilizationType)),
  )
  const memory = bind('nvmlDeviceGetMemoryInfo', device, koffi.out(koffi.pointer(memoryType)))
  const temperature = bind('nvmlDeviceGetTemperature', device, 'uint32_t', uint)
  const processes = bind(
    'nvmlDeviceGetComputeRunningProcesses_v3',
    device,
    uintInOut,
    koffi.out(koffi.pointer(processType)),
  )
  // Reused: one sample of eight devices is a few dozen calls, and none of them should allocate.
  const rates = { gpu: 0, memory: 0 }
  const bytes = { total: 0, free: 0, used: 0 }
  const degrees = [0]

  return {
    init: () => init(),
    shutdown: () => shutdown(),
    deviceCount() {
      const out = [0]
      count(out)
      return out[0] ?? 0
    },
    deviceByIndex: (index) => deviceFrom(byIndex, index),
    deviceByUuid: (uuid) => deviceFrom(byUuid, uuid),
    parentOfMig: (mig) => deviceFrom(parent, mig),
    isMigEnabled(of) {
      const current = [0]
      migMode(of, current, [0])
      return current[0] === 1
    },
    migCount: numberOf('nvmlDeviceGetMaxMigDeviceCount'),
    migByIndex: (of, index) => deviceFrom(migByIndex, of, index),
    index: numberOf('nvmlDeviceGetIndex'),
    name: textOf('nvmlDeviceGetName'),
    uuid: textOf('nvmlDeviceGetUUID'),
    utilization(of) {
      utilization(of, rates)
      return rates.gpu
    },
    memory(of) {
      memory(of, bytes)
      return { usedBytes: Number(bytes.used), totalBytes: Number(bytes.total) }
    },
    temperatureCelsius(of) {
      temperature(of, TEMPERATURE_GPU, degrees)
      return degrees[0] ?? 0
    },
    powerMilliwatts: numberOf('nvmlDeviceGetPowerUsage'),
    powerLimitMilliwatts: numberOf('nvmlDeviceGetEnforcedPowerLimit'),
    processes(of) {
      const size = koffi.sizeof(processType)
      const list = Buffer.alloc(size * MAX_PROCESSES)
      const found = [MAX_PROCESSES]
      processes(of, found, list)
      return Array.from({ length: Math.min(found[0] ?? 0, MAX_PROCESSES) }, (_, at) => {
        const memoryAt = at * size + koffi.offsetof(processType, 'usedGpuMemory')
        const used = list.readBigUInt64LE(memoryAt)
        return {
          pid: list.readUInt32LE(at * size),
          memoryUsedBytes: used === NOT_AVAILABLE ? null : Number(used),
        }
      })
    },
  }
}
