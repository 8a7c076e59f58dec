import type { GpuInfo } from '@traceml/contracts'
import type { DeviceSelection, SelectedDevice } from '../visible-devices.js'
import type { NvmlDevice, NvmlLibrary } from './library.js'

/** A GPU, or a part of one, that the run uses. */
export interface RunDevice {
  readonly info: GpuInfo
  readonly device: NvmlDevice
  /** The GPU that answers what a part cannot: temperature and power. The device itself otherwise. */
  readonly board: NvmlDevice
}

/** The devices of a run, in the order in which its processes count them. */
export function selectDevices(
  library: NvmlLibrary,
  selection: DeviceSelection,
): readonly RunDevice[] {
  if (selection.kind === 'all') {
    return Array.from({ length: library.deviceCount() }, (_, index) => index)
      .map((index) => attempt(() => describe(library, library.deviceByIndex(index), null)))
      .filter((device) => device !== null)
  }
  const found: RunDevice[] = []
  for (const entry of selection.devices) {
    const device = attempt(() => find(library, entry))
    // As CUDA does: what stands behind an entry that names nothing is not visible either.
    if (device === null) break
    found.push(device)
  }
  return found
}

function find(library: NvmlLibrary, entry: SelectedDevice): RunDevice | null {
  if (entry.by === 'index') return describe(library, library.deviceByIndex(entry.index), null)
  const exact = attempt(() => library.deviceByUuid(entry.prefix))
  if (exact !== null) {
    const parent = entry.prefix.startsWith('MIG-') ? library.parentOfMig(exact) : null
    return describe(library, exact, parent)
  }
  for (const candidate of everything(library)) {
    if (candidate.info.uuid.startsWith(entry.prefix)) return candidate
  }
  return null
}

/** All GPUs and all their parts. */
function* everything(library: NvmlLibrary): Generator<RunDevice> {
  for (let index = 0; index < library.deviceCount(); index += 1) {
    const device = attempt(() => library.deviceByIndex(index))
    if (device === null) continue
    const board = attempt(() => describe(library, device, null))
    if (board !== null) yield board
    if (attempt(() => library.isMigEnabled(device)) !== true) continue
    const parts = attempt(() => library.migCount(device)) ?? 0
    for (let part = 0; part < parts; part += 1) {
      const found = attempt(() => describe(library, library.migByIndex(device, part), device))
      if (found !== null) yield found
    }
  }
}

function describe(library: NvmlLibrary, device: NvmlDevice, parent: NvmlDevice | null): RunDevice {
  const board = parent ?? device
  return {
    device,
    board,
    info: {
      index: library.index(board),
      name:
        attempt(() => library.name(device)) ?? attempt(() => library.name(board)) ?? 'NVIDIA GPU',
      uuid: library.uuid(device),
      memoryTotalBytes: attempt(() => library.memory(device).totalBytes),
    },
  }
}

function attempt<Value>(read: () => Value): Value | null {
  try {
    return read()
  } catch {
    return null
  }
}
