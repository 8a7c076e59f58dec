import { JAVASCRIPT_EVENTS, PHASE_EVENTS, type RecordedStep } from '@traceml/contracts'
import { type StepTotals, WARMUP_STEPS } from '../row.js'
import { createRecentMedian } from './recent-median.js'

/** Sums over the steps of a rank. */
export interface StepTotalsCounter {
  /** Adds a step; returns its step time in milliseconds, or null within the warm-up. */
  add(step: RecordedStep): number | null
  read(): StepTotals
}

/** Creates sums of no steps. */
export function createStepTotals(): StepTotalsCounter {
  const median = createRecentMedian()
  // By event name: position in `sums` and `calls`.
  const slots: ReadonlyMap<string, number> = new Map([
    [PHASE_EVENTS.traced_step_time, 0],
    [PHASE_EVENTS.input_wait, 1],
    [PHASE_EVENTS.h2d, 2],
    [JAVASCRIPT_EVENTS.syncRead, 3],
    [JAVASCRIPT_EVENTS.asyncRead, 4],
    [JAVASCRIPT_EVENTS.yieldWait, 5],
  ])
  const sums = new Float64Array(slots.size)
  const calls = new Float64Array(slots.size)
  const now = new Float64Array(slots.size)
  let newest = 0
  let counted = 0
  let startSeconds = 0
  let endSeconds = 0
  let firstMs: number | null = null

  return {
    add(step) {
      newest = step.step
      now.fill(0)
      const isCounted = step.step > WARMUP_STEPS
      for (let index = 0; index < step.eventCount; index += 1) {
        const slot = slots.get(step.eventName(index))
        if (slot === undefined) continue
        now[slot] = step.eventMs(index)
        if (isCounted) calls[slot] = (calls[slot] as number) + step.eventCalls(index)
      }
      const stepMs = (now[0] as number) + (now[1] as number)
      if (step.step === 1) firstMs = stepMs
      if (!isCounted) return null
      if (counted === 0) startSeconds = step.endTimeSeconds
      endSeconds = step.endTimeSeconds
      counted += 1
      for (let slot = 0; slot < sums.length; slot += 1)
        sums[slot] = (sums[slot] as number) + (now[slot] as number)
      median.add(stepMs)
      return stepMs
    },
    read: () => ({
      newest,
      counted,
      seconds: Math.max(0, endSeconds - startSeconds),
      step_ms: (sums[0] as number) + (sums[1] as number),
      upload_ms: sums[2] as number,
      sync_read_ms: sums[3] as number,
      sync_reads: calls[3] as number,
      async_read_ms: sums[4] as number,
      async_reads: calls[4] as number,
      yield_ms: sums[5] as number,
      yields: calls[5] as number,
      first_step_ms: firstMs,
      median_step_ms: median.read(),
    }),
  }
}
