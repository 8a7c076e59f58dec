/** Steps between two predictions up to which they belong to the loop. */
const MAX_STEPS_BETWEEN = 3

/**
 * Tells predictions that the training loop is made of (a generator's samples, the actions of an agent)
 * from those that look at the model now and then (a validation, a sample after an epoch).
 */
export interface PredictionRhythm {
  /** A prediction begins. True when it comes as often as the steps do. */
  notePrediction(): boolean
  noteStep(): void
}

/** Creates a rhythm in which nothing was predicted yet. */
export function createPredictionRhythm(): PredictionRhythm {
  let stepsSinceLast = Number.POSITIVE_INFINITY
  let regular = false
  return {
    notePrediction() {
      // All predictions between two steps are judged alike.
      if (stepsSinceLast > 0) regular = stepsSinceLast <= MAX_STEPS_BETWEEN
      stepsSinceLast = 0
      return regular
    },
    noteStep() {
      stepsSinceLast++
    },
  }
}
