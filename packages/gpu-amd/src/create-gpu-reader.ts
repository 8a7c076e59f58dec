import { join } from 'node:path'
import type { GpuInfo, GpuReader, GpuReading } from '@traceml/contracts'
import { type AmdDevice, findAmdDevices, readNumber, readText } from './sysfs.js'
import { parseVisibleDevices, selectVisible } from './visible-devices.js'

/** Options of {@link createGpuReader}. */
export interface AmdReaderOptions {
  /** Default `process.env`; `ROCR_VISIBLE_DEVICES` and `HIP_VISIBLE_DEVICES` select GPUs. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Where sysfs is mounted; default `/sys`. */
  readonly sysfs?: string
}

/**
 * A reader of the AMD GPUs that a run may use, from files of the `amdgpu` kernel driver. Without
 * that driver `open` returns an empty list after one look at a folder.
 */
export function createGpuReader(options: AmdReaderOptions = {}): GpuReader {
  const { environment = process.env, sysfs = '/sys' } = options
  let devices: readonly AmdDevice[] = []
  return {
    apiVersion: 1,
    kind: 'gpu-reader',
    vendor: 'amd',
    open() {
      const all = findAmdDevices(sysfs).map((device, index) => ({
        device,
        info: describe(device, index),
      }))
      const visible = selectVisible(all, parseVisibleDevices(environment))
      devices = visible.map(({ device }) => device)
      return visible.map(({ info }) => info)
    },
    read: () => devices.map(readDevice),
    close() {
      devices = []
    },
  }
}

function describe({ directory }: AmdDevice, index: number): GpuInfo {
  const id = readText(join(directory, 'unique_id'))
  return {
    index,
    name: readText(join(directory, 'product_name')) || 'AMD GPU',
    uuid: id === null || id === '' ? `amdgpu-${index}` : `GPU-${id.replace(/^0x/, '')}`,
    memoryTotalBytes: readNumber(join(directory, 'mem_info_vram_total')),
  }
}

/** Units of the files: percent, bytes, thousandths of a degree, millionths of a watt. */
function readDevice({ directory, sensors }: AmdDevice): GpuReading {
  const sensor = (name: string): number | null =>
    sensors === null ? null : readNumber(join(sensors, name))
  const temperature = sensor('temp1_input')
  const power = sensor('power1_average') ?? sensor('power1_input')
  const limit = sensor('power1_cap')
  return {
    utilPercent: readNumber(join(directory, 'gpu_busy_percent')),
    memoryUsedBytes: readNumber(join(directory, 'mem_info_vram_used')),
    memoryTotalBytes: readNumber(join(directory, 'mem_info_vram_total')),
    temperatureCelsius: temperature === null ? null : temperature / 1000,
    powerWatts: power === null ? null : power / 1e6,
    powerLimitWatts: limit === null ? null : limit / 1e6,
  }
}
