import { sharesToPercent } from '@traceml/analysis'
import type { LayerCost, LayerEntry, LayerProfile } from '@traceml/contracts'

/** One line of a table of layers. */
export interface LayerLine {
  readonly label: string
  /** The layer, where the line is about a single one. */
  readonly entry: LayerEntry | null
  /** What is outside of the layers has no memory. */
  readonly cost: Pick<LayerCost, 'forward_ms' | 'backward_ms' | 'total_ms'> & Partial<LayerCost>
  /** 0 to 100 with one decimal, of time, or of memory where there are no times; null: neither. */
  readonly percent: number | null
}

/** Lines of all layers whose percentages add up to exactly 100, and whether they are of memory. */
export interface LayerLines {
  readonly lines: readonly LayerLine[]
  readonly sharesOf: 'time' | 'memory'
}

const COST_KEYS = [
  'forward_ms',
  'backward_ms',
  'total_ms',
  'time_share',
  'param_bytes',
  'trainable_bytes',
  'forward_bytes',
  'backward_bytes',
  'memory_bytes',
  'memory_share',
] as const satisfies readonly (keyof LayerCost)[]

/**
 * The layers of a profile as lines: at most `maxEntries` of their own, the others together, and what
 * is outside of all.
 */
export function layerLines(profile: LayerProfile, maxEntries: number): LayerLines {
  const { entries, other, outside } = profile
  const sharesOf = profile.total_ms === null ? 'memory' : 'time'
  const rest: readonly LayerCost[] = [
    ...entries.slice(maxEntries),
    ...(other === null ? [] : [other]),
  ]
  const count = Math.max(0, entries.length - maxEntries) + (other?.layers ?? 0)
  const lines: readonly Omit<LayerLine, 'percent'>[] = [
    ...entries.slice(0, maxEntries).map((entry) => ({ label: nameOf(entry), entry, cost: entry })),
    ...(count === 0
      ? []
      : [{ label: `Other ${count} layer${count === 1 ? '' : 's'}`, entry: null, cost: sum(rest) }]),
    ...(outside === null ? [] : [{ label: 'Outside layers', entry: null, cost: outside }]),
  ]
  const percents = sharesToPercent(
    lines.map(({ cost }) => (sharesOf === 'time' ? cost.time_share : cost.memory_share) ?? null),
    1,
  )
  return { sharesOf, lines: lines.map((line, i) => ({ ...line, percent: percents[i] ?? null })) }
}

/** A layer's name, with that of its model where there are several. */
export function nameOf({ name, model }: Pick<LayerEntry, 'name' | 'model'>): string {
  return model === null ? name : `${model}.${name}`
}

function sum(costs: readonly LayerCost[]): LayerCost {
  const sums: Record<string, number | null> = {}
  for (const key of COST_KEYS) {
    const known = costs.flatMap((cost) => cost[key] ?? [])
    sums[key] = known.length === 0 ? null : known.reduce((total, value) => total + value, 0)
  }
  return sums as unknown as LayerCost
}
