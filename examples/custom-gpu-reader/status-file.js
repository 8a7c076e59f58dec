// GPUs of a vendor that has no reader: its monitoring daemon writes a status file again and again.
// ACME_GPU_STATUS names the file, ACME_VISIBLE_DEVICES the devices of this run (`1,0`).
import { readFileSync } from 'node:fs'

/** Devices by number, or an empty map while the daemon has written nothing that can be read. */
function readStatus(path) {
  try {
    return new Map(JSON.parse(readFileSync(path, 'utf8')).devices.map((gpu) => [gpu.number, gpu]))
  } catch {
    return new Map()
  }
}

const amount = (value) => (typeof value === 'number' && value >= 0 ? value : null)

/** The one export that traceml looks for. */
export function createGpuReader(environment = process.env) {
  const path = environment.ACME_GPU_STATUS ?? '/run/acme-gpu/status.json'
  let numbers = []
  let status = new Map()
  return {
    apiVersion: 1,
    kind: 'gpu-reader',
    vendor: 'acme',
    open() {
      status = readStatus(path)
      const visible = environment.ACME_VISIBLE_DEVICES?.split(',').map(Number) ?? [...status.keys()]
      numbers = visible.filter((number) => status.has(number))
      return numbers.map((number) => {
        const { name, serial, memory } = status.get(number)
        return { index: number, name, uuid: serial, memoryTotalBytes: amount(memory?.total) }
      })
    },
    read() {
      status = readStatus(path)
      return numbers.map((number) => {
        // A device that fell off is not idle: everything of it is null.
        const { busy, memory, celsius, watts, watts_limit: limit } = status.get(number) ?? {}
        return {
          utilPercent: amount(busy),
          memoryUsedBytes: amount(memory?.used),
          memoryTotalBytes: amount(memory?.total),
          temperatureCelsius: amount(celsius),
          powerWatts: amount(watts),
          powerLimitWatts: amount(limit),
        }
      })
    },
    close() {
      status = new Map()
    },
  }
}
