import type { SectionContext, SystemWindow } from '@traceml/contracts'
import { requireTable } from '../shared/require-table.js'

/** Reads the newest `windowRows` samples of every node, with their GPUs. */
export async function loadSystem(context: SectionContext): Promise<SystemWindow> {
  await requireTable(context, 'system_samples')
  return context.store.readSystem({ windowRows: context.windowRows })
}
