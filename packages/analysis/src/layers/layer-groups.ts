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
 * Layers by path: `a.b.c` is in `a.b`, which is in `a`. Groups that hold nothing but one smaller
 * group are left out, so are the smallest ones.
 *
 * @param entries - All layers, in the order of their models.
 */
export function layerGroups(
  entries: readonly PlainEntry[],
  totals: CostTotals,
): readonly LayerGroup[] {
  const root = tree(entries)
  const shown = largestNodes(root, totals)
  const groups: LayerGroup[] = []
  const add = (node: Node, depth: number): void => {
    for (const child of node.children.values()) {
      if (!shown.has(child)) continue
      const isWrapper = onlyChild(child) !== null
      if (!isWrapper) {
        const { path, entries: layers, cost } = child
        groups.push({ path, depth, layers: layers.length, ...withShares(cost, totals) })
      }
      add(child, isWrapper ? depth : depth + 1)
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

/** The child that holds all that the node holds. */
function onlyChild({ children, entries }: Node): Node | null {
  const [child] = children.values()
  return child !== undefined && child.entries.length === entries.length ? child : null
}

/** Costs every node, and takes the largest; a node is never larger than the one it is in. */
function largestNodes(root: Node, { totalMs, memoryBytes }: CostTotals): ReadonlySet<Node> {
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
  const sizeOf = ({ cost }: Node): number =>
    (totalMs === null ? cost.memory_bytes : cost.total_ms) ?? 0
  // Outer nodes come first in `nodes`, and stay so among equal ones: sorting is stable.
  const largest = nodes
    .filter((node) => sizeOf(node) > 0 && sizeOf(node) >= total * MIN_SHARE)
    .toSorted((left, right) => sizeOf(right) - sizeOf(left))
  const wrappers = largest.filter((node) => onlyChild(node) !== null)
  return new Set(largest.slice(0, MAX_GROUPS + wrappers.length))
}
