import type { LayerCost, LayerProfile, LayerSampleRow, LayerWindow } from '@traceml/contracts'
import { layerModelFixture, layerSampleFixture } from '@traceml/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { combineLayers } from './combine-layers.js'

const RANK = [{ global_rank: 0 }, { global_rank: 1 }] as const
const MODELS = RANK.map((rank) => layerModelFixture({ fc1: 400, fc2: 100 }, rank))

function combine(window: Partial<LayerWindow>, worldSize: number | null = 2, maxEntries?: number) {
  const whole = { models: [], samples: [], ...window }
  return combineLayers(whole, { worldSize, ...(maxEntries === undefined ? {} : { maxEntries }) })
}

function sampled(
  rank: number,
  step: number,
  forward: Readonly<Record<string, number | null>>,
  backward: Readonly<Record<string, number | null>> | null,
  rest: Partial<LayerSampleRow> = {},
): readonly LayerSampleRow[] {
  const identity = { global_rank: rank, ...rest }
  return [
    layerSampleFixture('forward_time', step, forward, identity),
    ...(backward === null ? [] : [layerSampleFixture('backward_time', step, backward, identity)]),
  ]
}

/** Names, and times rounded for a reader. */
function times({ entries }: LayerProfile) {
  return entries.map((entry) => [entry.name, entry.forward_ms, entry.backward_ms, entry.worst_rank])
}

function addUp(profile: LayerProfile, key: keyof LayerCost): number {
  const parts: readonly (Partial<LayerCost> | null)[] = [
    ...profile.entries,
    profile.other,
    profile.outside,
  ]
  return parts.reduce((sum, part) => sum + (part?.[key] ?? 0), 0)
}

describe('memory of two ranks', () => {
  test('nothing, then one model, then both', () => {
    expect(combine({})).toMatchObject({
      entries: [],
      memory_bytes: null,
      ranks_missing: [0, 1],
      notes: ['No sampled step of ranks 0 and 1.'],
    })
    const models = combine({ models: MODELS.slice(0, 1) })
    expect(models.entries.map(({ name, memory_bytes: bytes }) => [name, bytes])).toEqual([
      ['fc1', 400],
      ['fc2', 100],
    ])
    expect(models.entries[0]).toMatchObject({ memory_share: 0.8, time_share: null, total_ms: null })
    expect(models).toMatchObject({ ranks_used: [], steps_sampled: 0, memory_bytes: 500 })
  })

  const memory = (
    rank: number,
    kind: 'forward_memory' | 'backward_memory',
    step: number,
    fc: object,
  ) => layerSampleFixture(kind, step, { ...fc }, { global_rank: rank })
  const samples = [
    memory(0, 'forward_memory', 1, { fc1: 12, fc2: 5 }),
    memory(0, 'forward_memory', 2, { fc1: 30, fc2: 5 }),
    memory(0, 'backward_memory', 2, { fc1: 2, fc2: 2, relu: 9 }),
    memory(1, 'forward_memory', 2, { fc1: 8, fc2: 40 }),
    memory(1, 'backward_memory', 2, { fc1: 2, fc2: 2 }),
  ]

  test('the largest of the window, of the rank where it is largest, also without parameters', () => {
    const profile = combine({ models: MODELS, samples })
    const columns = profile.entries.map((entry) => [
      entry.name,
      entry.param_bytes,
      entry.forward_bytes,
      entry.backward_bytes,
      entry.memory_bytes,
    ])
    expect(columns).toEqual([
      ['fc1', 400, 30, 2, 432],
      ['fc2', 100, 40, 2, 142],
      ['relu', 0, null, 9, 9],
    ])
    expect(profile).toMatchObject({ ranks_used: [0, 1], ranks_missing: [], notes: [], clock: null })
    expect(profile.groups.map(({ path }) => path)).toEqual(['fc1', 'fc2', 'relu'])
  })

  test('beyond the entries it is other', () => {
    const { other, entries } = combine({ models: MODELS, samples }, 2, 1)
    expect(entries).toHaveLength(1)
    expect(other).toMatchObject({ layers: 2, memory_bytes: 151, param_bytes: 100, total_ms: null })
  })

  test('a rank with other parameters is left out and named', () => {
    const other = layerModelFixture({ fc1: 400, fc2: 104 }, { global_rank: 1 })
    const profile = combine({ models: [MODELS[0] ?? other, other], samples })
    expect(profile).toMatchObject({ ranks_used: [0], ranks_different: [1], ranks_missing: [] })
    expect(profile.notes).toEqual(['Rank 1 has other layers or parameters and is left out.'])
    expect(profile.entries.find(({ name }) => name === 'fc2')?.forward_bytes).toBe(5)
  })
})

