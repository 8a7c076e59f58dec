import type { LiveNode, LivePayload, LiveRank } from '@traceml/contracts'

/** One value of a metric. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A sample, or nothing where the value is not known: an absent series is no zero. @internal */
export function sample(
  value: number | boolean | null | undefined,
  labels: Readonly<Record<string, string>> = {},
): readonly Sample[] {
  if (value === null || value === undefined) return []
  return [{ labels, value: Number(value) }]
}

/** Labels of a rank. @internal */
export function rankLabels(rank: LiveRank): Readonly<Record<string, string>> {
  return { rank: String(rank.global_rank), node: nodeName(rank) }
}

/** Labels of a node. @internal */
export function nodeLabels(node: LiveNode): Readonly<Record<string, string>> {
  return { node: nodeName(node) }
}

/** Samples of every rank. @internal */
export function ofRanks(
  payload: LivePayload,
  read: (rank: LiveRank) => number | boolean | null | undefined,
): readonly Sample[] {
  return payload.ranks.flatMap((rank) => sample(read(rank), rankLabels(rank)))
}

/**
 * Samples of the ranks that go on: of one that is gone, the last numbers would look like present
 * ones. @internal
 */
export function ofGoingRanks(
  payload: LivePayload,
  read: (rank: LiveRank) => number | null | undefined,
): readonly Sample[] {
  return payload.ranks.filter(isGoing).flatMap((rank) => sample(read(rank), rankLabels(rank)))
}

/** Samples of the nodes that go on. @internal */
export function ofGoingNodes(
  payload: LivePayload,
  read: (node: LiveNode) => number | null,
): readonly Sample[] {
  return payload.nodes.filter(isGoing).flatMap((node) => sample(read(node), nodeLabels(node)))
}

/** Samples of the GPUs of those nodes. @internal */
export function ofGpus(
  payload: LivePayload,
  read: (gpu: LiveNode['gpus'][number]) => number | null,
): readonly Sample[] {
  return payload.nodes
    .filter(isGoing)
    .flatMap((node) =>
      node.gpus.flatMap((gpu) => sample(read(gpu), { ...nodeLabels(node), gpu: String(gpu.idx) })),
    )
}

/** @internal */
export function isGoing({ freshness }: Pick<LiveRank, 'freshness'>): boolean {
  return !['lost_source', 'ended'].includes(freshness.state)
}

function nodeName({ node_rank: rank, hostname }: LiveRank | LiveNode): string {
  return rank === null ? (hostname ?? '') : String(rank)
}
