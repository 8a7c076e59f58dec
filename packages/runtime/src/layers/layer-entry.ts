/** A parameter of a layer. */
export interface LayerParameter {
  /** The same object wherever the parameter is met: it counts once. */
  readonly key: object
  readonly bytes: number
  readonly isTrained: boolean
}

/** Sums of one layer in one half of the step that is measured. */
export interface LayerTally {
  ms: number
  calls: number
  /** Of the largest call; null while no call had any. */
  bytes: number | null
}

/** A layer of a model: one path, whichever objects are called under it. */
export interface LayerEntry {
  readonly model: LayerModel
  readonly path: string
  readonly type: string | null
  readonly forward: LayerTally
  readonly backward: LayerTally
  /** What lists the layer's own parameters, as they are now. */
  readonly parameters: (() => readonly LayerParameter[])[]
}

/** Layers that belong together, by path. */
export interface LayerModel {
  /** Counts the models of this process, from 0. */
  readonly index: number
  readonly name: string | null
  /** In the order in which they were first met. */
  readonly entries: readonly LayerEntry[]
  /** The layer of this path, made on first use; null when the model has too many already. */
  entry(path: string, type: string | null): LayerEntry | null
}

/** Layers of one model beyond which no more are told apart. */
const MAX_ENTRIES = 2_000
/** Models of one process beyond which no more are measured. */
const MAX_MODELS = 256

/** The models of a process. It keeps no model alive. */
export interface LayerModels {
  /** The model that `key` stands for; null when there are too many. */
  of(key: object, name: string | null): LayerModel | null
  /** The model of layers that belong to none. */
  ofNone(): LayerModel | null
}

/** Creates an empty set of models. */
export function createLayerModels(): LayerModels {
  const known = new WeakMap<object, LayerModel>()
  const none = {}
  let count = 0
  const of: LayerModels['of'] = (key, name) => {
    const model = known.get(key)
    if (model !== undefined) return model
    if (count >= MAX_MODELS) return null
    const created = createModel(count++, name)
    known.set(key, created)
    return created
  }
  return { of, ofNone: () => of(none, null) }
}

function createModel(index: number, name: string | null): LayerModel {
  const entries: LayerEntry[] = []
  const byPath = new Map<string, LayerEntry>()
  const model: LayerModel = {
    index,
    name,
    entries,
    entry(path, type) {
      const known = byPath.get(path)
      if (known !== undefined) return known
      if (entries.length >= MAX_ENTRIES) return null
      const entry: LayerEntry = {
        model,
        path,
        type,
        forward: emptyTally(),
        backward: emptyTally(),
        parameters: [],
      }
      entries.push(entry)
      byPath.set(path, entry)
      return entry
    },
  }
  return model
}

function emptyTally(): LayerTally {
  return { ms: 0, calls: 0, bytes: null }
}

/** Forgets what a layer was measured to cost. */
export function clearEntry(entry: LayerEntry): void {
  for (const tally of [entry.forward, entry.backward]) {
    tally.ms = 0
    tally.calls = 0
    tally.bytes = null
  }
}
