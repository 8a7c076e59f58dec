import type { SectionContext, StepMemoryColumns, StepMemoryWindow } from '@traceml/contracts'
import { requireTable } from '../shared/require-table.js'

/** Reads the memory of every rank's newest steps, deep enough to align `windowRows` of them. */
export async function loadStepMemory(
  context: SectionContext,
): Promise<StepMemoryWindow | StepMemoryColumns> {
  await requireTable(context, 'step_memory_samples')
  const { store, windowRows } = context
  return store.readStepMemoryColumns?.({ windowRows }) ?? store.readStepMemory({ windowRows })
}
