import type { ProcessSampleRow, SectionContext } from '@traceml/contracts'
import { requireTable } from '../shared/require-table.js'

/** Reads the newest `windowRows` samples of every rank's process. */
export async function loadProcess(context: SectionContext): Promise<readonly ProcessSampleRow[]> {
  await requireTable(context, 'process_samples')
  return context.store.readProcess({ windowRows: context.windowRows })
}
