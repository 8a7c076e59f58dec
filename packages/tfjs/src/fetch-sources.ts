/** One dataset iterator, as the attribution of input wait sees it. */
export interface FetchSource {
  /** True until its first fetch. */
  fresh: boolean
  /** True once a step was trained on what it delivered. */
  fed: boolean
  /** Fetches since the last step. */
  fetchCount: number
}

/** Tells fetches of training data from those of a validation pass or a new epoch. */
export interface FetchSources {
  /**
   * Notes a fetch between two steps.
   * @returns True when what happened since the last step belongs to no step: a new iterator starts
   *   (an epoch or a validation pass begins), or the training's own iterator comes back after one
   *   that never fed a step.
   */
  noteFetch(source: FetchSource): boolean
  /** A step begins with what was fetched. */
  noteStep(): void
}

/** Creates a source for a new iterator. */
export function createFetchSource(): FetchSource {
  return { fresh: true, fed: false, fetchCount: 0 }
}

/** Creates the bookkeeping for one training thread. */
export function createFetchSources(): FetchSources {
  let fetched: FetchSource[] = []
  let last: FetchSource | null = null
  return {
    noteFetch(source) {
      const foreignBefore = last !== null && last !== source && !last.fed
      const startsOver = source.fresh || foreignBefore
      source.fresh = false
      if (!fetched.includes(source)) fetched.push(source)
      source.fetchCount++
      last = source
      return startsOver
    },
    noteStep() {
      if (fetched.length === 0) return
      for (const source of fetched) {
        // Several iterators with one fetch each feed one step together; a whole pass does not.
        if (source === last || source.fetchCount === 1) source.fed = true
        source.fetchCount = 0
      }
      fetched = []
      last = null
    },
  }
}
