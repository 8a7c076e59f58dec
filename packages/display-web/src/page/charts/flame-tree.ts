import type { LayerCost, LayerGroup, LayerProfile } from '@traceml/contracts'
import type { LayerMeasure } from '../state/ui-state.js'

/** Parts of the cost of a block. */
export type FlameCost = Pick<LayerCost, 'forward_ms' | 'backward_ms' | 'param_bytes'> &
  Partial<LayerCost>

/** A block of layers with the blocks that it is made of. */
export interface FlameNode {
  readonly kind: 'model' | 'block' | 'rest' | 'outside'
  /** Another for every node of a tree, the same for the same block of later trees. */
  readonly id: string
  /** Of a block; '' for the whole model. */
  readonly path: string
  /** The end of the path, as it stands in the block. */
  readonly label: string
  /** What it consists of; null for the rest of a block. */
  readonly cost: FlameCost | null
  /** Null where they are not counted. */
  readonly layers: number | null
  /** Milliseconds or bytes. */
  readonly size: number
  readonly parent: FlameNode | null
  readonly children: FlameNode[]
}

/** A block and where it stands: parts of the whole width. */
export interface FlameBlock {
  readonly node: FlameNode
  readonly row: number
  readonly left: number
  readonly width: number
}

/** Of the block around it: less is not worth being named. */
const REST_PART = 0.004
/** Of the whole width: narrower blocks cannot be hit. */
const MIN_WIDTH = 0.004

/** The layers by path. The sizes of the parts of a block are at most that of the block. */
export function flameTree(profile: LayerProfile, by: LayerMeasure): FlameNode {
  const size = by === 'time' ? profile.total_ms : profile.memory_bytes
  const root: FlameNode = {
    kind: 'model',
    id: 'model',
    path: '',
    label: 'Whole model',
    cost: profile,
    layers: profile.entries.length + (profile.other?.layers ?? 0),
    size: size ?? 0,
    parent: null,
    children: [],
  }
  const open: FlameNode[] = []
  for (const group of profile.groups) {
    open.length = Math.min(open.length, group.depth)
    const parent = open.at(-1) ?? root
    const node: FlameNode = {
      kind: 'block',
      id: `block ${group.path}`,
      path: group.path,
      label: endOfPath(group.path, parent.path),
      cost: group,
      layers: group.layers,
      size: sizeOf(group, by),
      parent,
      children: [],
    }
    parent.children.push(node)
    open.push(node)
  }
  const outside = by === 'time' ? (profile.outside?.total_ms ?? 0) : 0
  addRests(root, outside)
  if (outside > 0) {
    const node = emptyNode(root, 'outside', 'Outside of layers')
    root.children.push({ ...node, size: outside })
  }
  return root
}

/** The block with that path, else the nearest one around it that is there. */
export function findNode(root: FlameNode, path: string | null): FlameNode {
  if (path === null) return root
  let found = root
  for (;;) {
    const next = found.children.find(
      (node) => node.kind === 'block' && (path === node.path || path.startsWith(`${node.path}.`)),
    )
    if (next === undefined) return found
    found = next
  }
}

/** From the whole model down to the block. */
export function pathTo(node: FlameNode): readonly FlameNode[] {
  return node.parent === null ? [node] : [...pathTo(node.parent), node]
}

/** A block at full width on top, what it is made of below, `rows` deep. */
export function layoutFlame(top: FlameNode, rows: number): readonly FlameBlock[] {
  const blocks: FlameBlock[] = []
  const place = (node: FlameNode, row: number, left: number, width: number): void => {
    blocks.push({ node, row, left, width })
    if (row + 1 >= rows || node.size <= 0) return
    let at = left
    for (const child of node.children) {
      const part = Math.min(width - (at - left), (child.size / node.size) * width)
      if (part >= MIN_WIDTH) place(child, row + 1, at, part)
      at += part
    }
  }
  place(top, 0, 0, 1)
  return blocks
}

function sizeOf(group: LayerGroup, by: LayerMeasure): number {
  return (by === 'time' ? group.total_ms : group.memory_bytes) ?? 0
}

function emptyNode(parent: FlameNode, kind: FlameNode['kind'], label: string): FlameNode {
  const id = `${parent.id} ${kind}`
  return {
    kind,
    id,
    path: parent.path,
    label,
    cost: null,
    layers: null,
    size: 0,
    parent,
    children: [],
  }
}

/** What a block costs beyond its parts: small layers that are not listed, and what is its own. */
function addRests(node: FlameNode, outside: number): void {
  if (node.children.length === 0) return
  for (const child of node.children) addRests(child, 0)
  const known = node.children.reduce((sum, { size }) => sum + size, outside)
  const left = node.size - known
  if (left <= node.size * REST_PART) return
  const label = node.kind === 'model' ? 'Small layers' : 'Rest of it'
  node.children.push({ ...emptyNode(node, 'rest', label), size: left })
}

function endOfPath(path: string, parent: string): string {
  return parent !== '' && path.startsWith(`${parent}.`) ? path.slice(parent.length + 1) : path
}
