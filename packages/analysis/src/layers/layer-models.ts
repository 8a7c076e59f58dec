import type { LayerModelRow } from '@traceml/contracts'

/** The models of a run, each as the lowest rank that has it describes it. */
export interface LayerModels {
  /** By index. */
  readonly rows: readonly LayerModelRow[]
  /** Ranks whose layers or parameters are others, ascending. */
  readonly ranksDifferent: readonly number[]
}

/** Compares the models of the ranks. One that only some ranks have makes no difference. */
export function layerModels(rows: readonly LayerModelRow[]): LayerModels {
  const models = new Map<number, LayerModelRow>()
  for (const row of rows.toSorted((left, right) => rankOf(left) - rankOf(right))) {
    if (!models.has(indexOf(row))) models.set(indexOf(row), row)
  }
  const bytesByModel = new Map([...models].map(([index, row]) => [index, bytesByLayer(row)]))
  const different = rows.filter((row) => {
    const bytes = bytesByModel.get(indexOf(row))
    const isEqual =
      row.layers.length === bytes?.size &&
      row.layers.every((name, i) => bytes.get(name) === (row.layer_bytes[i] ?? 0))
    return !isEqual
  })
  return {
    rows: [...models.values()].toSorted((left, right) => indexOf(left) - indexOf(right)),
    ranksDifferent: [...new Set(different.map(rankOf))].toSorted((a, b) => a - b),
  }
}

/** Names to tell models apart; an index where there is no name, or not one of its own. */
export function modelNames(
  rows: readonly LayerModelRow[],
  indices: readonly number[],
): ReadonlyMap<number, string> {
  const named = indices.map((index) => ({
    index,
    name: rows.find((row) => indexOf(row) === index)?.model_name ?? null,
  }))
  return new Map(
    named.map(({ index, name }) => {
      const isUnique = named.filter((other) => other.name === name).length === 1
      return [index, name === null ? `model ${index}` : isUnique ? name : `${name} (${index})`]
    }),
  )
}

/** The rank of a row; a run without ranks is rank 0. */
export function rankOf({ global_rank: rank }: { readonly global_rank: number | null }): number {
  return rank ?? 0
}

/** The index of the model of a row. */
export function indexOf({ model_index: index }: LayerModelRow): number {
  return index ?? 0
}

function bytesByLayer({ layers, layer_bytes: bytes }: LayerModelRow): ReadonlyMap<string, number> {
  return new Map(layers.map((name, i) => [name, bytes[i] ?? 0]))
}
