import type { RankIdentity } from '@traceml/contracts'
import { measuredInteger, measuredText } from '../shared/measured.js'
import { idOf } from '../shared/sort-by-id.js'
import { type GpuPool, gpuSignalsOf, poolGpuRows } from './gpu-signals.js'
import type { SystemGpuSampleInput, SystemInput, SystemSampleInput } from './input.js'
import { nodeSignalsOf } from './node-signals.js'
import { createSampleTotals, observeSample, signalsOf } from './sample-totals.js'
import type { SystemContext, SystemNodeSignals } from './signals.js'
import { nodeKeyOf, sampleKeyOf } from './window.js'

/**
 * Turns the rows of a window into the signals that the system rules read. O(n) in the rows.
 *
 * Rows are taken as they are; use `selectSystemWindow` to bound them.
 */
export function createSystemContext(window: SystemInput): SystemContext {
  const pools = poolGpuRows(window.gpus)
  const cluster = createSampleTotals()
  const groups = new Map<string, SystemSampleInput[]>()
  for (const row of window.samples) {
    observeSample(cluster, row, pools.get(sampleKeyOf(row)) ?? null)
    const label = String(nodeKeyOf(row))
    const group = groups.get(label)
    if (group === undefined) groups.set(label, [row])
    else group.push(row)
  }
  const nodes = [...groups.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([label, rows]) => createNodeSignals(label, rows, pools))
  const nodesExpected = expectedNodes(window.samples) ?? Math.max(1, nodes.length)
  return {
    cluster: signalsOf(cluster),
    nodes,
    nodesObserved: nodes.length,
    nodesExpected,
    partial: nodes.length < nodesExpected,
  }
}

function createNodeSignals(
  label: string,
  rows: readonly SystemSampleInput[],
  pools: ReadonlyMap<string, GpuPool>,
): SystemNodeSignals {
  const totals = createSampleTotals()
  const sharing = new Map<string, number>()
  for (const row of rows) {
    const key = sampleKeyOf(row)
    sharing.set(key, (sharing.get(key) ?? 0) + 1)
    observeSample(totals, row, pools.get(key) ?? null)
  }
  // A restart may repeat a sequence number: the rows of such samples are joined with each of them,
  // as the join of the stored tables does.
  const weighted: { readonly row: SystemGpuSampleInput; readonly weight: number }[] = []
  for (const [key, count] of sharing) {
    for (const row of pools.get(key)?.rows ?? []) weighted.push({ row, weight: count * count })
  }
  return nodeSignalsOf(label, identityOf(rows), signalsOf(totals), gpuSignalsOf(weighted))
}

function identityOf(rows: readonly SystemSampleInput[]): RankIdentity {
  const newest = rows.reduce<SystemSampleInput | null>(
    (best, row) => (best === null || idOf(row) >= idOf(best) ? row : best),
    null,
  )
  return {
    global_rank: measuredInteger(newest?.global_rank),
    local_rank: measuredInteger(newest?.local_rank),
    node_rank: measuredInteger(newest?.node_rank),
    hostname: measuredText(newest?.hostname),
    local_world_size: measuredInteger(newest?.local_world_size),
    world_size: measuredInteger(newest?.world_size),
  }
}

/** The one number of nodes that all rows agree on, or null. */
function expectedNodes(rows: readonly SystemSampleInput[]): number | null {
  const counts = new Set<number>()
  for (const row of rows) {
    const world = measuredInteger(row.world_size)
    const local = measuredInteger(row.local_world_size)
    if (world && local) counts.add(Math.ceil(world / local))
  }
  const [only] = counts
  return counts.size === 1 && only !== undefined ? Math.max(1, only) : null
}
