import { JAVASCRIPT_EVENTS, JAVASCRIPT_TOPIC, type JavaScriptFact } from '@traceml/contracts'
import {
  checkRule,
  checkSampler,
  createFactSourceFixture,
  createStepSourceFixture,
} from '@traceml/testing'
import { expect, test } from 'vitest'
import {
  afterWarmup,
  CALM_COUNTERS,
  contextOf,
  judge,
  makeSteps,
  sampleRow,
} from '../test/steps.js'
import { JAVASCRIPT_POLICY } from './domain/policy.js'
import { defaultJavaScriptRules } from './domain/rules/default-rules.js'
import { javaScriptLiveSection } from './live/live-section.js'
import { JAVASCRIPT_SAMPLER, JAVASCRIPT_TABLE } from './row.js'
import { createJavaScriptSampler } from './sampler/sampler.js'

const CALM = afterWarmup(makeSteps(60))
const LEAKING = afterWarmup(
  makeSteps(60, (index) => ({
    liveTensorCount: 100 + index,
    liveBytes: 1e6 + 4e6 * index,
    events: { [JAVASCRIPT_EVENTS.asyncRead]: 3, [JAVASCRIPT_EVENTS.yieldWait]: 4 },
  })),
)
const MIB = 1024 ** 2

const FAULTY: readonly JavaScriptFact[] = [
  ...[100, 200, 300, 400, 700].map((mebibytes) => ({
    ...CALM_COUNTERS,
    host: 'page' as const,
    backend: 'webgl',
    gpu_used_bytes: 10 * MIB,
    gpu_allocated_bytes: mebibytes * MIB,
    wasm_heap_bytes: 64 * MIB,
    wasm_heap_start_bytes: 16 * MIB,
    wasm_heap_growths: 3,
    available_bytes: 1e9,
    slow_shape_steps: 12,
    slow_shape_ms: 2_400,
    unreliable_reasons: ['Text is counted roughly.'],
  })),
  { kind: 'loop', turns: 10, delay_p99_ms: 300, longest_ms: 400, longest_step: 7, waiting: [] },
  { kind: 'garbage', observed_ms: 2_000, garbage_ms: 500, collections: 90, longest_ms: 30 },
  { kind: 'context_lost', api: 'webgl', step: 3, gpu_bytes: null },
  { kind: 'site', of: 'leaked_tensor', at: 'train.ts:4:2', name: 'loss', count: 3 },
]

test('every rule keeps the contract, on calm facts, faulty ones, and none', () => {
  const contexts = [
    contextOf(CALM),
    contextOf(LEAKING, FAULTY),
    contextOf(CALM, [{ kind: 'visibility', hidden: false, step: 0, at: 1_000 }]),
    { ranks: [] },
  ]
  for (const rule of defaultJavaScriptRules) {
    const [calm] = checkRule(rule, { contexts, policy: JAVASCRIPT_POLICY })
    expect(calm).toEqual([])
  }
})

test('many faults at once: the gravest leads, and each is said once', () => {
  const issues = judge(LEAKING, FAULTY)
  const kinds = issues.map(({ kind }) => kind)
  expect(issues[0]).toMatchObject({ kind: 'CONTEXT_LOST', severity: 'crit' })
  expect(new Set(kinds).size).toBe(kinds.length)
  expect(kinds).toEqual(
    expect.arrayContaining([
      'TENSOR_LEAK',
      'SYNC_STALL',
      'YIELD_OVERHEAD',
      'GARBAGE_COLLECTION',
      'RECOMPILES',
      'GPU_POOL_GROWTH',
      'WASM_HEAP_GROWTH',
      'EVENT_LOOP_BLOCKED',
      'WRONG_BACKEND',
      'COUNTER_UNRELIABLE',
    ]),
  )
  // 4 MB a step of 10 ms: a gigabyte is gone within the hour.
  const leak = issues.find(({ kind }) => kind === 'TENSOR_LEAK')
  expect(leak).toMatchObject({ severity: 'crit' })
  expect(leak?.evidence['creation_sites']).toEqual([{ at: 'train.ts:4:2', name: 'loss', found: 3 }])
})

test('a cache that fills and then stays is no leak', () => {
  const steps = makeSteps(200, (index) => ({ liveTensorCount: 100 + Math.min(index, 60) }))
  expect(judge(afterWarmup(steps)).map(({ kind }) => kind)).toEqual(['NORMAL'])
})

test('a page that is hidden and as fast as before is no fault', () => {
  const facts: readonly JavaScriptFact[] = [
    CALM_COUNTERS,
    { kind: 'visibility', hidden: true, step: 40, at: 1_000 },
  ]
  const slow = afterWarmup(makeSteps(60, (index) => ({ ms: index < 40 ? 10 : 100 })))
  expect(judge(CALM, facts).map(({ kind }) => kind)).toEqual(['NORMAL'])
  expect(judge(slow, facts)[0]).toMatchObject({ kind: 'BACKGROUND_TAB', severity: 'warn' })
})

test('the sampler keeps the contract, and says nothing of a training without facts', async () => {
  const steps = createStepSourceFixture(CALM)
  const rows = await checkSampler(createJavaScriptSampler, {
    context: { steps, facts: createFactSourceFixture(JAVASCRIPT_TOPIC, [CALM_COUNTERS]) },
  })
  expect(rows.map(({ table }) => table)).toEqual([JAVASCRIPT_TABLE])
  expect(sampleRow(CALM, [])).toBeNull()
})

test('rows that another writer damaged are as if nothing had been measured', () => {
  const reader = javaScriptLiveSection.create()
  const row = (value: object) => ({
    id: 1,
    global_rank: 0,
    node_rank: 0,
    hostname: 'h',
    sampler: JAVASCRIPT_SAMPLER,
    table_name: JAVASCRIPT_TABLE,
    sample_ts_s: 1,
    row: value as never,
  })
  const batch = (value: object) => ({ custom: [row(value)] }) as never
  expect(reader.add(batch({ steps: 'none', counters: [], tensors: { series: [[1], 'x'] } }))).toBe(
    true,
  )
  expect(reader.read()?.diagnosis.kind).toBe('WARMUP')
  reader.add(batch(sampleRow(LEAKING) ?? {}))
  expect(reader.read()?.issues.map(({ kind }) => kind)).toContain('TENSOR_LEAK')
  expect(javaScriptLiveSection.create().read()).toBeNull()
})
