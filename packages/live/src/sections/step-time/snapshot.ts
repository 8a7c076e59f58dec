import type { StepTimeSnapshot } from '@traceml/contracts'
import type { RankState } from '../../rank-state.js'
import type { SessionState } from '../../session-state.js'

/** The steps of some ranks as the analysis reads them; nothing is copied. @internal */
export function snapshotOf(state: SessionState, ranks: readonly RankState[]): StepTimeSnapshot {
  const withSteps = ranks.filter(({ window }) => window.count > 0)
  const latest = withSteps.reduce((most, { lastStep }) => Math.max(most, lastStep ?? 0), 0)
  return {
    globalRanks: ranks.map(({ globalRank }) => globalRank),
    ranks: withSteps.map((rank) => rank.stepColumns()),
    identities: {},
    cursor: { lastRowId: null, latestStep: withSteps.length === 0 ? null : latest },
    trainingStrategy: state.strategy ?? 'ddp',
  }
}
