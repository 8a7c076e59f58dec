import type { LiveRankFact, RankFinishedMessage, RankStateMessage } from '@traceml/contracts'

/** A rank may reconnect within this time; only then does a closed connection end its wait. */
const RECONNECT_GRACE_MS = 2000

/** A rank that sent something and never said goodbye. @internal */
interface LostRank {
  readonly rank: number
  /** When its last connection closed, on the clock of `performance.now()`; null while one is open. */
  readonly closedAtMs: number | null
}

/** What is known of the ranks of a run: who connected, who said goodbye, who just left. @internal */
export interface RankRegistry {
  opened(connectionId: number): void
  /** A connection turned out to carry a rank. */
  identify(connectionId: number, rank: number): void
  closed(connectionId: number, nowMs: number): void
  finish(message: RankFinishedMessage): void
  /** A rank says what is in its way, or that nothing is any more. */
  setState(message: RankStateMessage): void
  /** A rank says how many there are. */
  announce(worldSize: number): void
  isIdentified(connectionId: number): boolean
  /** True when nothing more can be expected of any rank. */
  isComplete(trainingEnded: boolean, nowMs: number): boolean
  /** Ascending. */
  finishedRanks(): readonly number[]
  /** Expected ranks that never said goodbye, ascending. */
  missingRanks(): readonly number[]
  /** Missing ranks that sent something before they left. */
  lostRanks(): readonly LostRank[]
  readonly seenCount: number
  /** Ranks that are waited for. */
  readonly expectedCount: number
  /** Every rank that connected or finished, ascending; `nowMs` on the clock of `closed`. */
  facts(nowMs: number): readonly LiveRankFact[]
}

interface RankState {
  readonly connections: Set<number>
  closedAtMs: number
}

/** More ranks than this are not believed: a foreign number must not cost memory. */
const MAX_WORLD_SIZE = 65_536

/**
 * Creates a registry for ranks 0 to `worldSize - 1`.
 *
 * @param worldSize - Null: not known; as many as the ranks say, and one until they do. @internal
 */
export function createRankRegistry(worldSize: number | null): RankRegistry {
  let expectedWorldSize = Math.max(1, worldSize ?? 1)
  const ranks = new Map<number, RankState>()
  const finished = new Set<number>()
  const conditions = new Map<number, RankStateMessage>()
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
    get expectedCount() {
      return expectedWorldSize
    },
    announce(announced) {
      if (worldSize !== null || announced > MAX_WORLD_SIZE) return
      expectedWorldSize = Math.max(expectedWorldSize, announced)
    },
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
      this.announce(message.world_size)
    },
    setState(message) {
      // Of ranks that are known only: a foreign number must not cost memory.
      if (ranks.has(message.global_rank)) conditions.set(message.global_rank, message)
    },
    isIdentified: (connectionId) => (connections.get(connectionId)?.size ?? 0) > 0,
    isComplete: (trainingEnded, nowMs) =>
      finished.size >= expectedWorldSize ||
      expected().every((rank) => isDone(rank, trainingEnded, nowMs)),
    finishedRanks: () => [...finished].toSorted(ascending),
    missingRanks: () => expected().filter((rank) => !finished.has(rank)),
    lostRanks: () =>
      expected().flatMap((rank) => {
        const state = ranks.get(rank)
        if (state === undefined || finished.has(rank)) return []
        return { rank, closedAtMs: state.connections.size > 0 ? null : state.closedAtMs }
      }),
    facts: (nowMs) =>
      [...new Set([...ranks.keys(), ...finished])].toSorted(ascending).map((rank) => {
        const state = ranks.get(rank)
        const connected = (state?.connections.size ?? 0) > 0
        const closedMs = state === undefined || connected ? null : nowMs - state.closedAtMs
        return {
          global_rank: rank,
          connected,
          finished: finished.has(rank),
          closed_for_s: closedMs === null ? null : closedMs / 1000,
          state: conditions.get(rank) ?? null,
        }
      }),
    get seenCount() {
      return new Set([...ranks.keys(), ...finished]).size
    },
  }
}
