import type { RuntimeHandle } from '../active-runtime.js'
import { createLayerModels } from './layer-entry.js'
import type { LayerLibrary, LayerRecorder } from './layer-library.js'
import { createLayerRecorder } from './layer-recorder.js'
import { createLayerStack } from './layer-stack.js'
import type { StepSampler } from './step-sampler.js'

const WARM_UP_CALLS = 400
/** Short runs, of which the fastest counts: the rest may have lost the processor for a while. */
const CALIBRATION_RUNS = 9
const CALIBRATION_CALLS = 60

/** How {@link startLayers} measures. */
export interface StartLayersOptions {
  /** Which steps are measured. */
  readonly sampler: StepSampler
  /** Takes one sentence for the user. */
  readonly warn?: (message: string) => void
}

/** Starts measuring the layers of a runtime's steps. */
export function startLayers(
  runtime: Pick<RuntimeHandle, 'recorder' | 'phases'>,
  options: StartLayersOptions,
): LayerRecorder {
  const now = performance.now.bind(performance)
  return createLayerRecorder({
    recorder: runtime.recorder,
    phases: runtime.phases,
    sampler: options.sampler,
    boundaryCostMs: calibrate(now),
    now,
    ...(options.warn === undefined ? {} : { warn: options.warn }),
  })
}

/** Milliseconds of a boundary that it cannot see of itself: reading the clock, calling the hook. */
function calibrate(now: () => number): number {
  const silent: LayerLibrary = {
    inStep: true,
    inBackward: false,
    followsBackward: null,
    claim() {},
    noteOutput: () => null,
  }
  const stack = createLayerStack(now, () => silent)
  const entry = createLayerModels().ofNone()?.entry('calibration', null) ?? null
  if (entry === null) return 0
  const call = {
    entry,
    target: entry,
    generation: 0,
    isBackward: false,
    hasBackward: false,
    outputs: null,
  }
  const run = (calls: number): number => {
    stack.clear()
    const startMs = now()
    for (let index = 0; index < calls; index++) {
      stack.push(call)
      stack.pop(call, null)
    }
    const elapsedMs = now() - startMs
    return Math.max(0, elapsedMs - stack.forwardCostMs) / stack.boundaries
  }
  run(WARM_UP_CALLS)
  return Math.min(...Array.from({ length: CALIBRATION_RUNS }, () => run(CALIBRATION_CALLS)))
}
