import { PHASE_EVENTS, type StepRecorder } from '@traceml/contracts'
import { type BackendCapabilities, capabilitiesOf } from './backend-capabilities.js'
import { describeTraining } from './environment.js'
import { createFetchSources, type FetchSource } from './fetch-sources.js'
import { createGradientMarks } from './gradient-marks.js'
import type { EngineLike } from './library.js'
import { createStepPhases } from './step-phases.js'
import { createStepWindow } from './step-window.js'

/** Gradient calls without an optimizer after which each counts as a step, if none was ever seen. */
const UNDECIDED_CALLS = 8
/**
 * The same once an optimizer was seen, and only when variables are updated between the calls: what
 * follows a training is an analysis (saliency maps), not more of it.
 */
const UNDECIDED_CALLS_AFTER_OPTIMIZER = 64

/** Which loop of the library drives the steps. */
export type LoopKind = 'fit' | 'fitDataset'

/** What kinds of synchronous work are timed. */
export type RegionKind = 'gradient' | 'update'

/** Decides with the SDK which of nested regions of one phase counts. Neither method throws. */
export interface RegionGuard {
  enterPhase(slot: number): boolean
  leavePhase(slot: number): void
}

/**
 * Turns what the hooks see into steps. It owns the question where a step begins and ends, unless
 * the SDK's explicit steps own it: then only phases are passed on.
 *
 * Nothing here throws. Every method takes and returns milliseconds of the same monotonic clock.
 */
export interface StepTracker {
  readonly recorder: StepRecorder
  /** True while hooks shall measure. */
  readonly active: boolean
  /** Nested depth of synchronous training work; hooks of helpers pass through above 0. */
  readonly computeDepth: number
  now(): number
  /** Synchronous training work begins; the outermost one may begin the step. Returns the time. */
  beginCompute(): number
  endCompute(succeeded: boolean, nowMs: number): void
  addGradient(forwardMs: number, backwardMs: number): void
  /**
   * A gradient call or an update begins.
   * @returns False within another one, whose time includes it; then nothing is to be ended.
   */
  beginRegion(kind: RegionKind): boolean
  endRegion(kind: RegionKind): void
  addOptimizer(durationMs: number): void
  /** An asynchronous call that is one whole step (`trainOnBatch`). */
  beginCall(): void
  endCall(succeeded: boolean): void
  /** A loop of the library begins or ends; within it, only {@link endBatch} completes steps. */
  beginLoop(kind: LoopKind): void
  endLoop(succeeded: boolean): void
  beginEpoch(): void
  beginBatch(): void
  endBatch(): void
  /** A wait for data. */
  beginFetch(source: FetchSource): void
  endFetch(): void
  /** A wait for results. */
  beginRead(): void
  endRead(): void
  /** A span that belongs to no step. */
  beginCut(): void
  endCut(): void
  /** True when the time of a tensor's creation is a copy to the device of its own. */
  measuresUpload(): boolean
  addUpload(durationMs: number): void
  /** A variable got a new value: the work before it was an update, not input. */
  noteAssign(): void
  /** Ends tracking: completes gradient calls that are still undecided. */
  close(): void
}

/** A recorder that may know what others have added to the step being recorded. */
export interface TrackedRecorder extends StepRecorder {
  /** Milliseconds of a slot in the step being recorded. */
  pendingMs?(slot: number): number
}

/** What the tracker needs. */
export interface StepTrackerOptions {
  readonly recorder: TrackedRecorder
  readonly engine: EngineLike
  /** Value of `WORLD_SIZE`. */
  readonly worldSize?: string | undefined
  /** Shared with the SDK's own regions; default: every outermost region counts. */
  readonly guard?: RegionGuard | undefined
  /** Monotonic milliseconds; default `performance.now()`. */
  readonly now?: () => number
}

const EVERY_REGION: RegionGuard = { enterPhase: () => true, leavePhase: () => {} }

