import type { ComparableSummary, CompareMetricContext, StepClock } from '@traceml/contracts'
import { readAverage, readPath, toNumber } from './read.js'

/** First schema version whose step time is the outer duration, published for each clock. */
const CLOCKED_SCHEMA_VERSION = 1.7

/** True when the summary publishes outer step time for each clock (schema 1.7 and newer). */
export function hasClockedStepTime(summary: ComparableSummary): boolean {
  const version = toNumber(summary['schema_version'])
  return version !== null && version >= CLOCKED_SCHEMA_VERSION
}

/** The clock that a summary's phases were measured on, null when it does not say. */
export function selectedClock(summary: ComparableSummary): StepClock | null {
  const clock = readPath(summary, ['step_time', 'global', 'window', 'diagnosis_clock'])
  const name = typeof clock === 'string' ? clock.trim().toLowerCase() : null
  return name === 'cpu' || name === 'gpu' ? name : null
}

/** The clock of the phases when both sides name the same one, otherwise null. */
export function commonSelectedClock(context: CompareMetricContext): StepClock | null {
  const lhs = selectedClock(context.lhs)
  return lhs !== null && lhs === selectedClock(context.rhs) ? lhs : null
}

/** Outer step time in milliseconds of one summary on one clock, null when not measured. */
export function stepTimeOnClock(summary: ComparableSummary, clock: StepClock): number | null {
  if (hasClockedStepTime(summary)) {
    return readAverage(summary, 'step_time', `step_time_${clock}_ms`)
  }
  return clock === 'cpu' ? readAverage(summary, 'step_time', 'total_step_ms') : null
}

/** The clock on which both sides have an outer step time: GPU before CPU, null when neither. */
export function comparisonClock(context: CompareMetricContext): StepClock | null {
  for (const clock of ['gpu', 'cpu'] as const) {
    const both = [context.lhs, context.rhs].every((side) => stepTimeOnClock(side, clock) !== null)
    if (both) return clock
  }
  return null
}

/** The clocks on which a summary has an outer step time. */
export function measuredClocks(summary: ComparableSummary): readonly StepClock[] {
  return (['gpu', 'cpu'] as const).filter((clock) => stepTimeOnClock(summary, clock) !== null)
}

/** What the reader must know about the clocks of a comparison; empty when all is comparable. */
export function clockNotes(context: CompareMetricContext): readonly string[] {
  const notes: string[] = []
  if (comparisonClock(context) === null) {
    notes.push(
      'Step time is not compared: the runs have no clock in common on which both measured it.',
    )
  }
  if (commonSelectedClock(context) === null) {
    const lhs = selectedClock(context.lhs) ?? 'n/a'
    const rhs = selectedClock(context.rhs) ?? 'n/a'
    notes.push(
      `Phases are not compared: they were measured on different or unknown clocks (A ${lhs}, B ${rhs}).`,
    )
  }
  return notes
}
