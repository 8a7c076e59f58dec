import type {
  ExportItem,
  Logger,
  Sampler,
  SamplerSpec,
  TelemetryEnvelope,
} from '@traceml/contracts'
import { noopLogger } from '@traceml/contracts'
import { defaultSamplerRegistry } from '@traceml/samplers'
import { createFakeClock } from '@traceml/testing'
import { expect, test } from 'vitest'
import { resolveIdentity } from '../lifecycle/identity.js'
import { createSharedState } from '../recorder/shared-layout.js'
import { createStepRecorder } from '../recorder/step-recorder.js'
import { createStepSource } from '../recorder/step-source.js'
import { createAgentCore, makeRunners } from './agent-core.js'
import { loadSamplerModules } from './load-sampler-modules.js'
import { createRateLimitedLog } from './rate-limited-log.js'

function spec(
  key: string,
  sampler: Partial<Sampler>,
  more: Partial<SamplerSpec> = {},
): SamplerSpec {
  const whole: Sampler = {
    apiVersion: 1,
    kind: 'sampler',
    id: key,
    samplerName: key,
    sample: () => {},
    ...sampler,
  }
  return { apiVersion: 1, kind: 'sampler-spec', key, create: () => whole, ...more }
}

function agent(specs: readonly SamplerSpec[], maxSteps: number | null = null) {
  const shared = createSharedState({ ringBytes: 65_536, outputBytes: 0 })
  const recorder = createStepRecorder({ shared, maxSteps })
  const steps = createStepSource({ shared, wallOriginMs: () => 0 })
  const clock = createFakeClock()
  const warnings: string[] = []
  const logger: Logger = { ...noopLogger, warn: (message) => warnings.push(message) }
  const log = createRateLimitedLog(logger, clock)
  const batches: (readonly ExportItem[])[] = []
  const identity = resolveIdentity({ RANK: '1', WORLD_SIZE: '2' })
  const context = {
    identity,
    clock,
    logger,
    profile: 'run',
    mode: 'summary',
    intervalSeconds: 2,
    steps: null,
    gpu: null,
    rankDirectory: null,
  } as const
  const { made, lost } = makeRunners(specs, { context, steps, log })
  const core = createAgentCore({
    runners: made,
    steps,
    exporter: {
      apiVersion: 1,
      kind: 'exporter',
      id: 'memory',
      export: (items) => {
        batches.push(items)
      },
      forceFlush: async () => {},
      shutdown: async () => {},
      stats: () => ({ exportedBatches: 0, droppedBatches: 2, droppedRows: 3 }),
    },
    identity,
    clock,
    limitReached: () => !recorder.enabled,
    lost,
  })
  const names = () =>
    batches.map((batch) =>
      batch.map((item) => ('meta' in item ? item.meta.sampler : item._traceml_control)),
    )
  return { core, recorder, clock, warnings, batches, names }
}
const never = () => new Promise(() => {})

test('one batch a tick, envelopes in registry order, only those with rows', async () => {
  const emitting = { sample: (sink: Parameters<Sampler['sample']>[0]) => sink.emit('t', { a: 1 }) }
  const { core, names } = agent([
    spec('first', emitting),
    spec('quiet', {}),
    spec('last', emitting),
  ])
  await core.start(never)
  await core.tick(never)
  await core.tick(never)
  expect(names()).toEqual([
    ['first', 'last', 'AgentStatsSampler'],
    ['first', 'last'],
  ])
})

test('drains reach only the samplers that drain', async () => {
  const { core, recorder, batches, names } = agent(defaultSamplerRegistry().list().slice(1))
  await core.start(never)
  recorder.commit(5, 1)
  await core.drain(never)
  expect(names()).toEqual([['RuntimeEnvironmentSampler', 'StepTimeSampler']])
  const envelope = batches[0]![1] as TelemetryEnvelope
  expect(envelope.meta).toMatchObject({ rank: 1, global_rank: 1, world_size: 2 })
  expect(envelope.body.tables['StepTimeTable']).toMatchObject([{ step: 1, seq: 1 }])
})

