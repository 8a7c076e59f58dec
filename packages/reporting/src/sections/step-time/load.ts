import type { SectionContext, StepTimeSnapshot } from '@traceml/contracts'
import { requireTable } from '../shared/require-table.js'

/** Reads the newest `windowRows` steps of every rank. */
export async function loadStepTime(context: SectionContext): Promise<StepTimeSnapshot> {
  await requireTable(context, 'step_time_samples')
  return context.store.readStepTime({ windowSize: context.windowRows })
}
