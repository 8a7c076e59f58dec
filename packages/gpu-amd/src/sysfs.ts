import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** PCI vendor of AMD. */
const AMD = '0x1002'

/** One GPU as the kernel's `amdgpu` driver shows it. */
export interface AmdDevice {
  /** `…/class/drm/card0/device`. */
  readonly directory: string
  /** `…/hwmon/hwmon3`, null when the driver has no sensors. */
  readonly sensors: string | null
}

/** The AMD GPUs of a host, by card number; those without a utilisation counter are no compute GPUs. */
export function findAmdDevices(sysfs: string): readonly AmdDevice[] {
  const root = join(sysfs, 'class', 'drm')
  return list(root)
    .map((name) => /^card(\d+)$/.exec(name))
    .filter((match) => match !== null)
    .toSorted((left, right) => Number(left[1]) - Number(right[1]))
    .map((match) => join(root, match[0], 'device'))
    .filter((directory) => readText(join(directory, 'vendor')) === AMD)
    .filter((directory) => readText(join(directory, 'gpu_busy_percent')) !== null)
    .map((directory) => {
      const hwmon = list(join(directory, 'hwmon'))[0]
      return { directory, sensors: hwmon === undefined ? null : join(directory, 'hwmon', hwmon) }
    })
}

/** The first line of a file of sysfs, null when it cannot be read. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null
  }
}

/** A number of sysfs, null when it is missing or none. */
export function readNumber(path: string): number | null {
  const text = readText(path)
  return text !== null && /^-?\d+$/.test(text) ? Number(text) : null
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
