import { LAYER_TOPIC, PHASE_INDEX } from '@traceml/contracts'
import type { PhaseGuard } from '../phase-guard.js'
import type { RingStepRecorder, StepObserver } from '../recorder/step-recorder.js'
import {
  clearEntry,
  createLayerModels,
  type LayerEntry,
  type LayerModel,
  type LayerModels,
} from './layer-entry.js'
import { createModelDescriptions, type ModelDescriptions, stepFact } from './layer-facts.js'
import type { LayerCall, LayerLibrary, LayerRecorder } from './layer-library.js'
import { createLayerStack, type LayerStack, tallyOf } from './layer-stack.js'
import { plainLibrary } from './plain-library.js'
import type { StepSampler } from './step-sampler.js'

/** What a recorder of layers is made of. */
export interface LayerRecorderOptions {
  readonly recorder: RingStepRecorder
  readonly phases: PhaseGuard
  readonly sampler: StepSampler
  /** Milliseconds that a boundary costs beside what it measures of itself. */
  readonly boundaryCostMs: number
  /** Monotonic milliseconds; default `performance.now()`. */
  readonly now?: () => number
  /** Takes one sentence for the user, once per reason. */
  readonly warn?: (message: string) => void
}

/** Makes the recorder of layers of one process, and lets it follow the steps. */
export function createLayerRecorder(options: LayerRecorderOptions): LayerRecorder & StepObserver {
  const layers = new Recorder(options)
  options.recorder.observe(layers)
  return layers
}

const OVERLAP =
  'Layers that run at the same time cannot be told apart: steps in which asynchronous layers overlap are left out of the deep profile.'
const NO_TAPE =
  'The backward pass of layers cannot be followed in this version of the library: the deep profile shows their forward pass only.'

/** A class, because `sampling` is read in every call of a layer. */
class Recorder implements LayerRecorder, StepObserver {
  sampling: boolean
  model: LayerModel | null = null
  readonly #recorder: RingStepRecorder
  readonly #sampler: StepSampler
  readonly #boundaryCostMs: number
  readonly #now: () => number
  readonly #warn: (message: string) => void
  readonly #stack: LayerStack
  readonly #models: LayerModels = createLayerModels()
  readonly #descriptions: ModelDescriptions = createModelDescriptions()
  readonly #plain: LayerLibrary
  /** Layers that were called in this step, and their models. */
  readonly #touched = new Set<LayerEntry>()
  readonly #warned = new Set<string>()
  #library: LayerLibrary
  #generation = 0
  #gaveUp = false
  #publishMs = 0

  constructor(options: LayerRecorderOptions) {
    this.#recorder = options.recorder
    this.#sampler = options.sampler
    this.#boundaryCostMs = options.boundaryCostMs
    this.#now = options.now ?? (() => performance.now())
    this.#warn = options.warn ?? (() => {})
    this.#plain = plainLibrary(options.recorder, options.phases)
    this.#library = this.#plain
    this.#stack = createLayerStack(this.#now, () => this.#library)
    this.sampling = this.#shallSample()
  }

  get top(): LayerCall | null {
    return this.#stack.top
  }

  get currentModel(): LayerModel | null {
    return this.#stack.top?.entry.model ?? this.model
  }

  modelOf(key: object, name: string | null): LayerModel | null {
    return this.#models.of(key, name)
  }

  modelOfNone(): LayerModel | null {
    return this.#models.ofNone()
  }

  openCall(target: object): LayerCall | null {
    return this.#stack.find(target)
  }

