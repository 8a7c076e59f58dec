import type { LayerModelRow } from '@traceml/contracts'

/** A layer of one of the models of a run. */
export interface IndexedLayer {
  readonly model: number
  readonly name: string
}

/** Numbers the layers of a run, the same on all ranks. */
export interface LayerIndex {
  /** By number. */
  readonly layers: readonly IndexedLayer[]
  /** Number of a layer; one that is not known yet gets the next. */
  numberOf(model: number, name: string): number
  /**
   * Numbers of the layers of a row. `guess` are those of a row that is likely to have the same
   * layers in the same order, which spares looking each of them up.
   */
  numbersOf(model: number, names: readonly string[], guess: Int32Array | undefined): Int32Array
}

/** An index that begins with the layers of the given models, in their order. */
export function createLayerIndex(models: readonly LayerModelRow[]): LayerIndex {
  const layers: IndexedLayer[] = []
  const byModel = new Map<number, Map<string, number>>()
  const numberOf = (model: number, name: string): number => {
    let numbers = byModel.get(model)
    if (numbers === undefined) {
      numbers = new Map()
      byModel.set(model, numbers)
    }
    const known = numbers.get(name)
    if (known !== undefined) return known
    numbers.set(name, layers.length)
    return layers.push({ model, name }) - 1
  }
  const numbersOf = (
    model: number,
    names: readonly string[],
    guess: Int32Array | undefined,
  ): Int32Array => {
    const isSame =
      guess?.length === names.length &&
      names.every((name, i) => {
        const layer = layers[guess[i] as number]
        return layer?.model === model && layer.name === name
      })
    return isSame ? guess : Int32Array.from(names, (name) => numberOf(model, name))
  }
  for (const { model_index: model, layers: names } of models) {
    for (const name of names) numberOf(model ?? 0, name)
  }
  return { layers, numberOf, numbersOf }
}
