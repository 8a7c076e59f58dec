import type { LayerGroup } from '@traceml/contracts'
import type { CostTotals, PlainCost } from './layer-costs.js'
import { sumCosts, withShares } from './layer-costs.js'
import type { PlainEntry } from './layer-entries.js'

/** Groups that a drawing has room for. */
const MAX_GROUPS = 80
/** Of time, or of memory where there are no times: what is smaller cannot be seen. */
const MIN_SHARE = 0.002

interface Node {
  readonly path: string
  readonly children: Map<string, Node>
  readonly entries: PlainEntry[]
  cost: PlainCost
}

/**
 * Layers by path: `a.b.c` is in `a.b`, which is in `a`. Groups that are hardly more than the
 * only group in them are left out, so are the smallest ones.
 *
 * @param entries - All layers, in the order of their models.
 */
export function layerGroups(
  entries: readonly PlainEntry[],
  totals: CostTotals,
): readonly LayerGroup[] {
  const root = tree(entries)
  const sizeOf = (cost: PlainCost): number =>
    (totals.totalMs === null ? cost.memory_bytes : cost.total_ms) ?? 0
  const shown = largestNodes(root, totals, sizeOf)
  const groups: LayerGroup[] = []
  const add = (node: Node, depth: number): void => {
    for (const child of node.children.values()) {
      if (!shown.has(child)) continue
      const isLeftOut = isWrapper(child, sizeOf)
      if (!isLeftOut) {
        const { path, entries: layers, cost } = child
        groups.push({ path, depth, layers: layers.length, ...withShares(cost, totals) })
      }
      add(child, isLeftOut ? depth : depth + 1)
    }
  }
  add(root, 0)
  return groups
}

function tree(entries: readonly PlainEntry[]): Node {
  const root = createNode('')
  for (const entry of entries) {
    const parts = entry.name.split('.')
    if (entry.model !== null) parts.unshift(entry.model)
    let node = root
    let path = ''
    for (const part of parts) {
      path = node === root ? part : `${path}.${part}`
      const known = node.children.get(part) ?? createNode(path)
      node.children.set(part, known)
      known.entries.push(entry)
      node = known
    }
  }
  return root
}

function createNode(path: string): Node {
  return { path, children: new Map(), entries: [], cost: sumCosts([]) }
}

/** Of the size of a group: what is less beside its only child is not worth a box of its own. */
const NEARLY_ALL = 0.995

/** True for a group that is, but for next to nothing, its only child. */
function isWrapper({ children, cost }: Node, sizeOf: (cost: PlainCost) => number): boolean {
  const [child] = children.values()
  return (
    child !== undefined && children.size === 1 && sizeOf(child.cost) >= NEARLY_ALL * sizeOf(cost)
  )
}

/** Costs every node, and takes the largest; a node is never larger than the one it is in. */
function largestNodes(
  root: Node,
  { totalMs, memoryBytes }: CostTotals,
  sizeOf: (cost: PlainCost) => number,
): ReadonlySet<Node> {
  const nodes: Node[] = []
  const visit = (node: Node): void => {
    for (const child of node.children.values()) {
      child.cost = sumCosts(child.entries)
      nodes.push(child)
      visit(child)
    }
  }
  visit(root)
  const total = totalMs ?? memoryBytes ?? 0
  // Outer nodes come first in `nodes`, and stay so among equal ones: sorting is stable.
  const largest = nodes
    .filter(({ cost }) => sizeOf(cost) > 0 && sizeOf(cost) >= total * MIN_SHARE)
    .toSorted((left, right) => sizeOf(right.cost) - sizeOf(left.cost))
  const wrappers = largest.filter((node) => isWrapper(node, sizeOf))
  return new Set(largest.slice(0, MAX_GROUPS + wrappers.length))
}
