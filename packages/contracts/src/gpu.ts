/** Packages whose readers are used without being asked for; one that is not installed is no problem. */
export const DEFAULT_GPU_MODULES: readonly string[] = ['@traceml/gpu-nvidia', '@traceml/gpu-amd']

/** One reading of one GPU. A field that could not be read is null, never 0. */
export interface GpuReading {
  /** 0 to 100. */
  readonly utilPercent: number | null
  readonly memoryUsedBytes: number | null
  readonly memoryTotalBytes: number | null
  readonly temperatureCelsius: number | null
  readonly powerWatts: number | null
  readonly powerLimitWatts: number | null
}

/** Identity of a GPU of this host. */
export interface GpuInfo {
  /** As the vendor's tools count the GPUs of the host, whatever of them the run may use. */
  readonly index: number
  readonly name: string
  /** `GPU-…`, or `MIG-…` for a part of a GPU. */
  readonly uuid: string
  readonly memoryTotalBytes: number | null
}

/** A process that computes on a GPU. */
export interface GpuProcess {
  readonly pid: number
  /** Null where the driver does not say. */
  readonly memoryUsedBytes: number | null
}

/**
 * Reads the GPUs of a host through one vendor's interface. `open` is called before anything else;
 * `read` at every tick and must not block for longer than a few milliseconds.
 */
export interface GpuReader {
  readonly apiVersion: 1
  readonly kind: 'gpu-reader'
  readonly vendor: string
  /**
   * Returns the GPUs that this process may use, in the order in which it counts them; an empty list
   * when there are none. May throw: then no GPU is reported.
   */
  open(): readonly GpuInfo[] | Promise<readonly GpuInfo[]>
  /** One reading per GPU, in the order of `open`. */
  read(): readonly GpuReading[]
  /**
   * The processes on each GPU, in the order of `open`; null for a GPU that does not tell. Absent
   * where the vendor's interface has no such list.
   */
  readProcesses?(): readonly (readonly GpuProcess[] | null)[]
  close(): void
}
