import type { LayerModelRow, LayerSampleRow, LayerWindow } from '@traceml/contracts'

/** Sampled steps of a rank and model that are judged, at most. */
const SAMPLED_STEPS = 64
/** With many ranks and layers it is fewer steps: values that are kept over all of them. */
const MAX_VALUES = 500_000
/** However many there are: a mean of less says nothing. */
const MIN_STEPS = 4
/** Models and kinds of all ranks; a run with more is shown by the first ones. */
const MAX_SERIES = 16_384

/** Newest rows of one quantity of one model of one rank, oldest first. */
interface Series {
  readonly rank: number
  readonly rows: LayerSampleRow[]
}

/**
 * The newest rows of the layers. Bounded: steps by rank and model, and values over all of them.
 *
 * @internal
 */
export class LayerRows {
  readonly #models = new Map<string, LayerModelRow>()
  readonly #series = new Map<string, Series>()
  /** Values that one step of everything has. */
  #width = 0
  /** Newest period of each rank that said one. */
  readonly #every = new Map<number, number>()
  /** Newest sampled step; null before the first. */
  newestStep: number | null = null

  addModel(row: LayerModelRow): void {
    const key = `${row.global_rank} ${row.model_index}`
    if (this.#models.has(key) || this.#models.size < MAX_SERIES) this.#models.set(key, row)
  }

  addSample(row: LayerSampleRow): void {
    const rank = row.global_rank ?? -1
    const key = `${rank} ${row.model_id} ${row.kind}`
    let series = this.#series.get(key)
    if (series === undefined) {
      if (this.#series.size >= MAX_SERIES) return
      series = { rank, rows: [] }
      this.#series.set(key, series)
    }
    const last = series.rows.at(-1)
    this.#width += row.values.length - (last?.values.length ?? 0)
    series.rows.push(last === undefined ? row : { ...row, ...sameLists(row, last) })
    const depth = this.#depth()
    if (series.rows.length > depth) series.rows.splice(0, series.rows.length - depth)
    if (row.every !== null) this.#every.set(rank, row.every)
    if (row.step !== null) this.newestStep = Math.max(this.newestStep ?? 0, row.step)
  }

  /** Steps between two sampled ones, on the rank that samples most often; null when unknown. */
  get every(): number | null {
    let least: number | null = null
    for (const every of this.#every.values()) if (least === null || every < least) least = every
    return least
  }

  get isEmpty(): boolean {
    return this.#models.size === 0 && this.#series.size === 0
  }

  /** What is known, as the combination over ranks reads it. */
  window(): LayerWindow {
    const depth = this.#depth()
    return {
      models: [...this.#models.values()].toSorted(
        (a, b) =>
          (a.global_rank ?? -1) - (b.global_rank ?? -1) ||
          (a.model_index ?? -1) - (b.model_index ?? -1),
      ),
      samples: [...this.#series.values()]
        .toSorted((a, b) => a.rank - b.rank)
        .flatMap(({ rows }) => rows.slice(-depth)),
    }
  }

  #depth(): number {
    const fitting = Math.floor(MAX_VALUES / Math.max(1, this.#width))
    return Math.min(SAMPLED_STEPS, Math.max(MIN_STEPS, fitting))
  }
}

/** The lists that hardly ever change, as the row before has them: they came by a wire and are copies. */
function sameLists(
  { layers, n_calls: calls }: LayerSampleRow,
  last: LayerSampleRow,
): Pick<LayerSampleRow, 'layers' | 'n_calls'> {
  return {
    layers: isSame(layers, last.layers) ? last.layers : layers,
    n_calls:
      calls !== null && last.n_calls !== null && isSame(calls, last.n_calls) ? last.n_calls : calls,
  }
}

function isSame(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index])
}
