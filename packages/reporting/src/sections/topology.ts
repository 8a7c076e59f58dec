import type { RankIdentity, TopologyMode } from '@traceml/contracts'

/**
 * How many nodes the given ranks span: more than one node rank, or more ranks in the world than
 * on the node, is `multi_node`; no rank at all is `no_data`.
 */
export function topologyMode(identities: readonly RankIdentity[]): TopologyMode {
  if (identities.length === 0) return 'no_data'
  const nodes = new Set(
    identities.map((identity) => identity.node_rank).filter((rank) => rank !== null),
  )
  const spansNodes = identities.some(
    ({ world_size: world, local_world_size: local }) =>
      world !== null && local !== null && world > local,
  )
  return nodes.size > 1 || spansNodes ? 'multi_node' : 'single_node'
}

/** The identity of a rank that the store knows nothing else about. */
export function unknownIdentity(globalRank: number): RankIdentity {
  return {
    global_rank: globalRank,
    local_rank: null,
    node_rank: null,
    hostname: null,
    local_world_size: null,
    world_size: null,
  }
}
