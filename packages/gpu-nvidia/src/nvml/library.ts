/** A device of NVML; opaque. */
export type NvmlDevice = unknown

/** A call that failed: NVML's code and its name. */
export class NvmlError extends Error {
  override readonly name: string = 'NvmlError'
  /** `nvmlReturn_t`. */
  readonly code: number
  constructor(call: string, code: number) {
    super(`${call} returned ${code} (${CODES[code] ?? 'unknown code'})`)
    this.code = code
  }
}

/** What can be asked of NVML. Every call throws {@link NvmlError} when it fails. */
export interface NvmlLibrary {
  init(): void
  shutdown(): void
  deviceCount(): number
  deviceByIndex(index: number): NvmlDevice
  /** Also finds a part of a GPU (`MIG-…`). */
  deviceByUuid(uuid: string): NvmlDevice
  /** The GPU that a part belongs to. */
  parentOfMig(device: NvmlDevice): NvmlDevice
  /** Whether the GPU is divided into parts now. */
  isMigEnabled(device: NvmlDevice): boolean
  migCount(device: NvmlDevice): number
  migByIndex(device: NvmlDevice, index: number): NvmlDevice
  index(device: NvmlDevice): number
  name(device: NvmlDevice): string
  uuid(device: NvmlDevice): string
  /** 0 to 100. */
  utilization(device: NvmlDevice): number
  memory(device: NvmlDevice): { readonly usedBytes: number; readonly totalBytes: number }
  temperatureCelsius(device: NvmlDevice): number
  powerMilliwatts(device: NvmlDevice): number
  powerLimitMilliwatts(device: NvmlDevice): number
  processes(
    device: NvmlDevice,
  ): readonly { readonly pid: number; readonly memoryUsedBytes: number | null }[]
}

/** Names of NVML's return codes (`nvmlReturn_t`, nvml.h) that users meet. */
const CODES: Readonly<Record<number, string>> = {
  1: 'not initialised',
  2: 'invalid argument',
  3: 'not supported',
  4: 'no permission',
  6: 'not found',
  7: 'insufficient size',
  9: 'driver not loaded',
  10: 'timeout',
  12: 'library not found',
  13: 'function not found',
  15: 'GPU is lost',
  16: 'reset required',
  17: 'operating system blocks the GPU',
  18: 'driver and library versions differ',
  20: 'insufficient memory',
  999: 'unknown error',
}
