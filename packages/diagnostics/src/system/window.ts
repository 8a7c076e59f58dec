import { measuredInteger } from '../shared/measured.js'
import { sortById } from '../shared/sort-by-id.js'
import type { SystemGpuSampleInput, SystemInput, SystemSampleInput } from './input.js'

/** Number of the node that a row belongs to: its node rank, else its global rank, else 0. */
export function nodeKeyOf(row: Pick<SystemSampleInput, 'node_rank' | 'global_rank'>): number {
  return measuredInteger(row.node_rank) ?? measuredInteger(row.global_rank) ?? 0
}

/** What joins a GPU row to its sample; a part that is null equals null. */
export function sampleKeyOf(
  row: Pick<SystemGpuSampleInput, 'global_rank' | 'node_rank' | 'seq'>,
): string {
  return `${row.global_rank ?? ''}|${row.node_rank ?? ''}|${row.seq ?? ''}`
}

/**
 * Returns the newest samples of each node and the GPU rows of those samples, ordered by node, then
 * id. O(n log n) in the number of rows.
 *
 * @param options - `windowRows`: samples kept per node, at least 1. `nodeRank`: only this node.
 */
export function selectSystemWindow(
  rows: SystemInput,
  options: { readonly windowRows: number; readonly nodeRank?: number | null },
): SystemInput {
  const keep = Math.max(1, Math.floor(options.windowRows) || 1)
  const nodeRank = options.nodeRank ?? null
  const byNode = new Map<number, SystemSampleInput[]>()
  for (const row of rows.samples) {
    if (nodeRank !== null && row.node_rank !== nodeRank) continue
    const key = nodeKeyOf(row)
    const group = byNode.get(key)
    if (group === undefined) byNode.set(key, [row])
    else group.push(row)
  }
  const samples = [...byNode.entries()]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([, group]) => sortById(group).slice(-keep))
  const kept = new Set(samples.map(sampleKeyOf))
  return { samples, gpus: rows.gpus.filter((row) => kept.has(sampleKeyOf(row))) }
}
