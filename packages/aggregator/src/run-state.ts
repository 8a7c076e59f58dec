import type { Clock, RunProgress, TelemetryHealth, UnfinishedRank } from '@traceml/contracts'
import { telemetryHealth } from './finalize/health.js'
import type { SettleView } from './finalize/settle.js'
import type { HistoryStats } from './history/history-port.js'
import type { LiveFactsReader } from './live/live-service.js'
import type { ProgressTracker } from './progress.js'
import type { Receiver } from './receiver.js'

/** How complete the numbers are. `ended`: a rank that has not finished is missing. @internal */
export function readHealth(run: {
  readonly receiver: Receiver
  readonly tracker: ProgressTracker
  readonly history: HistoryStats
  readonly clock: Clock
  readonly ended: boolean
}): TelemetryHealth {
  const { receiver, history } = run
  const received = receiver.server.stats()
  return telemetryHealth({
    history,
    losses: receiver.losses.total(),
    framesSkipped: received.framesSkipped,
    peersRejected: Object.values(received.peersRejected).reduce((sum, count) => sum + count, 0),
    expectedRanks: receiver.ranks.expectedCount,
    finishedRanks: receiver.ranks.finishedRanks(),
    missingRanks: receiver.ranks.missingRanks(),
    unfinished: run.ended ? unfinishedRanks(receiver, run.tracker, run.clock) : [],
    ended: run.ended,
  })
}

function unfinishedRanks(
  { ranks }: Receiver,
  tracker: ProgressTracker,
  clock: Clock,
): readonly UnfinishedRank[] {
  const unixSeconds = (atMs: number | null, nowMs: number): number | null =>
    atMs === null ? null : clock.wallSeconds() - (nowMs - atMs) / 1000
  return ranks.lostRanks().map(({ rank, closedAtMs }) => {
    const last = tracker.lastStepOf(rank)
    return {
      rank,
      disconnected_ts: unixSeconds(closedAtMs, performance.now()),
      last_step: last?.step ?? null,
      last_step_ts: unixSeconds(last?.atMs ?? null, clock.monotonicMs()),
    }
  })
}

/** What a live view shows. Times are monotonic milliseconds. @internal */
export function readProgress(
  receiver: Receiver,
  history: HistoryStats,
  tracker: ProgressTracker,
  facts: { readonly startedMs: number; readonly nowMs: number },
): RunProgress {
  const losses = receiver.losses.total()
  return tracker.read({
    nowMs: facts.nowMs,
    startedMs: facts.startedMs,
    lastTelemetryMs: receiver.lastTelemetryMs,
    ranksExpected: receiver.ranks.expectedCount,
    ranksSeen: receiver.ranks.seenCount,
    ranksFinished: receiver.ranks.finishedRanks().length,
    rowsWritten: history.rowsWritten,
    lost:
      history.rowsRejected +
      history.framesDropped +
      receiver.server.stats().framesSkipped +
      (losses.stepsDropped ?? 0) +
      losses.rowsDropped,
  })
}

/** What `settle` watches. @internal */
export function settleView(receiver: Receiver, trainingEnded: boolean): SettleView {
  return {
    isComplete: () => receiver.ranks.isComplete(trainingEnded, performance.now()),
    isSure: () =>
      receiver.ranks.missingRanks().length === 0 && receiver.server.stats().connectionsOpen === 0,
    isBusy: () => receiver.server.stats().outstandingBytes > 0,
    activity() {
      const { bytesReceived, connectionsTotal, connectionsOpen } = receiver.server.stats()
      // Both an arriving and a leaving connection make it grow.
      return bytesReceived + 2 * connectionsTotal - connectionsOpen
    },
  }
}

/** What a live view needs besides the rows. @internal */
export function readLiveFacts(
  receiver: Receiver,
  history: HistoryStats,
): ReturnType<LiveFactsReader> {
  const received = receiver.server.stats()
  const losses = receiver.losses.total()
  const health = telemetryHealth({
    history,
    losses,
    framesSkipped: received.framesSkipped,
    peersRejected: Object.values(received.peersRejected).reduce((sum, count) => sum + count, 0),
    expectedRanks: receiver.ranks.expectedCount,
    finishedRanks: [],
    missingRanks: [],
    unfinished: [],
    ended: false,
  })
  return {
    ranks: receiver.ranks.facts(performance.now()),
    ranks_expected: receiver.ranks.expectedCount,
    bytes_received: received.bytesReceived,
    steps_lost: losses.stepsDropped,
    rows_lost: losses.rowsDropped + (history.enabled ? history.rowsRejected : 0),
    messages_lost: history.framesDropped + losses.batchesDropped + received.framesSkipped,
    backlog_messages: history.framesQueued,
    notes: health.notes,
  }
}
