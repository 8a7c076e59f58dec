import type { RankModel } from './partitions.js'
import { RETAINED_LAYER_MODELS } from './retained-rows.js'

/** The models of every rank, by when they last had samples. */
export class RecentModels {
  readonly #byRank = new Map<number, Map<RankModel['model'], true>>()

  /** Puts a model last; returns the one that is one too many, or null. */
  note({ rank, model }: RankModel): RankModel | null {
    let models = this.#byRank.get(rank)
    if (models === undefined) {
      models = new Map()
      this.#byRank.set(rank, models)
    }
    models.delete(model)
    models.set(model, true)
    if (models.size <= RETAINED_LAYER_MODELS) return null
    const [oldest = null] = models.keys()
    models.delete(oldest)
    return { rank, model: oldest }
  }
}
