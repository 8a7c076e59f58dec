import type { TelemetryHealth, UnfinishedRank } from '@traceml/contracts'
import type { HistoryStats } from '../history/history-port.js'
import type { ProducerLosses } from '../ranks/producer-losses.js'
import { describeUnfinished, nameRanks } from './unfinished.js'

/** What is known about the completeness of a run's numbers. @internal */
export interface HealthFacts {
  readonly history: HistoryStats
  readonly losses: ProducerLosses
  readonly framesSkipped: number
  readonly peersRejected: number
  readonly expectedRanks: number
  readonly finishedRanks: readonly number[]
  readonly missingRanks: readonly number[]
  /** Missing ranks that had sent something. */
  readonly unfinished: readonly UnfinishedRank[]
  /** False while the run goes on: a rank that is still training is not missing. */
  readonly ended: boolean
}

/** Puts the facts into the shape of the report, with a sentence for everything that was lost. */
export function telemetryHealth(facts: HealthFacts): TelemetryHealth {
  const { history, losses } = facts
  return {
    steps_recorded: losses.stepsCompleted,
    steps_lost: losses.stepsDropped,
    rows_written: history.enabled ? history.rowsWritten : null,
    rows_rejected: history.enabled ? history.rowsRejected : null,
    messages_dropped: history.framesDropped + losses.batchesDropped,
    ...(losses.stepCostNs === null ? {} : { step_cost_us: losses.stepCostNs / 1000 }),
    expected_ranks: facts.expectedRanks,
    finished_ranks: facts.finishedRanks,
    missing_ranks: facts.ended ? facts.missingRanks : [],
    ...(facts.unfinished.length === 0 ? {} : { unfinished: facts.unfinished }),
    notes: notes(facts),
  }
}

function notes(facts: HealthFacts): readonly string[] {
  const { history, losses } = facts
  const sentences: string[] = []
  const say = (count: number, sentence: string): void => {
    if (count > 0) sentences.push(sentence)
  }
  if (facts.ended) {
    const lost = facts.unfinished.map(({ rank }) => rank)
    const silent = facts.missingRanks.filter((rank) => !lost.includes(rank))
    sentences.push(...describeUnfinished(facts.unfinished))
    say(silent.length, `${nameRanks(silent)} never reported.`)
  }
  const steps = losses.stepsDropped ?? 0
  say(steps, `${steps} completed steps were lost before they could be sent.`)
  say(losses.rowsDropped, `${losses.rowsDropped} rows were dropped by the ranks that made them.`)
  say(
    history.framesDropped,
    `${history.framesDropped} messages were received and could not be stored.`,
  )
  say(history.rowsRejected, `${history.rowsRejected} rows had values that cannot be stored.`)
  say(history.rowsPending, `${history.rowsPending} rows are not written yet.`)
  say(facts.framesSkipped, `${facts.framesSkipped} messages were not readable and were skipped.`)
  say(
    facts.peersRejected,
    `${facts.peersRejected} connections were refused or did not speak the protocol.`,
  )
  if (history.lastError !== null)
    sentences.push(`Last problem of the history: ${history.lastError}`)
  return sentences
}