describe('times of two ranks', () => {
  const twos = { a: 2, b: 2, c: 2 }
  const step2 = [
    ...sampled(0, 2, { a: 2, b: 4, c: 6 }, { a: 4, b: 4, c: 4 }),
    ...sampled(1, 2, { a: 5, b: 1, c: 1 }, { a: 1, b: 9, c: 4 }),
  ]

  test('a layer has the times of one rank: that on which it takes longest', () => {
    const profile = combine({ samples: step2 })
    expect(times(profile)).toEqual([
      ['b', 1, 9, 1],
      ['c', 6, 4, 0],
      ['a', 2, 4, 0],
    ])
    expect(profile.total_ms).toBe(26)
    expect(profile.entries[0]?.skew_ratio).toBeCloseTo(10 / 9 - 1, 12)
    expect(combine({ samples: step2 }, 2, 2).other).toMatchObject({ layers: 1, total_ms: 6 })
  })

  test('means over the steps of each rank, and the longest single step', () => {
    const earlier = [
      ...sampled(0, 1, { a: 1, b: 2, c: 3 }, twos),
      ...sampled(1, 1, { a: 1, b: 2, c: 30 }, twos),
    ]
    const profile = combine({ samples: [...earlier, ...step2] })
    expect(times(profile)[0]).toEqual(['c', 15.5, 3, 1])
    expect(profile.entries[0]).toMatchObject({ peak_ms: 32, total_ms: 18.5 })
    expect(profile).toMatchObject({ steps_sampled: 2, first_step: 1, last_step: 2 })
  })

  test('a missing rank does not hide the others', () => {
    const samples = sampled(0, 7, { a: 1 }, { a: 1 })
    expect(combine({ samples })).toMatchObject({ ranks_missing: [1], total_ms: 2, last_step: 7 })
    expect(combine({ samples }).entries[0]?.skew_ratio).toBeNull()
  })

  test('clocks are not mixed: not over ranks, and not within one', () => {
    const samples = [
      ...sampled(0, 2, { a: 2, b: 4, c: 6 }, null, { gpu_ms: [1, null, 3] }),
      ...sampled(1, 2, { a: 5, b: 1, c: 1 }, null),
    ]
    const profile = combine({ samples })
    expect(profile.clock).toBe('gpu')
    expect(times(profile)).toEqual([
      ['c', 3, null, 0],
      ['a', 1, null, 0],
      ['b', null, null, null],
    ])
    expect(profile.notes).toContain(
      'Rank 1 has times of the host and is left out: clocks are not mixed.',
    )
  })

  test('a layer that a step does not call took no time; one that was not measured is not 0', () => {
    const samples = [
      ...sampled(0, 1, { a: 4, b: null }, null),
      ...sampled(0, 2, { b: 6, c: null }, null),
    ]
    expect(times(combine({ samples }, 1))).toEqual([
      ['b', 6, null, 0],
      ['a', 2, null, 0],
      ['c', null, null, null],
    ])
  })

  test('of rows for the same step the newest counts', () => {
    const samples = [...sampled(0, 3, { a: 1 }, null), ...sampled(0, 3, { a: 5 }, null)]
    expect(combine({ samples }, 1).total_ms).toBe(5)
  })

  test('warm-up and a stall are not what a step costs', () => {
    const samples = Array.from({ length: 40 }, (_, i) =>
      sampled(0, i + 1, { a: i === 0 ? 900 : i === 20 ? 300 : 10 + (i % 3) }, null),
    ).flat()
    const profile = combine({ samples }, 1)
    expect(profile.total_ms).toBeCloseTo(11, 0)
    expect(profile).toMatchObject({ steps_sampled: 38 })
    expect(profile.notes.at(-1)).toMatch(/^Without 2 sampled steps/)
  })
})

