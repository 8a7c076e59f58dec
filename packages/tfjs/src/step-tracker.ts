import { PHASE_EVENTS, PHASES } from '@traceml/contracts'
import { createBackendState } from './backend-state.js'
import { createExplicitInput } from './explicit-input.js'
import { createFetchSources } from './fetch-sources.js'
import { createGradientMarks } from './gradient-marks.js'
import { createAddMeasured } from './hook-choice.js'
import { createPredictionRhythm } from './prediction-rhythm.js'
import { createStepWaits } from './signals/step-waits.js'
import { createTrainingSignals } from './signals/training-signals.js'
import { createStepPhases } from './step-phases.js'
import { createStepSpans } from './step-spans.js'
import { createStepWindow } from './step-window.js'
import { createStepWriter } from './step-writer.js'
import type {
  LoopKind,
  RegionGuard,
  RegionKind,
  StepTracker,
  StepTrackerOptions,
} from './tracker-types.js'

/** Gradient calls without an optimizer after which each counts as a step, if none was ever seen. */
const UNDECIDED_CALLS = 8
/**
 * The same once an optimizer was seen, and only when variables are updated between the calls: what
 * follows a training is an analysis (saliency maps), not more of it.
 */
const UNDECIDED_CALLS_AFTER_OPTIMIZER = 64
/**
 * Steps up to which a call of `fit` is a piece of somebody's own loop: what lies between two such
 * calls makes the next batch. Longer calls are epochs, whose ends belong to no step.
 */
const MAX_STEPS_OF_PIECE = 4

const EVERY_REGION: RegionGuard = { enterPhase: () => true, leavePhase: () => {} }