/** Creates the tracker of one engine. */
export function createStepTracker(options: StepTrackerOptions): StepTracker {
  const { recorder, engine } = options
  const guard = options.guard ?? EVERY_REGION
  const now = options.now ?? (() => performance.now())
  const inputSlot = recorder.slot(PHASE_EVENTS.input_wait)
  const uploadSlot = recorder.slot(PHASE_EVENTS.h2d)
  const window = createStepWindow()
  const phases = createStepPhases(recorder)
  const marks = createGradientMarks()
  const sources = createFetchSources()

  let closed = false
  let computeDepth = 0
  let inRegion = false
  let regionCounts = false
  let fetchCounts = false
  let callDepth = 0
  let loopDepth = 0
  let loopKind: LoopKind = 'fit'
  let cutDepth = 0
  let cutStartMs = 0
  let optimizerRan = false
  let optimizerSeen = false
  let assigned = false
  let everyGradientIsAStep = false
  let backend = ''
  let capabilities: BackendCapabilities = capabilitiesOf('')

  const explicitSteps = (): boolean => recorder.boundaryOwner === 'sdk'
  const inGap = (): boolean => Number.isNaN(window.bodyMs)

  function refreshBackend(): void {
    const name = engine.backendName
    if (name === backend || typeof name !== 'string') return
    backend = name
    capabilities = capabilitiesOf(name)
    recorder.setDevice(name)
    recorder.setEnvironment(describeTraining(name, options.worldSize))
  }

  function restart(startMs: number, nowMs: number): void {
    window.restart(startMs, nowMs)
    phases.clear()
    marks.clear()
    assigned = false
    optimizerRan = false
  }

  function beginBody(nowMs: number): void {
    window.beginBody(nowMs)
    sources.noteStep()
  }

  function enterRegion(kind: RegionKind): boolean {
    if (kind === 'update') return guard.enterPhase(phases.optimizerSlot)
    // Both are entered in any case: both are left.
    const forward = guard.enterPhase(phases.forwardSlot)
    return guard.enterPhase(phases.backwardSlot) && forward
  }

  function setMemory(): void {
    const { numBytes, numTensors } = engine.state ?? {}
    if (typeof numBytes === 'number' && typeof numTensors === 'number')
      recorder.setMemory(numBytes, numTensors)
  }

  function complete(nowMs: number): void {
    if (!explicitSteps()) {
      // A wrapped source of the user's has said already how long it was waited for.
      const givenMs = recorder.pendingMs?.(inputSlot) ?? 0
      const waitMs = givenMs > 0 ? givenMs : window.inputWaitMs(nowMs)
      if (givenMs === 0) recorder.add(inputSlot, waitMs)
      if (window.uploadCalls > 0) recorder.add(uploadSlot, window.uploadMs)
      phases.writeGradients(0, phases.gradientCalls)
      phases.writeOptimizer()
      setMemory()
      const tracedMs = nowMs - window.startMs - waitMs - window.cutMs
      recorder.commit(Math.max(0, tracedMs), nowMs)
    }
    restart(nowMs, nowMs)
  }

  /** The undecided gradient calls were steps, one each. */
  function completeEachGradient(nowMs: number): void {
    if (!explicitSteps()) {
      marks.forEach((index, step) => {
        recorder.add(inputSlot, step.inputWaitMs)
        if (step.uploadCalls > 0) recorder.add(uploadSlot, step.uploadMs)
        if (index < phases.gradientCalls) phases.writeGradients(index, index + 1)
        setMemory()
        recorder.commit(step.tracedMs, step.endMs)
      })
    }
    restart(nowMs, nowMs)
  }

  function fail(nowMs: number): void {
    if (!explicitSteps()) recorder.discard()
    restart(nowMs, nowMs)
  }

  function gradientsAreSteps(): boolean {
    if (!optimizerSeen) return marks.count >= UNDECIDED_CALLS
    return assigned && marks.count >= UNDECIDED_CALLS_AFTER_OPTIMIZER
  }

  /** The outermost compute of a hand-written loop has ended: is this the end of a step? */
  function decide(nowMs: number): void {
    if (phases.optimizerCalls > 0 || optimizerRan) {
      optimizerSeen = true
      if (everyGradientIsAStep) {
        // These gradients were counted as a step already; from now on the optimizer says.
        everyGradientIsAStep = false
        restart(nowMs, nowMs)
      } else complete(nowMs)
      return
    }
    marks.end(window, nowMs)
    if (everyGradientIsAStep || gradientsAreSteps()) {
      everyGradientIsAStep = true
      completeEachGradient(nowMs)
    } else window.restartGap(nowMs)
  }

  return {
    recorder,
    get active() {
      return !closed && recorder.enabled
    },
    get computeDepth() {
      return computeDepth
    },
    now,
    beginCompute() {
      const nowMs = now()
      if (computeDepth++ > 0) return nowMs
      if (engine.backendName !== backend) refreshBackend()
      window.waits.suspend(nowMs)
      if (inGap()) beginBody(nowMs)
      else if (loopDepth === 0 && callDepth === 0) marks.begin(window, nowMs)
      return nowMs
    },
    endCompute(succeeded, nowMs) {
      if (--computeDepth > 0) return
      window.waits.resume(nowMs)
      if (loopDepth > 0 || callDepth > 0) return
      if (succeeded) decide(nowMs)
      else fail(nowMs)
    },
    addGradient(forwardMs, backwardMs) {
      if (engine.backendName !== backend) refreshBackend()
      if (!capabilities.synchronous || !regionCounts) return
      phases.addGradient(forwardMs, backwardMs)
      if (explicitSteps()) {
        phases.writeGradients(phases.gradientCalls - 1, phases.gradientCalls)
        phases.clear()
      }
    },
    beginRegion(kind) {
      if (inRegion) return false
      inRegion = true
      regionCounts = enterRegion(kind)
      return true
    },
    endRegion(kind) {
      inRegion = false
      if (kind === 'update') guard.leavePhase(phases.optimizerSlot)
      else {
        guard.leavePhase(phases.forwardSlot)
        guard.leavePhase(phases.backwardSlot)
      }
    },
    addOptimizer(durationMs) {
      optimizerRan = true
      if (!capabilities.synchronous || !regionCounts) return
      phases.addOptimizer(durationMs)
      if (explicitSteps()) {
        phases.writeOptimizer()
        phases.clear()
      }
    },
    beginCall() {
      if (callDepth++ > 0 || loopDepth > 0) return
      const nowMs = now()
      window.waits.suspend(nowMs)
      if (inGap()) beginBody(nowMs)
    },
    endCall(succeeded) {
      if (callDepth > 0) callDepth--
      if (callDepth > 0 || loopDepth > 0) return
      const nowMs = now()
      window.waits.resume(nowMs)
      if (optimizerRan) optimizerSeen = true
      if (succeeded) complete(nowMs)
      else fail(nowMs)
    },
    beginLoop(kind) {
      loopDepth++
      loopKind = kind
      restart(Number.NaN, now())
    },
    endLoop(succeeded) {
      if (loopDepth > 0) loopDepth--
      if (!succeeded && !explicitSteps()) recorder.discard()
      restart(Number.NaN, now())
    },
    beginEpoch() {
      restart(Number.NaN, now())
    },
    beginBatch() {
      if (loopKind !== 'fit' || !inGap()) return
      const nowMs = now()
      if (Number.isNaN(window.startMs)) restart(nowMs, nowMs)
      window.gatherStartMs = nowMs
    },
    endBatch() {
      const nowMs = now()
      if (optimizerRan) optimizerSeen = true
      if (inGap()) restart(nowMs, nowMs)
      else complete(nowMs)
    },
    beginFetch(source) {
      const nowMs = now()
      if (cutDepth === 0 && inGap()) {
        if (loopDepth > 0) {
          if (Number.isNaN(window.startMs)) restart(nowMs, nowMs)
        } else if (sources.noteFetch(source)) restart(nowMs, nowMs)
      }
      if (!window.waits.isOpen) fetchCounts = guard.enterPhase(inputSlot)
      window.waits.begin(nowMs)
    },
    endFetch() {
      const addedMs = window.waits.end(now())
      if (!window.waits.isOpen) guard.leavePhase(inputSlot)
      if (fetchCounts && addedMs > 0 && explicitSteps()) recorder.add(inputSlot, addedMs)
    },
    beginRead() {
      window.reads.begin(now())
    },
    endRead() {
      window.reads.end(now())
    },
    beginCut() {
      if (cutDepth++ > 0) return
      cutStartMs = now()
      window.waits.suspend(cutStartMs)
      window.reads.suspend(cutStartMs)
    },
    endCut() {
      if (cutDepth > 0) cutDepth--
      if (cutDepth > 0) return
      const nowMs = now()
      window.waits.resume(nowMs)
      window.reads.resume(nowMs)
      window.addCut(nowMs - cutStartMs)
    },
    measuresUpload() {
      if (engine.backendName !== backend) refreshBackend()
      return capabilities.copiesOnUpload && cutDepth === 0 && !window.waits.isOpen
    },
    addUpload(durationMs) {
      if (explicitSteps()) recorder.add(uploadSlot, durationMs)
      else window.addUpload(durationMs)
    },
    noteAssign() {
      if (loopDepth > 0 || callDepth > 0 || cutDepth > 0) return
      assigned = true
      window.restartGap(now())
    },
    close() {
      if (closed) return
      if (marks.count > 0 && !optimizerSeen) completeEachGradient(now())
      closed = true
    },
  }
}