describe('outside of the layers, and several models', () => {
  test('what the phases take beside the layers, on the rank where it is most', () => {
    const samples = [
      ...sampled(0, 4, { a: 4 }, { a: 6 }, { phase_cpu_ms: 10 }),
      ...sampled(1, 4, { a: 4 }, { a: 6 }, { phase_cpu_ms: 8 }),
      ...sampled(1, 8, { a: 4 }, { a: 6 }, { phase_cpu_ms: 2 }),
    ]
    const profile = combine({ samples })
    expect(profile.outside).toMatchObject({ forward_ms: 6, backward_ms: 4, total_ms: 10 })
    expect(profile).toMatchObject({ total_ms: 20, forward_ms: 10, backward_ms: 10 })
    expect(profile.entries[0]?.time_share).toBe(0.5)
    expect(combine({ samples: sampled(0, 4, { a: 4 }, null) }).outside).toBeNull()
  })

  test('two models share the phases of their step', () => {
    const models = [
      layerModelFixture({ a: 8 }, { model_index: 0, model_name: 'generator' }),
      layerModelFixture({ a: 4 }, { model_index: 1, model_name: 'critic' }),
    ]
    const samples = [
      ...sampled(0, 4, { a: 3 }, null, { phase_cpu_ms: 10, model_id: 0 }),
      ...sampled(0, 4, { a: 5 }, null, { phase_cpu_ms: 10, model_id: 1 }),
    ]
    const profile = combine({ models, samples }, 1)
    expect(profile.outside?.total_ms).toBe(2)
    expect(profile.models).toEqual(['generator', 'critic'])
    expect(profile.entries.map(({ model, name, total_ms: ms }) => [model, name, ms])).toEqual([
      ['critic', 'a', 5],
      ['generator', 'a', 3],
    ])
    expect(profile.groups.map(({ path }) => path)).toEqual(['generator.a', 'critic.a'])
  })

  test('identities of objects, as other producers send them, are models in their order', () => {
    const models = [layerModelFixture({ a: 8 }, { model_name: 'net' })]
    const samples = sampled(0, 4, { a: 3, act: 1 }, null, { model_id: 140_234_866_534_288 })
    const profile = combine({ models, samples }, 1)
    expect(profile.entries.map(({ name, param_bytes: bytes }) => [name, bytes])).toEqual([
      ['a', 8],
      ['act', 0],
    ])
    expect(profile.models).toEqual(['net'])
  })

  test('groups by path leave out what only wraps, and keep the order of the model', () => {
    const layers = { 'net.enc.0.q': 1, 'net.enc.0.k': 2, 'net.enc.1.q': 3, 'net.head': 4 }
    const models = [layerModelFixture({ ...layers })]
    const { groups } = combine({ models, samples: sampled(0, 4, layers, null) }, 1)
    expect(groups.map(({ path, depth, total_ms: ms, layers: n }) => [path, depth, ms, n])).toEqual([
      ['net', 0, 10, 4],
      ['net.enc', 1, 6, 3],
      ['net.enc.0', 2, 3, 2],
      ['net.enc.0.q', 3, 1, 1],
      ['net.enc.0.k', 3, 2, 1],
      ['net.enc.1.q', 2, 3, 1],
      ['net.head', 1, 4, 1],
    ])
  })
})

test('the cost of the profile itself, on the rank where it is largest', () => {
  const cost = (every: number, costMs: number) => ({
    every,
    cost_ms: costMs,
    step_ms: 100 + costMs,
  })
  const samples = [
    ...sampled(0, 8, { a: 1 }, null, cost(4, 4)),
    ...sampled(0, 16, { a: 1 }, null, cost(8, 8)),
    ...sampled(1, 16, { a: 1 }, null, cost(2, 3)),
  ]
  const { cost: own } = combine({ samples })
  expect(own).toEqual({ every: 8, sampled_step_cost_ms: 6, cost_ratio: 3 / 200 })
  expect(combine({ samples: sampled(0, 1, { a: 1 }, null) }).cost).toEqual({
    every: null,
    sampled_step_cost_ms: null,
    cost_ratio: null,
  })
})

