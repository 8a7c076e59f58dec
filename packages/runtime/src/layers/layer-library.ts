import type { LayerEntry, LayerModel } from './layer-entry.js'

/** One call of a layer in a step that is measured. */
export interface LayerCall {
  readonly entry: LayerEntry
  /** Object or function that is called. */
  readonly target: object
  /** Goes up when measuring begins anew: what was called before then no longer counts. */
  readonly generation: number
  isBackward: boolean
  /** True when the call's backward pass was counted. */
  hasBackward: boolean
  /** Where the library notes what the call returned. */
  outputs: unknown
}

/**
 * What a tensor library tells the recorder of layers. Nothing may throw; all of it is asked only in
 * a step that is measured.
 */
export interface LayerLibrary {
  /** True when what runs now is part of a training step. */
  readonly inStep: boolean
  /** True while gradients are computed. */
  readonly inBackward: boolean
  /** What has been computed since the last call of this belongs to `call`, or to no layer. */
  claim(call: LayerCall | null): void
  /** Notes what a call returned, and gives its bytes; null when it is not known. */
  noteOutput(call: LayerCall, output: unknown): number | null
  /** True when backward passes can be followed; null when none has run yet. */
  readonly followsBackward: boolean | null
}

/** Measures the layers of the steps that are sampled. For hooks; nothing here throws. */
export interface LayerRecorder {
  /** True while the step is measured. Hooks look at nothing else when it is not. */
  readonly sampling: boolean
  /** The call that runs now, or null. */
  readonly top: LayerCall | null
  /** Model whose layers are called, where no layer is called yet; to be put back by whoever sets it. */
  model: LayerModel | null
  /** Model of what is called now: that of the call that runs, else {@link model}, or null. */
  readonly currentModel: LayerModel | null
  modelOf(key: object, name: string | null): LayerModel | null
  /** Model of layers that belong to none. */
  modelOfNone(): LayerModel | null
  /** The newest open call of this object or function, or null: a further one is recursive. */
  openCall(target: object): LayerCall | null
  /**
   * A call of a layer begins. Null where it does not count (outside of a training step): then
   * nothing is to be ended.
   */
  enter(entry: LayerEntry, target: object): LayerCall | null
  /** The call ends; `output` is what it returned, undefined when it threw. */
  exit(call: LayerCall, output: unknown): void
  /** A part of a call's backward pass begins. @returns False when it does not count. */
  resume(call: LayerCall): boolean
  /** That part ends; `gradientBytes` are those of its outputs' gradients, null when unknown. */
  suspend(call: LayerCall, gradientBytes: number | null): void
  /** Forward becomes backward, or the other way round. */
  turn(): void
  /** Two calls ran at the same time, what was measured means nothing: gives up this step. */
  giveUp(): void
  /** Sets the library that is asked; returns what takes it off again. */
  setLibrary(library: LayerLibrary): () => void
}
