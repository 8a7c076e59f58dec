import type { SectionContext, StepTimeSnapshot } from '@traceml/contracts'

/** Reads the newest `windowRows` steps of every rank. */
export function loadStepTime(context: SectionContext): Promise<StepTimeSnapshot> {
  return context.store.readStepTime({ windowSize: context.windowRows })
}
