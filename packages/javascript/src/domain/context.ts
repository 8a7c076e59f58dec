import type { RankIdentity } from '@traceml/contracts'
import type { JavaScriptRuntimeRow } from '../row.js'
import { callLeaks, type TensorTrend, tensorTrend } from './tensor-trend.js'

/** One rank with what follows from its newest row. */
export interface JavaScriptRank {
  readonly globalRank: number
  readonly identity: RankIdentity
  readonly row: JavaScriptRuntimeRow
  /** Live tensors over the steps; null with fewer than two points. */
  readonly trend: TensorTrend | null
  /** Calls after which live tensors stay: each with how many. */
  readonly callLeaks: ReturnType<typeof callLeaks>
  /** Waits for results over step time, fraction; null without steps. The others alike. */
  readonly readShare: number | null
  readonly uploadShare: number | null
  readonly yieldShare: number | null
  /** Garbage collection over the time in which it was observed. */
  readonly garbageShare: number | null
}

/** What the rules of the domain read: the ranks, ascending. */
export interface JavaScriptContext {
  readonly ranks: readonly JavaScriptRank[]
}

/** Facts of one rank, before anything is derived. */
export interface JavaScriptRankInput {
  readonly identity: RankIdentity
  readonly row: JavaScriptRuntimeRow
}

/** Derives what the rules read. Ranks without a number are left out. */
export function createJavaScriptContext(inputs: readonly JavaScriptRankInput[]): JavaScriptContext {
  const ranks = inputs.flatMap(({ identity, row }) => {
    const globalRank = identity.global_rank
    if (globalRank === null) return []
    const { step_ms: stepMs, ...steps } = row.steps
    const shareOf = (ms: number): number | null => (stepMs > 0 ? ms / stepMs : null)
    const observedMs = row.garbage?.observed_ms ?? 0
    const rank: JavaScriptRank = {
      globalRank,
      identity,
      row,
      trend: tensorTrend(row.tensors),
      callLeaks: callLeaks(row),
      readShare: shareOf(steps.sync_read_ms + steps.async_read_ms),
      uploadShare: shareOf(steps.upload_ms),
      yieldShare: shareOf(steps.yield_ms),
      garbageShare: observedMs > 0 ? (row.garbage?.garbage_ms ?? 0) / observedMs : null,
    }
    return [rank]
  })
  return { ranks: ranks.toSorted((a, b) => a.globalRank - b.globalRank) }
}
