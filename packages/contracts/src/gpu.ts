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
  readonly index: number
  readonly name: string
  readonly uuid: string
  readonly memoryTotalBytes: number | null
}

/**
 * Reads the GPUs of a host through one vendor's interface. `open` is called once; `read` at every
 * tick and must not block for longer than a few milliseconds.
 */
export interface GpuReader {
  readonly apiVersion: 1
  readonly kind: 'gpu-reader'
  readonly vendor: string
  /** Returns the GPUs, an empty list when there are none. May throw: then no GPU is reported. */
  open(): readonly GpuInfo[] | Promise<readonly GpuInfo[]>
  /** One reading per GPU, in the order of `open`. */
  read(): readonly GpuReading[]
  close(): void
}
