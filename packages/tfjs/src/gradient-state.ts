/** The half of a gradient call: the function that is differentiated, or the way back. */
type GradientHalf = 'forward' | 'backward'

/** Which half of the outermost gradient call runs now. */
export interface GradientState {
  /** Null outside of gradient calls. */
  readonly half: GradientHalf | null
  enter(half: GradientHalf | null): void
  /** Called after every change; null: nobody listens. */
  onChange: (() => void) | null
}

/** Creates the state of an engine in which no gradient call runs. */
export function createGradientState(): GradientState {
  return new State()
}

/** A class, because its fields are touched in every step. */
class State implements GradientState {
  half: GradientHalf | null = null
  onChange: (() => void) | null = null

  enter(half: GradientHalf | null): void {
    this.half = half
    if (this.onChange !== null) this.onChange()
  }
}
