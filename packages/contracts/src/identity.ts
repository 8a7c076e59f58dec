/** Who a telemetry producer is inside a (possibly distributed) run. Resolved once, at start. */
export interface RuntimeIdentity {
  /** Rank over all nodes, from 0. Not clamped: a launcher's −1 stays −1. */
  readonly globalRank: number
  /** Rank within its node, ≥ 0. */
  readonly localRank: number
  /** Number of ranks of the run, ≥ 1. */
  readonly worldSize: number
  /** Number of ranks on this node, ≥ 1. */
  readonly localWorldSize: number
  readonly nodeRank: number
  readonly hostname: string
  readonly pid: number
}

/** The rank columns that history rows and report rows carry; each null when the producer did not say. */
export interface RankIdentity {
  readonly global_rank: number | null
  readonly local_rank: number | null
  readonly node_rank: number | null
  readonly hostname: string | null
  readonly local_world_size: number | null
  readonly world_size: number | null
}
