import {
  JAVASCRIPT_TOPIC,
  type JavaScriptCountersFact,
  type JavaScriptFact,
} from '@traceml/contracts'
import type { EngineLike } from '../library.js'
import type { TrackedRecorder } from '../tracker-types.js'
import { createCallLevels } from './call-levels.js'
import { siteOf, takeStack } from './call-site.js'
import { readEngineMemory } from './engine-memory.js'
import { createHeapGrowth } from './heap-growth.js'
import { type HostSignals, plainHost } from './host-signals.js'
import { multiplyAdds } from './kernel-work.js'
import { createLeakWatch } from './leak-watch.js'
import { createSiteCounts } from './site-counts.js'
import { createStepShapes } from './step-shapes.js'

/** Facts are published at most so often: a short run has some, a long one hardly feels them. */
const PUBLISH_EVERY_MS = 250
const PUBLISH_LATER_EVERY_MS = 1_000
const LATER_FROM_MS = 10_000
/** Reads at which a stack is taken, and from then on the time between two. */
const FIRST_SITES: readonly number[] = [1, 8, 64]
const SITE_EVERY_MS = 500
const MAX_REASONS = 4

/**
 * What the hooks see beside the phases of a step, for findings that only the inside of the runtime
 * can make. A step costs some hundred nanoseconds; what is dearer is sampled. Nothing here throws.
 */
export interface TrainingSignals {
  /** True while operations shall be told. */
  readonly wantsKernels: boolean
  noteKernel(name: unknown, inputs: unknown, attrs: unknown, result: unknown): void
  noteUpload(values: unknown): void
  /** A read of results begins; `below` is the hook, whose caller is of interest. */
  noteRead(isSync: boolean, nowMs: number, below: (...args: never[]) => unknown): void
  /** A step has ended whose computation took `computeMs`. */
  noteStep(nowMs: number, computeMs: number): void
  beginFit(yieldEvery: unknown): void
  endFit(): void
  /** An epoch begins; `heldTensors` are kept by the library until the end of `fit`. */
  beginEpoch(heldTensors: number): void
  beginSave(): void
  endSave(): void
  close(nowMs: number): void
}

/** What the signals need. */
export interface TrainingSignalsOptions {
  readonly recorder: TrackedRecorder
  readonly engine: EngineLike
  readonly host?: (() => HostSignals) | null | undefined
}

/** Creates the signals of one engine. */
export function createTrainingSignals(options: TrainingSignalsOptions): TrainingSignals {
  const { recorder, engine } = options
  const host = options.host?.() ?? plainHost()
  const sites = createSiteCounts()
  const shapes = createStepShapes()
  const heap = createHeapGrowth(engine)
  const leaks = createLeakWatch(engine, host.root, (site) => sites.add('leaked_tensor', site))
  const calls = { fit: createCallLevels(), epoch: createCallLevels(), save: createCallLevels() }

  let steps = 0
  let firstMs: number | null = null
  let publishedMs = Number.NEGATIVE_INFINITY
  let counting = false
  let kernels = 0
  let work = 0
  let workPerStep: number | null = null
  let kernelsPerStep: number | null = null
  let uploads = 0
  let uploadBytes = 0
  let reads = 0
  let siteMs = Number.NEGATIVE_INFINITY
  let saveLevel = 0
  let yieldEvery: string | null = null
  // What was doubtful once makes the numbers of the run doubtful.
  const reasons = new Set<string>()

  const level = (): number => engine.state?.numTensors ?? 0
  const publish = (fact: JavaScriptFact): void => recorder.publish(JAVASCRIPT_TOPIC, fact)

  function counters(): JavaScriptCountersFact {
    const { unreliable_reasons: doubts, ...memory } = readEngineMemory(engine)
    for (const reason of doubts) if (reasons.size < MAX_REASONS) reasons.add(reason)
    return {
      kind: 'counters',
      host: host.host,
      backend: engine.backendName ?? null,
      step: steps,
      ...memory,
      unreliable_reasons: [...reasons],
      ...heap.read(),
      available_bytes: host.availableBytes(),
      upload_tensors: uploads,
      upload_bytes: uploadBytes,
      multiply_adds_per_step: workPerStep,
      kernels_per_step: kernelsPerStep,
      ...shapes.read(),
      calls: { fit: calls.fit.read(), epoch: calls.epoch.read(), save: calls.save.read() },
      yield_every: yieldEvery,
    }
  }

  function publishAll(nowMs: number): void {
    publishedMs = nowMs
    publish(counters())
    for (const site of sites.take()) publish(site)
    host.sample(nowMs, steps, publish)
  }

  function endCounted(): void {
    // The largest step counts: a smaller last batch says less of the model.
    workPerStep = Math.max(workPerStep ?? 0, work)
    kernelsPerStep = Math.max(kernelsPerStep ?? 0, kernels)
    counting = false
    kernels = 0
    work = 0
  }

  return {
    get wantsKernels() {
      return counting || shapes.wanted
    },
    noteKernel(name, inputs, attrs, result) {
      if (shapes.wanted) shapes.note(inputs)
      if (!counting) return
      kernels += 1
      work += multiplyAdds(name, inputs, attrs, result)
    },
    noteUpload(values) {
      uploads += 1
      uploadBytes += bytesOf(values)
    },
    noteRead(isSync, nowMs, below) {
      reads += 1
      if (!FIRST_SITES.includes(reads) && nowMs - siteMs < SITE_EVERY_MS) return
      siteMs = nowMs
      sites.add(isSync ? 'sync_read' : 'async_read', siteOf(takeStack(below), host.root))
    },
    noteStep(nowMs, computeMs) {
      steps += 1
      shapes.end(steps, computeMs)
      heap.note(steps)
      leaks.noteStep(nowMs)
      if (counting) endCounted()
      firstMs ??= nowMs
      const everyMs = nowMs - firstMs < LATER_FROM_MS ? PUBLISH_EVERY_MS : PUBLISH_LATER_EVERY_MS
      if (nowMs - publishedMs < everyMs) return
      counting = true
      publishAll(nowMs)
    },
    beginFit(option) {
      const isGiven = typeof option === 'string' || typeof option === 'number'
      yieldEvery = isGiven ? String(option) : null
      calls.epoch.restart()
    },
    endFit() {
      calls.fit.end(level())
      if (leaks.isInCall) leaks.endCall()
      else if (calls.fit.isRising) leaks.beginCall()
    },
    beginEpoch(heldTensors) {
      calls.epoch.end(level() - heldTensors)
    },
    beginSave() {
      saveLevel = level()
      if (calls.save.isRising) leaks.beginCall()
    },
    endSave() {
      calls.save.add(level() - saveLevel)
      leaks.endCall()
    },
    close(nowMs) {
      leaks.close()
      if (steps > 0) publishAll(nowMs)
      host.close()
    },
  }
}

/** Bytes that become a tensor: of an ordinary array, as float32. */
function bytesOf(values: unknown): number {
  if (ArrayBuffer.isView(values)) return values.byteLength
  return Array.isArray(values) ? 4 * values.length : 0
}