test('after the limit only what drains goes on, then nothing; the end is always told', async () => {
  const calls: string[] = []
  const note = (name: string): Partial<Sampler> => ({
    sample: () => {
      calls.push(name)
    },
  })
  let pending = true
  const drains = spec(
    'drains',
    { ...note('drains'), hasPending: () => pending },
    { drainOnRecordingStop: true },
  )
  const { core, recorder, names } = agent([spec('host', note('host')), drains], 2)
  await core.start(never)
  recorder.commit(1, 1)
  await core.tick(never)
  expect(core.state).toBe('RECORDING')
  recorder.commit(1, 2)
  await core.tick(never)
  expect(core.state).toBe('DRAINING')
  await core.tick(never)
  expect(core.state).toBe('DRAINING')
  pending = false
  await core.tick(never)
  expect(core.state).toBe('COMPLETE')
  await core.tick(never)
  await core.drain(never)
  expect(calls).toEqual(['host', 'drains', 'host', 'drains', 'drains', 'drains'])
  await core.finish(never)
  expect(names().at(-1)).toEqual(['rank_finished'])
})

test('a sampler that throws is logged once a minute and off after ten failures', async () => {
  let calls = 0
  const broken = spec('broken', {
    sample: () => {
      calls += 1
      throw new Error('boom')
    },
  })
  const { core, clock, warnings, batches } = agent([broken, spec('good', {})])
  await core.start(never)
  for (let tick = 0; tick < 30; tick += 1) {
    await core.tick(never)
    clock.advance(2_000)
  }
  expect(calls).toBe(10)
  expect(warnings).toEqual([
    'The sampler broken failed',
    'The sampler broken failed 10 times and is off from now',
  ])
  const stats = (batches.at(-1)![0] as TelemetryEnvelope).body.tables['agent_stats']
  expect(stats).toMatchObject([
    { steps_completed: 0, rows_dropped: 3, batches_dropped: 2, lost_samplers: ['broken'] },
  ])
})

test('failures that are not in a row do not count up, and a failed start is final', async () => {
  let calls = 0
  const flaky = spec('flaky', {
    sample: () => {
      calls += 1
      if (calls % 5 !== 0) throw new Error('sometimes')
    },
  })
  let sampled = false
  const unstarted = spec('unstarted', {
    start: () => Promise.reject(new Error('no')),
    sample: () => {
      sampled = true
    },
  })
  const { core } = agent([flaky, unstarted])
  await core.start(never)
  for (let tick = 0; tick < 40; tick += 1) await core.tick(never)
  expect(calls).toBe(40)
  expect(sampled).toBe(false)
})

test('a slow sampler is not called twice, and its rows come later', async () => {
  let release = () => {}
  let calls = 0
  const slow = spec('slow', {
    async sample(sink) {
      calls += 1
      await new Promise<void>((resolve) => {
        release = resolve
      })
      sink.emit('t', { late: true })
    },
  })
  const { core, names } = agent([slow])
  const atOnce = () => Promise.resolve()
  await core.start(never)
  await core.tick(atOnce)
  await core.tick(atOnce)
  expect(calls).toBe(1)
  release()
  await new Promise(setImmediate)
  await core.drain(never)
  expect(names()).toEqual([['AgentStatsSampler'], ['slow']])
})

test('a factory that throws costs its own sampler only, and is named', async () => {
  const failing: SamplerSpec = { ...spec('failing', {}), create: () => fail() }
  const { core, batches } = agent([failing, spec('good', {})])
  await core.start(never)
  await core.tick(never)
  const stats = (batches[0]![0] as TelemetryEnvelope).body.tables['agent_stats']
  expect(stats).toMatchObject([{ lost_samplers: ['failing'] }])
})

function fail(): never {
  throw new Error('cannot')
}

test('modules: the three forms are taken, bad ones are told', async () => {
  const sampler = spec('acme/a', {}).create()
  const modules: Record<string, unknown> = {
    'file:///spec.js': { default: spec('acme/spec', {}) },
    'file:///sampler.js': { default: sampler },
    'file:///factory.js': { default: () => ({ ...sampler, id: 'acme/made' }) },
    'file:///nothing.js': {},
    'file:///loop.js': { default: () => () => sampler },
  }
  const bad: string[] = []
  const specs = await loadSamplerModules(
    [...Object.keys(modules), '/absent.js'],
    (module) => bad.push(module),
    async (url) => modules[url] ?? fail(),
  )
  expect(specs.map(({ key }) => key)).toEqual(['acme/spec', 'acme/a', 'acme/made'])
  expect(bad).toEqual(['file:///nothing.js', 'file:///loop.js', '/absent.js'])
})
