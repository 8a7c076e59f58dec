import {
  type Issue,
  JAVASCRIPT_TOPIC,
  type JavaScriptCountersFact,
  type JavaScriptFact,
  type JsonObject,
  PHASE_EVENTS,
  type RankIdentity,
} from '@traceml/contracts'
import {
  createFactSourceFixture,
  createSamplerContextFixture,
  createStepSourceFixture,
  type StepFixture,
} from '@traceml/testing'
import { createJavaScriptContext, type JavaScriptContext } from '../src/domain/context.js'
import { diagnoseJavaScript } from '../src/domain/diagnose.js'
import { readRow } from '../src/domain/read-row.js'
import { WARMUP_STEPS } from '../src/row.js'
import { createJavaScriptSampler } from '../src/sampler/sampler.js'

const NO_CALLS = { calls: 0, rises: [] }

/** Counters of a small healthy training in Node. */
export const CALM_COUNTERS: JavaScriptCountersFact = {
  kind: 'counters',
  host: 'node',
  backend: 'cpu',
  step: 60,
  gpu_used_bytes: null,
  gpu_allocated_bytes: null,
  wasm_heap_bytes: null,
  wasm_heap_start_bytes: null,
  wasm_heap_growths: 0,
  available_bytes: null,
  upload_tensors: 0,
  upload_bytes: 0,
  multiply_adds_per_step: 10_000,
  kernels_per_step: 90,
  new_shape_steps: 1,
  new_shape_ms: 40,
  known_shape_steps: 59,
  known_shape_ms: 590,
  slow_shape_steps: 0,
  slow_shape_ms: 0,
  slow_shapes: [],
  calls: { fit: NO_CALLS, epoch: NO_CALLS, save: NO_CALLS },
  yield_every: null,
  unreliable_reasons: [],
}

/** Steps of `ms` milliseconds each, with what else happened in them. */
export function makeSteps(
  count: number,
  of: (index: number) => Partial<StepFixture> & { readonly ms?: number } = () => ({}),
): readonly StepFixture[] {
  let endTimeSeconds = 1_000
  return Array.from({ length: count }, (_, index) => {
    const { ms = 10, events = {}, ...rest } = of(index)
    endTimeSeconds += ms / 1000
    return {
      step: index + 1,
      endTimeSeconds,
      events: { [PHASE_EVENTS.traced_step_time]: ms, ...events },
      liveTensorCount: 100,
      liveBytes: 1_000_000,
      ...rest,
    }
  })
}

/** As many warm-up steps as the sampler leaves out, so that the given ones are all counted. */
export function afterWarmup(steps: readonly StepFixture[]): readonly StepFixture[] {
  return [
    ...makeSteps(WARMUP_STEPS),
    ...steps.map((step) => ({ ...step, step: step.step + WARMUP_STEPS })),
  ]
}

const IDENTITY: RankIdentity = {
  global_rank: 0,
  local_rank: 0,
  node_rank: 0,
  hostname: 'host',
  local_world_size: 1,
  world_size: 1,
}

/** The newest row that the sampler makes of steps and facts. */
export function sampleRow(
  steps: readonly StepFixture[],
  facts: readonly JavaScriptFact[] = [CALM_COUNTERS],
): JsonObject | null {
  const sampler = createJavaScriptSampler()
  const rows: JsonObject[] = []
  const sink = { emit: (_table: string, row: unknown) => rows.push(row as JsonObject) }
  const context = createSamplerContextFixture({
    steps: createStepSourceFixture(steps),
    facts: createFactSourceFixture(JAVASCRIPT_TOPIC, facts),
  })
  void sampler.start?.(context)
  void sampler.sample(sink, context)
  void sampler.stop?.(sink)
  const row = rows.at(-1)
  return row === undefined ? null : (JSON.parse(JSON.stringify(row)) as JsonObject)
}

/** What the rules read, through the sampler and a row of the history. */
export function contextOf(
  steps: readonly StepFixture[],
  facts: readonly JavaScriptFact[] = [CALM_COUNTERS],
): JavaScriptContext {
  const row = sampleRow(steps, facts)
  return createJavaScriptContext(row === null ? [] : [{ identity: IDENTITY, row: readRow(row) }])
}

/** What the domain says of steps and facts. */
export function judge(
  steps: readonly StepFixture[],
  facts?: readonly JavaScriptFact[],
): readonly Issue[] {
  return diagnoseJavaScript(contextOf(steps, facts)).issues
}