test('one sampled step that was held up does not make the profile dear', () => {
  const cost = (costMs: number) => ({ every: 4, cost_ms: costMs, step_ms: 100 + costMs })
  const samples = [1, 2, 3, 4, 5].flatMap((step) =>
    sampled(0, step * 4, { a: 1 }, null, cost(step === 3 ? 500 : 2)),
  )
  expect(combine({ samples }).cost).toEqual({
    every: 4,
    sampled_step_cost_ms: 2,
    cost_ratio: 2 / 400,
  })
})

test('devices: what all have in common', () => {
  const on = (rank: number, device: string) => sampled(rank, 1, { a: 1 }, null, { device })
  expect(combine({ samples: on(0, 'webgl') }).device).toBe('webgl')
  expect(combine({ samples: [...on(0, 'cuda:0'), ...on(1, 'cuda:1')] }).device).toBe('cuda')
  expect(combine({ samples: [...on(0, 'cpu'), ...on(1, 'mps')] }).device).toBeNull()
})

test('a number of entries that is none', () => {
  expect(() => combine({}, null, -1)).toThrow(/maxEntries is -1/)
})

const milliseconds = fc.option(fc.double({ min: 0, max: 1e4, noNaN: true }), { freq: 8 })
const names = ['a', 'a.b', 'a.b.c', 'd.e', 'd.f', 'g']
const rankSamples = fc.array(
  fc.record({
    rank: fc.nat(3),
    step: fc.integer({ min: 1, max: 12 }),
    kind: fc.constantFrom('forward_time', 'backward_time', 'forward_memory', 'backward_memory'),
    model: fc.nat(1),
    values: fc.array(milliseconds, { minLength: names.length, maxLength: names.length }),
    phase: milliseconds,
    isOnDevice: fc.boolean(),
  } as const),
  { maxLength: 60 },
)

test('whatever the rows: parts add up to the whole, and every number is one', () => {
  fc.assert(
    fc.property(rankSamples, fc.nat(8), (rows, maxEntries) => {
      const samples = rows.map(({ rank, step, kind, model, values, phase, isOnDevice }) =>
        layerSampleFixture(
          kind,
          step,
          Object.fromEntries(names.map((name, i) => [name, values[i] ?? null])),
          {
            global_rank: rank,
            model_id: model,
            gpu_ms: isOnDevice ? values : null,
            phase_cpu_ms: phase,
            phase_gpu_ms: phase,
          },
        ),
      )
      const profile = combine({ models: MODELS, samples }, 4, maxEntries)
      expect(JSON.stringify(profile)).not.toMatch(/NaN|Infinity/)
      expect(JSON.parse(JSON.stringify(profile))).toEqual(profile)
      if ((profile.total_ms ?? 0) > 0) {
        expect(addUp(profile, 'time_share')).toBeCloseTo(1, 9)
        expect(addUp(profile, 'total_ms')).toBeCloseTo(profile.total_ms ?? 0, 5)
        expect(addUp(profile, 'forward_ms')).toBeCloseTo(profile.forward_ms ?? 0, 5)
        expect(addUp(profile, 'backward_ms')).toBeCloseTo(profile.backward_ms ?? 0, 5)
      } else expect(addUp(profile, 'time_share')).toBe(0)
      expect(addUp(profile, 'memory_share')).toBeCloseTo(1, 9)
      for (const {
        forward_ms: forward,
        backward_ms: backward,
        total_ms: total,
      } of profile.entries) {
        expect((forward ?? 0) + (backward ?? 0)).toBe(total ?? 0)
      }
      const ranks = [...profile.ranks_used, ...profile.ranks_missing]
      expect(new Set(ranks).size).toBe(ranks.length)
    }),
    { numRuns: 300 },
  )
})