/** Creates the tracker of one engine. */
export function createStepTracker(options: StepTrackerOptions): StepTracker {
  const { recorder } = options
  const guard = options.guard ?? EVERY_REGION
  const now = options.now ?? (() => performance.now())
  const backend = createBackendState(options)
  const window = createStepWindow()
  const askChoice = options.choice ?? (() => null)
  const slots = PHASES.map((phase) => recorder.slot(PHASE_EVENTS[phase]))
  const add = createAddMeasured(recorder, slots, askChoice)
  const phases = createStepPhases(recorder, add)
  const marks = createGradientMarks()
  const sources = createFetchSources()
  const predictions = createPredictionRhythm()
  const writer = createStepWriter(options, add, window, phases, marks)
  const { inputSlot, uploadSlot } = writer
  const explicitInput = createExplicitInput(recorder, inputSlot, add)
  const signals = createTrainingSignals(options)
  const stepWaits = createStepWaits(recorder)

  let closed = false
  let handedOver = false
  let computeDepth = 0
  let computeStartMs = 0
  let computeMs = 0
  let inRegion = false
  let regionCounts = false
  let fetchCounts = false
  let callDepth = 0
  let loopDepth = 0
  let loopKind: LoopKind = 'fit'
  let loopSteps = 0
  let optimizerRan = false
  let optimizerSeen = false
  let assigned = false
  let everyGradientIsAStep = false
  let afterPiece = false
  // What lies before a piece of somebody's own loop; NaN when it belongs to no step.
  let pieceStartMs = Number.NaN
  let pieceInputMs = 0

  const explicitSteps = (): boolean => recorder.boundaryOwner === 'sdk'
  const spans = createStepSpans(window, predictions, now, (durationMs) => {
    backend.refresh()
    if (backend.capabilities.synchronous && !explicitSteps()) phases.addPrediction(durationMs)
  })
  const inOwnLoop = (): boolean => loopDepth === 0 && callDepth === 0

  function restart(startMs: number, nowMs: number): void {
    window.restart(startMs, nowMs)
    phases.clear()
    marks.clear()
    stepWaits.reset(nowMs)
    computeMs = 0
    assigned = false
    optimizerRan = false
  }

  function beginBody(nowMs: number): void {
    if (!handedOver && explicitSteps()) handOver(nowMs)
    window.beginBody(nowMs)
    sources.noteStep()
  }

  /** The first explicit step has begun: what was fetched and uploaded for it is known only here. */
  function handOver(nowMs: number): void {
    handedOver = true
    const given = (recorder.pendingMs?.(inputSlot) ?? 0) > 0
    if (window.waits.seen > 0 && !given) explicitInput.add(window.waits.total(nowMs))
    if (window.uploadCalls > 0) add(uploadSlot, window.uploadMs)
  }

  /** The first step of a loop of the library begins; that of a piece reaches back. */
  function beginLoopStep(nowMs: number): void {
    if (!Number.isNaN(window.startMs)) return
    if (Number.isNaN(pieceStartMs)) restart(nowMs, nowMs)
    else {
      restart(pieceStartMs, nowMs)
      window.addInput(pieceInputMs)
      pieceStartMs = Number.NaN
    }
  }

  function enterRegion(kind: RegionKind): boolean {
    if (kind === 'update') return guard.enterPhase(phases.optimizerSlot)
    // Both are entered in any case: both are left.
    const forward = guard.enterPhase(phases.forwardSlot)
    return guard.enterPhase(phases.backwardSlot) && forward
  }

  function complete(nowMs: number): void {
    if (optimizerRan) optimizerSeen = true
    if (explicitSteps()) writer.setMemory()
    else {
      stepWaits.write(nowMs)
      writer.writeStep(nowMs)
    }
    signals.noteStep(nowMs, computeMs)
    predictions.noteStep()
    loopSteps++
    afterPiece = false
    restart(nowMs, nowMs)
  }

  /** The undecided gradient calls were steps, one each. */
  function completeEachGradient(nowMs: number): void {
    if (!explicitSteps()) writer.writeEachGradient()
    signals.noteStep(nowMs, computeMs)
    predictions.noteStep()
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
    } else window.endGradient(nowMs)
  }

  /** What was waited for in an explicit step is its own at once; between two, it is nobody's. */
  function settleWaits(nowMs: number): void {
    if (!explicitSteps()) return
    if (guard.stepOpen ?? true) stepWaits.write(nowMs)
    else stepWaits.reset(nowMs)
  }

  return {
    recorder,
    signals,
    get active() {
      return !closed && recorder.enabled && askChoice()?.mode !== 'manual'
    },
    get device() {
      return backend.device
    },
    get computeDepth() {
      return computeDepth
    },
    get inStep() {
      if (explicitSteps()) return (guard.stepOpen ?? computeDepth > 0) && !spans.isValidation
      return computeDepth > 0 || spans.isForward
    },
    now,
    beginCompute(kind) {
      const nowMs = now()
      if (computeDepth++ > 0) return nowMs
      computeStartMs = nowMs
      stepWaits.suspend(nowMs)
      backend.refresh()
      window.waits.suspend(nowMs)
      if (window.inGap) beginBody(nowMs)
      else if (kind !== 'update' && inOwnLoop()) window.beginGradient(nowMs)
      return nowMs
    },
    endCompute(succeeded, nowMs) {
      if (--computeDepth > 0) return
      computeMs += nowMs - computeStartMs
      stepWaits.resume(nowMs)
      window.waits.resume(nowMs)
      if (!inOwnLoop()) return
      if (succeeded) decide(nowMs)
      else fail(nowMs)
    },
    addGradient(forwardMs, backwardMs) {
      backend.refresh()
      if (!backend.capabilities.synchronous || !regionCounts) return
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
      if (!backend.capabilities.synchronous || !regionCounts) return
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
      if (window.inGap) beginBody(nowMs)
    },
    endCall(succeeded) {
      if (callDepth > 0) callDepth--
      if (!inOwnLoop()) return
      const nowMs = now()
      window.waits.resume(nowMs)
      if (succeeded) complete(nowMs)
      else fail(nowMs)
    },
    beginLoop(kind) {
      const nowMs = now()
      if (loopDepth++ === 0 && afterPiece) {
        pieceStartMs = window.startMs + window.cutMs
        pieceInputMs = window.takeGap(nowMs)
      }
      loopKind = kind
      loopSteps = 0
      restart(Number.NaN, nowMs)
    },
    endLoop(succeeded) {
      if (loopDepth > 0) loopDepth--
      if (!succeeded && !explicitSteps()) recorder.discard()
      const nowMs = now()
      afterPiece = succeeded && loopDepth === 0 && loopSteps <= MAX_STEPS_OF_PIECE
      pieceStartMs = Number.NaN
      restart(afterPiece ? window.startMs + window.cutMs : Number.NaN, nowMs)
      window.restartGap(nowMs)
    },
    beginEpoch() {
      restart(Number.NaN, now())
    },
    beginBatch() {
      if (loopKind !== 'fit' || !window.inGap) return
      const nowMs = now()
      beginLoopStep(nowMs)
      window.beginGather(nowMs)
    },
    endBatch() {
      const nowMs = now()
      if (window.inGap) restart(nowMs, nowMs)
      else complete(nowMs)
    },
    beginFetch(source) {
      const nowMs = now()
      if (!spans.open && window.inGap) {
        if (loopDepth > 0) beginLoopStep(nowMs)
        else if (sources.noteFetch(source)) {
          if (explicitSteps()) explicitInput.takeBack()
          restart(nowMs, nowMs)
        } else if (!window.waits.isOpen) window.noteFetch(nowMs)
      }
      if (!window.waits.isOpen) fetchCounts = guard.enterPhase(inputSlot)
      window.waits.begin(nowMs)
    },
    endFetch() {
      const addedMs = window.waits.end(now())
      if (!window.waits.isOpen) guard.leavePhase(inputSlot)
      if (fetchCounts && addedMs > 0 && explicitSteps()) explicitInput.add(addedMs)
    },
    beginResults() {
      window.results.begin(now())
    },
    endResults() {
      const nowMs = now()
      window.results.end(nowMs)
      if (!window.results.isOpen && !spans.open) window.noteResults(nowMs)
    },
    beginRead(isSync, below) {
      if (spans.open) return Number.NaN
      const nowMs = now()
      signals.noteRead(isSync, nowMs, below)
      if (isSync) return now()
      stepWaits.beginAsyncRead(nowMs)
      return nowMs
    },
    endRead(isSync, startMs) {
      if (Number.isNaN(startMs)) return
      const nowMs = now()
      if (isSync) stepWaits.addSyncRead(nowMs - startMs)
      else stepWaits.endAsyncRead(nowMs)
      settleWaits(nowMs)
    },
    beginYield() {
      stepWaits.beginYield(now())
    },
    endYield() {
      const nowMs = now()
      stepWaits.endYield(nowMs)
      settleWaits(nowMs)
    },
    beginCut: spans.beginValidation,
    endCut: spans.end,
    beginPrediction: spans.beginPrediction,
    endPrediction: spans.end,
    noteKernel(isAssignment) {
      if (computeDepth > 0 || spans.open || !inOwnLoop()) return
      if (isAssignment) assigned = true
      if (!window.waits.isOpen) window.noteResults(now())
    },
    noteHostTensor() {
      if (!spans.open && inOwnLoop() && !window.waits.isOpen) window.noteHostTensor()
    },
    measuresUpload() {
      backend.refresh()
      return backend.capabilities.copiesOnUpload && !spans.open && !window.waits.isOpen
    },
    addUpload(durationMs) {
      if (explicitSteps()) add(uploadSlot, durationMs)
      else window.addUpload(durationMs)
    },
    close() {
      if (closed) return
      if (marks.count > 0 && !optimizerSeen) completeEachGradient(now())
      closed = true
      signals.close(now())
      backend.close()
    },
  }
}
