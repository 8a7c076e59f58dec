import type { GpuDeviceRow, SectionContext, SystemWindow } from '@traceml/contracts'
import { readGpuDeviceRow, SAMPLER_NAMES } from '@traceml/contracts'
import { requireTable } from '../shared/require-table.js'

/** What the section is made of. */
export interface SystemData extends SystemWindow {
  /** Oldest first; default none: no GPU is named then. */
  readonly devices?: readonly GpuDeviceRow[]
}

/** Reads the newest `windowRows` samples of every node, with their GPUs and what they are called. */
export async function loadSystem(context: SectionContext): Promise<SystemData> {
  await requireTable(context, 'system_samples')
  const { store, windowRows } = context
  const window = await store.readSystem({ windowRows })
  if (window.gpus.length === 0) return window
  const { sampler, table } = SAMPLER_NAMES.gpuDevices
  const rows = await store.readCustom({ sampler, table, limit: windowRows })
  return { ...window, devices: rows.flatMap(({ row, ...ids }) => readGpuDeviceRow(row, ids) ?? []) }
}