  enter(entry: LayerEntry, target: object): LayerCall | null {
    if (!this.sampling || !this.#library.inStep) return null
    const isBackward = this.#library.inBackward
    const call: LayerCall = {
      entry,
      target,
      generation: this.#generation,
      isBackward,
      hasBackward: false,
      outputs: null,
    }
    this.#touched.add(entry)
    // What a library computes again for its gradients is no call of the user's.
    if (!isBackward || this.#library === this.#plain) tallyOf(entry, isBackward).calls++
    this.#stack.push(call)
    return call
  }

  exit(call: LayerCall, output: unknown): void {
    if (call.generation !== this.#generation) return
    const ended = this.#stack.pop(call, () => {
      const bytes = output === undefined ? null : this.#library.noteOutput(call, output)
      keepLargest(call.entry, call.isBackward, bytes)
    })
    if (!ended) this.giveUp()
  }

  resume(call: LayerCall): boolean {
    if (call.generation !== this.#generation || !this.sampling) return false
    call.isBackward = this.#library.inBackward
    if (call.isBackward && !call.hasBackward) {
      call.hasBackward = true
      call.entry.backward.calls++
    }
    this.#stack.push(call)
    return true
  }

  suspend(call: LayerCall, gradientBytes: number | null): void {
    if (call.generation !== this.#generation) return
    if (call.isBackward) keepLargest(call.entry, true, gradientBytes)
    if (!this.#stack.pop(call, null)) this.giveUp()
  }

  turn(): void {
    if (this.sampling) this.#stack.turn(this.#library.inBackward)
  }

  giveUp(): void {
    this.#warnOnce(OVERLAP)
    this.#forget()
    this.#gaveUp = true
    this.sampling = false
  }

  setLibrary(library: LayerLibrary): () => void {
    this.#library = library
    this.#forget()
    return () => {
      if (this.#library !== library) return
      this.#library = this.#plain
      this.#forget()
    }
  }

  committing(step: number, tracedStepMs: number, endMs: number): void {
    const sampled = this.sampling || this.#gaveUp
    let costMs = 0
    if (sampled) {
      // Calls after the end of the step: it is one of several that were only recognised now.
      if (this.#stack.lastMs <= endMs) costMs = this.#publish(step, tracedStepMs, endMs)
      this.#forget()
      this.#gaveUp = false
    }
    this.#sampler.observe({ stepMs: tracedStepMs, costMs, sampled })
    this.sampling = this.#sampler.shouldSample(step + 1)
  }

  discarded(): void {
    if (this.sampling) this.#forget()
    if (this.#gaveUp) this.sampling = this.#shallSample()
    this.#gaveUp = false
  }

  #shallSample(): boolean {
    return this.#sampler.shouldSample(this.#recorder.completedSteps() + 1)
  }

  #forget(): void {
    for (const entry of this.#touched) clearEntry(entry)
    this.#touched.clear()
    this.#stack.clear()
    this.#library.claim(null)
    this.#generation++
  }

  /** Publishes what was measured; returns what measuring has cost. */
  #publish(step: number, stepMs: number, endMs: number): number {
    const startMs = this.#now()
    const { forwardCostMs, backwardCostMs, boundaries } = this.#stack
    const hookMs = forwardCostMs + backwardCostMs + boundaries * this.#boundaryCostMs
    if (this.#touched.size === 0) return hookMs
    const follows = this.#library.followsBackward
    if (follows === false) this.#warnOnce(NO_TAPE)
    const models = new Set<LayerModel>()
    for (const { model } of this.#touched) models.add(model)
    const figures = {
      step,
      ts: (Date.now() - (startMs - endMs)) / 1000,
      device: this.#recorder.device,
      every: this.#sampler.every,
      // Sending costs about what it did last time.
      costMs: hookMs + this.#publishMs,
      stepMs,
      forwardMs: this.#phaseMs(PHASE_INDEX.forward, false),
      backwardMs: this.#phaseMs(PHASE_INDEX.backward, true),
      hasBackward: follows ?? this.#hasBackward(),
    }
    for (const model of models) {
      const description = this.#descriptions.changed(model)
      if (description !== null) this.#recorder.publish(LAYER_TOPIC, description)
      const fact = stepFact(model, figures)
      if (fact !== null) this.#recorder.publish(LAYER_TOPIC, fact)
    }
    this.#publishMs = this.#now() - startMs
    return hookMs + this.#publishMs
  }

  /** A phase without what the hooks took in it; null when it does not hold all layers. */
  #phaseMs(slot: number, isBackward: boolean): number | null {
    const wholeMs = this.#recorder.pendingMs(slot)
    if (wholeMs === 0) return null
    const costMs = isBackward ? this.#stack.backwardCostMs : this.#stack.forwardCostMs
    let layersMs = 0
    for (const entry of this.#touched) layersMs += tallyOf(entry, isBackward).ms
    const phaseMs = wholeMs - costMs
    return phaseMs >= layersMs ? phaseMs : null
  }

  #hasBackward(): boolean {
    for (const { backward } of this.#touched) if (backward.calls > 0) return true
    return false
  }

  #warnOnce(message: string): void {
    if (this.#warned.has(message)) return
    this.#warned.add(message)
    this.#warn(message)
  }
}

function keepLargest(entry: LayerEntry, isBackward: boolean, bytes: number | null): void {
  if (bytes === null) return
  const tally = tallyOf(entry, isBackward)
  tally.bytes = Math.max(tally.bytes ?? 0, bytes)
}
