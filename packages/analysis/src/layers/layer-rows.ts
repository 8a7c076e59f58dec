import type { LayerCost, LayerEntry, LayerGroup, LayerProfile } from '@traceml/contracts'

/** A line of a table of layers. */
export interface LayerRow {
  /** Null: several layers, or what is in none. */
  readonly entry: LayerEntry | null
  /** A path is cut at its beginning where it is too long, and is a stranger's text. */
  readonly path: string | null
  /** Behind the path, or alone. */
  readonly label: string
  /** What is outside of layers has no memory of its own: undefined. */
  readonly cost: Pick<LayerCost, 'forward_ms' | 'backward_ms' | 'total_ms' | 'time_share'> &
    Partial<LayerCost>
}

/** Lines that say where less than this part of the time is are not worth their room. */
const ENOUGH = 0.5
/** A block with less than this part of the layers says enough as it is. */
const WORTH_OPENING = 0.15

/**
 * What stands in `room` lines: the largest layers, or, where those are but a small part of the model,
 * the largest blocks of it; then all the others as one, and what is outside. Together it is always
 * the whole.
 *
 * @param options - `blocks: false`: always layers.
 */
export function layerRows(
  profile: LayerProfile,
  room: number,
  options: { readonly blocks?: boolean } = {},
): readonly LayerRow[] {
  const { outside } = profile
  const outsideRows: readonly LayerRow[] =
    outside === null ? [] : [{ entry: null, path: null, label: 'outside of layers', cost: outside }]
  const free = Math.max(1, room - outsideRows.length)
  const layers = withRest(profile, profile.entries.map(entryRow), free)
  const isEnough = options.blocks === false || partOf(profile, layers) >= ENOUGH
  const blocks = isEnough ? layers : withRest(profile, blocksOf(profile, free - 1), free)
  const shown = partOf(profile, blocks) > partOf(profile, layers) ? blocks : layers
  return [...shown, ...outsideRows].slice(0, Math.max(1, room))
}

function entryRow(entry: LayerEntry): LayerRow {
  const { name, model } = entry
  return { entry, path: model === null ? name : `${model}.${name}`, label: '', cost: entry }
}

function blockRow(group: LayerGroup): LayerRow {
  const label = group.layers === 1 ? '' : ` (${group.layers} layers)`
  return { entry: null, path: group.path, label, cost: group }
}

function sizeOf({ total_ms: totalMs }: LayerProfile, cost: LayerRow['cost']): number {
  return (totalMs === null ? cost.memory_bytes : cost.total_ms) ?? 0
}

/** Which part of the layers the lines name, 0 to 1. */
function partOf(profile: LayerProfile, rows: readonly LayerRow[]): number {
  const sum = (some: readonly LayerRow[]): number =>
    some.reduce((total, { cost }) => total + sizeOf(profile, cost), 0)
  const all = sum(rows)
  return all > 0 ? sum(rows.filter(({ path }) => path !== null)) / all : 1
}

/** The first rows, and what they leave of the layers as one more. */
function withRest(
  profile: LayerProfile,
  rows: readonly LayerRow[],
  room: number,
): readonly LayerRow[] {
  const { entries, other } = profile
  const count = entries.length + (other?.layers ?? 0)
  const layersIn = ({ cost }: LayerRow): number => ('layers' in cost ? Number(cost.layers) : 1)
  const sumLayers = (some: readonly LayerRow[]): number =>
    some.reduce((sum, row) => sum + layersIn(row), 0)
  const isWhole = rows.length <= room && sumLayers(rows) >= count
  const shown = rows.slice(0, isWhole ? rows.length : Math.max(1, room - 1))
  const left = count - sumLayers(shown)
  if (left <= 0) return shown
  const all = [...entries, ...(other === null ? [] : [other])]
  const label = left === 1 ? '1 other layer' : `${left} other layers`
  return [...shown, { entry: null, path: null, label, cost: restOf(all, shown) }]
}

/** The model in at most `room` blocks: of the large ones always the largest is opened. */
function blocksOf(profile: LayerProfile, room: number): readonly LayerRow[] {
  const { groups } = profile
  const size = (group: LayerGroup): number => sizeOf(profile, group)
  const inside = childrenOf(groups)
  let blocks: readonly LayerGroup[] = inside.get(null) ?? []
  const least = WORTH_OPENING * blocks.reduce((sum, one) => sum + size(one), 0)
  const closed = new Set<LayerGroup>()
  for (;;) {
    const candidates = blocks.filter(
      (one) => inside.has(one) && !closed.has(one) && size(one) >= least,
    )
    if (candidates.length === 0) break
    const largest = candidates.reduce((most, one) => (size(one) > size(most) ? one : most))
    const parts = inside.get(largest) ?? []
    // What a block costs itself would be lost among the others.
    const isCovered = parts.reduce((sum, one) => sum + size(one), 0) >= 0.9 * size(largest)
    if (isCovered && blocks.length - 1 + parts.length <= room) {
      blocks = blocks.flatMap((one) => (one === largest ? parts : [one]))
    } else closed.add(largest)
  }
  return blocks.toSorted((a, b) => size(b) - size(a)).map(blockRow)
}

/** The groups directly inside of each; those of null are in none. */
function childrenOf(
  groups: readonly LayerGroup[],
): ReadonlyMap<LayerGroup | null, readonly LayerGroup[]> {
  const inside = new Map<LayerGroup | null, LayerGroup[]>()
  const open: LayerGroup[] = []
  for (const group of groups) {
    open.length = Math.min(open.length, group.depth)
    const parent = open.at(-1) ?? null
    const known = inside.get(parent)
    if (known === undefined) inside.set(parent, [group])
    else known.push(group)
    open.push(group)
  }
  return inside
}

const KEYS = [
  'forward_ms',
  'backward_ms',
  'total_ms',
  'time_share',
  'param_bytes',
  'memory_bytes',
  'memory_share',
] as const

/** What is left of all when the rows that are shown are taken away. */
function restOf(all: readonly LayerCost[], shown: readonly LayerRow[]): LayerRow['cost'] {
  const rest = (key: (typeof KEYS)[number]): number | null => {
    const known = all.flatMap((cost) => cost[key] ?? [])
    if (known.length === 0) return null
    const taken = shown.reduce((sum, { cost }) => sum + (cost[key] ?? 0), 0)
    return Math.max(0, known.reduce((sum, value) => sum + value, 0) - taken)
  }
  return {
    forward_ms: rest('forward_ms'),
    backward_ms: rest('backward_ms'),
    total_ms: rest('total_ms'),
    time_share: rest('time_share'),
    param_bytes: rest('param_bytes'),
    memory_bytes: rest('memory_bytes'),
    memory_share: rest('memory_share'),
  }
}
