import {
  type Clock,
  defineSampler,
  defineSamplerSpec,
  JAVASCRIPT_TOPIC,
  type RowSink,
  type Sampler,
  type SamplerContext,
  type SamplerSpec,
} from '@traceml/contracts'
import { JAVASCRIPT_SAMPLER, JAVASCRIPT_TABLE, type JavaScriptRuntimeRow } from '../row.js'
import { createFactState } from './fact-state.js'
import { createStepTotals } from './step-totals.js'
import { createTensorSeries } from './tensor-series.js'

const ID = 'javascript-runtime'

/**
 * One row a tick with everything that is known of the JavaScript runtime of this rank, see
 * {@link JavaScriptRuntimeRow}; none where nothing was published, for example in a training that has
 * no hooks inside. Bounded: sums, and a series of at most 65 points.
 */
export function createJavaScriptSampler(): Sampler {
  const steps = createStepTotals()
  const tensors = createTensorSeries()
  const facts = createFactState()
  let context: SamplerContext | null = null
  let seq = 0
  let known = false
  let changed = false
  let emittedMs = Number.NEGATIVE_INFINITY

  function read({ facts: source, steps: recorded }: SamplerContext): void {
    source?.read(ID, JAVASCRIPT_TOPIC, (fact) => {
      facts.add(fact)
      known = true
      changed = true
    })
    recorded?.read(ID, (step) => {
      const stepMs = steps.add(step)
      changed = true
      if (stepMs === null) return
      facts.addStep(step.step, stepMs, step.endTimeSeconds)
      if (step.liveTensorCount !== null)
        tensors.add(step.step, step.liveTensorCount, step.liveBytes ?? 0)
    })
  }

  function emit(sink: RowSink, clock: Clock): void {
    if (!known || !changed) return
    changed = false
    emittedMs = clock.monotonicMs()
    seq += 1
    const row: JavaScriptRuntimeRow = {
      seq,
      ts: clock.wallSeconds(),
      steps: steps.read(),
      tensors: tensors.read(),
      ...facts.read(),
    }
    sink.emit(JAVASCRIPT_TABLE, row)
  }

  return defineSampler({
    apiVersion: 1,
    kind: 'sampler',
    id: ID,
    samplerName: JAVASCRIPT_SAMPLER,
    start(given) {
      context = given
    },
    sample(sink, given) {
      read(given)
      // It drains far more often than it has something to say.
      if (given.clock.monotonicMs() - emittedMs < 900 * given.intervalSeconds) return
      emit(sink, given.clock)
    },
    hasPending: () =>
      context !== null &&
      ((context.steps?.hasUnread(ID) ?? false) ||
        (context.facts?.hasUnread(ID, JAVASCRIPT_TOPIC) ?? false)),
    stop(sink) {
      if (context === null) return
      read(context)
      emit(sink, context.clock)
    },
  })
}

/** {@link createJavaScriptSampler} as it is registered. */
export const javaScriptSamplerSpec: SamplerSpec = /* @__PURE__ */ defineSamplerSpec({
  apiVersion: 1,
  kind: 'sampler-spec',
  key: 'javascript_runtime',
  create: createJavaScriptSampler,
  profiles: ['run', 'deep'],
  drainOnRecordingStop: true,
})
