import type { LiveFacts, LiveFreshness, LiveGpu, LiveNode, LiveRank } from '@traceml/contracts'
import { freshnessOf, sayNumbers } from '../freshness/freshness.js'
import { sampleFreshness, worstFreshness } from '../freshness/group-freshness.js'
import { type NodeNow, nodesNow } from '../sections/system.js'
import { nodeKey, type SessionState } from '../session-state.js'

const WARM_CELSIUS = 80
const HOT_CELSIUS = 85

/** Every node that was seen, ascending; also one of which only ranks are known. @internal */
export function nodeTable(
  state: SessionState,
  ranks: readonly LiveRank[],
  facts: LiveFacts,
): readonly LiveNode[] {
  const byNode = new Map<string, LiveRank[]>()
  for (const rank of ranks) {
    const key = nodeKey(rank)
    const known = byNode.get(key)
    if (known === undefined) byNode.set(key, [rank])
    else known.push(rank)
  }
  const sampled = nodesNow(state)
  const keys = new Set(sampled.map(({ key }) => key))
  const nodes = sampled.map((now) => sampledNode(state, now, byNode.get(now.key) ?? [], facts))
  for (const [key, own] of byNode) if (!keys.has(key)) nodes.push(unsampledNode(own))
  const order = (node: LiveNode): number =>
    node.node_rank ?? node.ranks[0] ?? Number.MAX_SAFE_INTEGER
  return nodes.toSorted((a, b) => order(a) - order(b))
}

function sampledNode(
  state: SessionState,
  { key, sample, gpus }: NodeNow,
  ranks: readonly LiveRank[],
  facts: LiveFacts,
): LiveNode {
  const { cpu_percent, ram_used_bytes, ram_total_bytes, gpu_available: available } = sample
  const arrivals = state.nodeArrivals.get(key) ?? state.arrivals.system
  return {
    node_rank: sample.node_rank,
    hostname: sample.hostname,
    freshness: nodeFreshness(sampleFreshness(arrivals, facts, 'system sample of this node'), ranks),
    ranks: ranks.map(({ global_rank: rank }) => rank),
    cpu_percent,
    ram_used_bytes,
    ram_total_bytes,
    gpu_available: available === null ? null : available > 0,
    gpus: gpus.map((gpu): LiveGpu => {
      const celsius = gpu.temperature_c
      const device = state.gpuDevices.get(key)?.get(gpu.gpu_idx)
      return {
        idx: gpu.gpu_idx,
        host_index: device?.host_index ?? null,
        name: device?.name ?? null,
        uuid: device?.uuid ?? null,
        processes: device?.processes ?? null,
        ranks: ranks
          .filter(({ process }) => process?.gpu_idx === gpu.gpu_idx)
          .map(({ global_rank: rank }) => rank),
        util_percent: gpu.util,
        memory_used_bytes: gpu.mem_used_bytes,
        memory_total_bytes: gpu.mem_total_bytes,
        temperature_c: celsius,
        temperature_state:
          celsius === null
            ? null
            : celsius >= HOT_CELSIUS
              ? 'hot'
              : celsius >= WARM_CELSIUS
                ? 'warm'
                : 'ok',
        power_w: gpu.power_usage_w,
        power_limit_w: gpu.power_limit_w,
      }
    }),
  }
}

function unsampledNode(ranks: readonly LiveRank[]): LiveNode {
  const worst = worstFreshness(ranks.map(({ freshness }) => freshness))
  const waiting = freshnessOf('waiting', 'No system sample of this node has arrived yet.', {
    wallS: 0,
    ageS: null,
    expectedS: null,
    newestStep: null,
  })
  const base = worst?.state === 'live' || worst === null ? waiting : worst
  return {
    node_rank: ranks[0]?.node_rank ?? null,
    hostname: ranks[0]?.hostname ?? null,
    freshness: nodeFreshness(base, ranks),
    ranks: ranks.map(({ global_rank: rank }) => rank),
    cpu_percent: null,
    ram_used_bytes: null,
    ram_total_bytes: null,
    gpu_available: null,
    gpus: [],
  }
}

/** A node is lost when all its ranks are, and ended when all of them are. */
function nodeFreshness(samples: LiveFreshness, ranks: readonly LiveRank[]): LiveFreshness {
  const all = (state: string): boolean =>
    ranks.length > 0 && ranks.every(({ freshness }) => freshness.state === state)
  const names = sayNumbers(ranks.map(({ global_rank: rank }) => rank))
  const word = ranks.length === 1 ? 'rank' : 'ranks'
  if (all('lost_source')) {
    const reason = `This node is lost: its ${word} ${names} left without saying goodbye.`
    return { ...samples, state: 'lost_source', reason }
  }
  if (all('ended'))
    return { ...samples, state: 'ended', reason: `Its ${word} ${names} have ended.` }
  return samples
}
