import type { RunProgress, TelemetryHealth } from '@traceml/contracts'
import { telemetryHealth } from './finalize/health.js'
import type { SettleView } from './finalize/settle.js'
import type { HistoryStats } from './history/history-port.js'
import type { ProgressTracker } from './progress.js'
import type { Receiver } from './receiver.js'

/** How complete the numbers are. `ended`: a rank that has not finished is missing. @internal */
export function readHealth(
  receiver: Receiver,
  history: HistoryStats,
  expectedRanks: number,
  ended: boolean,
): TelemetryHealth {
  const received = receiver.server.stats()
  return telemetryHealth({
    history,
    losses: receiver.losses.total(),
    framesSkipped: received.framesSkipped,
    peersRejected: Object.values(received.peersRejected).reduce((sum, count) => sum + count, 0),
    expectedRanks,
    finishedRanks: receiver.ranks.finishedRanks(),
    missingRanks: receiver.ranks.missingRanks(),
    lostRanks: receiver.ranks.lostRanks(),
    ended,
  })
}

/** What a live view shows. Times are monotonic milliseconds. @internal */
export function readProgress(
  receiver: Receiver,
  history: HistoryStats,
  tracker: ProgressTracker,
  facts: { readonly expectedRanks: number; readonly startedMs: number; readonly nowMs: number },
): RunProgress {
  const losses = receiver.losses.total()
  return tracker.read({
    nowMs: facts.nowMs,
    startedMs: facts.startedMs,
    lastTelemetryMs: receiver.lastTelemetryMs,
    ranksExpected: facts.expectedRanks,
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
