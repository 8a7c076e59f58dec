import type { TelemetryHealth } from '@traceml/contracts'

/** What is known about the delivery of a run's telemetry; null where it is not. */
export type TelemetryFacts = Omit<TelemetryHealth, 'notes'> & {
  /** Further sentences for the reader, for example that the run was interrupted. */
  readonly notes?: readonly string[]
}

function count(amount: number, one: string, many: string): string {
  return `${amount} ${amount === 1 ? one : many}`
}

function lossNotes(facts: TelemetryFacts): readonly string[] {
  const notes: string[] = []
  if (facts.steps_recorded === 0) {
    notes.push(
      'No training step was recorded. Steps of PyTorch and TensorFlow.js are found by themselves; any other loop marks its steps with traceStep, see traceml run --help.',
    )
  }
  if (facts.steps_lost !== null && facts.steps_lost > 0) {
    const lost = count(facts.steps_lost, 'completed step', 'completed steps')
    notes.push(`${lost} never reached the history: the numbers leave them out.`)
  }
  if (facts.rows_rejected !== null && facts.rows_rejected > 0) {
    const rows = count(facts.rows_rejected, 'row was', 'rows were')
    notes.push(`${rows} not written to the history, because of their content or a write error.`)
  }
  if (facts.messages_dropped !== null && facts.messages_dropped > 0) {
    const messages = count(facts.messages_dropped, 'message was', 'messages were')
    notes.push(`${messages} dropped on the way to the history.`)
  }
  if (facts.missing_ranks.length > 0) {
    const ranks = facts.missing_ranks.map((rank) => `r${rank}`).join(', ')
    notes.push(
      `${count(facts.missing_ranks.length, 'rank', 'ranks')} did not report the end of training: ${ranks}.`,
    )
  }
  return notes
}

/** The `telemetry` block of a report: the facts, and a sentence for each loss. */
export function describeTelemetry(facts: TelemetryFacts): TelemetryHealth {
  return { ...facts, notes: [...lossNotes(facts), ...(facts.notes ?? [])] }
}
