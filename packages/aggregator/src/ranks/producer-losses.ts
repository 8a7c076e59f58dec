import { toInteger } from '@traceml/codec'
import { type NormalizedEnvelope, SAMPLER_NAMES } from '@traceml/contracts'

/** What the producers say that they recorded and lost, over all ranks; null before any said so. */
export interface ProducerLosses {
  readonly stepsCompleted: number | null
  readonly stepsDropped: number | null
  readonly rowsDropped: number
  readonly batchesDropped: number
  /** What recording a step costs the training, in nanoseconds, of the rank where it costs most. */
  readonly stepCostNs: number | null
}

/** Follows the counters that producers send about themselves. @internal */
export interface LossTracker {
  /** Takes an envelope of the agent-stats sampler; others are ignored. */
  observe(envelope: NormalizedEnvelope): void
  total(): ProducerLosses
}

interface Counters {
  completed: number
  dropped: number
  rows: number
  batches: number
  costNs: number | null
}

/** Creates a tracker. The counters only grow, so of each rank the largest values count. @internal */
export function createLossTracker(): LossTracker {
  const byRank = new Map<number, Counters>()
  return {
    observe(envelope) {
      if (envelope.meta.sampler !== SAMPLER_NAMES.agentStats.sampler) return
      const rows = envelope.tables[SAMPLER_NAMES.agentStats.table]
      const newest: unknown = Array.isArray(rows) ? rows.at(-1) : null
      if (typeof newest !== 'object' || newest === null) return
      const row = newest as Record<string, unknown>
      const rank = envelope.meta.rank ?? 0
      const known = byRank.get(rank) ?? {
        completed: 0,
        dropped: 0,
        rows: 0,
        batches: 0,
        costNs: null,
      }
      byRank.set(rank, {
        completed: Math.max(known.completed, toInteger(row['steps_completed']) ?? 0),
        dropped: Math.max(known.dropped, toInteger(row['steps_dropped']) ?? 0),
        rows: Math.max(known.rows, toInteger(row['rows_dropped']) ?? 0),
        batches: Math.max(known.batches, toInteger(row['batches_dropped']) ?? 0),
        costNs: toInteger(row['step_cost_ns']) ?? known.costNs,
      })
    },
    total() {
      const all = [...byRank.values()]
      const costs = all.map(({ costNs }) => costNs).filter((cost) => cost !== null)
      const sum = (key: Exclude<keyof Counters, 'costNs'>): number =>
        all.reduce((total, one) => total + one[key], 0)
      return {
        stepsCompleted: all.length === 0 ? null : sum('completed'),
        stepsDropped: all.length === 0 ? null : sum('dropped'),
        rowsDropped: sum('rows'),
        batchesDropped: sum('batches'),
        stepCostNs: costs.length === 0 ? null : costs.reduce((a, b) => Math.max(a, b)),
      }
    },
  }
}
