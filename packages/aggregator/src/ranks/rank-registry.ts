import type { RankFinishedMessage } from '@traceml/contracts'

/** A rank may reconnect within this time; only then does a closed connection end its wait. */
const RECONNECT_GRACE_MS = 2000

/** What is known of the ranks of a run: who connected, who said goodbye, who just left. @internal */
export interface RankRegistry {
  opened(connectionId: number): void
  /** A connection turned out to carry a rank. */
  identify(connectionId: number, rank: number): void
  closed(connectionId: number, nowMs: number): void
  finish(message: RankFinishedMessage): void
  isIdentified(connectionId: number): boolean
  /** True when nothing more can be expected of any rank. */
  isComplete(trainingEnded: boolean, nowMs: number): boolean
  /** Ascending. */
  finishedRanks(): readonly number[]
  /** Expected ranks that never said goodbye, ascending. */
  missingRanks(): readonly number[]
  /** Missing ranks that sent something before they left. */
  lostRanks(): readonly number[]
  readonly seenCount: number
}

interface RankState {
  readonly connections: Set<number>
  closedAtMs: number
}

/** Creates a registry for ranks 0 to `expectedWorldSize - 1`. @internal */
export function createRankRegistry(expectedWorldSize: number): RankRegistry {
  const ranks = new Map<number, RankState>()
  const finished = new Set<number>()
  /** Ranks carried by each open connection. */
  const connections = new Map<number, Set<number>>()

  const isDone = (rank: number, trainingEnded: boolean, nowMs: number): boolean => {
    if (finished.has(rank)) return true
    const state = ranks.get(rank)
    if (state === undefined) return trainingEnded && everyConnectionIsKnown()
    if (state.connections.size > 0) return false
    return trainingEnded || nowMs - state.closedAtMs >= RECONNECT_GRACE_MS
  }

  const everyConnectionIsKnown = (): boolean => {
    for (const carried of connections.values()) if (carried.size === 0) return false
    return true
  }

  const expected = (): number[] => Array.from({ length: expectedWorldSize }, (_, rank) => rank)
  const ascending = (left: number, right: number): number => left - right

  return {
    opened(connectionId) {
      connections.set(connectionId, new Set())
    },
    identify(connectionId, rank) {
      const state = ranks.get(rank) ?? { connections: new Set<number>(), closedAtMs: 0 }
      ranks.set(rank, state)
      const carried = connections.get(connectionId)
      if (carried === undefined) return
      carried.add(rank)
      state.connections.add(connectionId)
    },
    closed(connectionId, nowMs) {
      for (const rank of connections.get(connectionId) ?? []) {
        const state = ranks.get(rank)
        if (state === undefined) continue
        state.connections.delete(connectionId)
        state.closedAtMs = nowMs
      }
      connections.delete(connectionId)
    },
    finish(message) {
      finished.add(message.global_rank)
    },
    isIdentified: (connectionId) => (connections.get(connectionId)?.size ?? 0) > 0,
    isComplete: (trainingEnded, nowMs) =>
      finished.size >= expectedWorldSize ||
      expected().every((rank) => isDone(rank, trainingEnded, nowMs)),
    finishedRanks: () => [...finished].toSorted(ascending),
    missingRanks: () => expected().filter((rank) => !finished.has(rank)),
    lostRanks: () => expected().filter((rank) => !finished.has(rank) && ranks.has(rank)),
    get seenCount() {
      return new Set([...ranks.keys(), ...finished]).size
    },
  }
}
