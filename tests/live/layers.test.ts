import type { LayerProfile, LiveEngine, LivePayload } from '@traceml/contracts'
import { createLiveSession } from '@traceml/live'
import { layerModelFixture, layerSampleFixture } from '@traceml/testing'
import { expect, test } from 'vitest'
import { EMPTY, factsAt, RUN, stepRows, upTo } from './support.js'

const LAYERS = { fc1: 400, fc2: 100 }

function session(world = 1, profile: 'run' | 'deep' = 'deep'): LiveEngine {
  return createLiveSession({ run: { ...RUN, profile, ranks_expected: world } })
}

/** A sampled step of some ranks; `fc1` takes `ms` forward. */
function sample(
  live: LiveEngine,
  step: number,
  options: {
    readonly ranks?: readonly number[]
    readonly ms?: number
    readonly at?: number
    readonly every?: number
  } = {},
): void {
  const { ranks = [0], ms = 4, at = step, every = 10 } = options
  live.add(
    {
      ...EMPTY,
      steps: stepRows(ranks, [step]),
      layerModels: ranks.map((rank) => layerModelFixture(LAYERS, { global_rank: rank })),
      layerSamples: ranks.flatMap((rank) => {
        const rest = { global_rank: rank }
        return [
          layerSampleFixture('forward_time', step, { fc1: ms, fc2: 1 }, { ...rest, every }),
          layerSampleFixture('backward_time', step, { fc1: 2, fc2: 1 }, rest),
          layerSampleFixture('forward_memory', step, { fc1: 30, fc2: 5 }, rest),
        ]
      }),
    },
    at,
  )
}

function layersOf({ sections }: LivePayload): LayerProfile {
  const { body, error } = sections.layers
  if (body === null) throw new Error(`There are no layers: ${error}`)
  return body
}

test('a run without the profile has no layers, and says how to get them', () => {
  const live = session(1, 'run')
  live.add({ ...EMPTY, steps: stepRows([0], upTo(10)) }, 1)
  const { layers } = live.tick(factsAt(2, [0])).sections
  expect(layers).toMatchObject({ body: null, freshness: { state: 'not_applicable' } })
  expect(layers.freshness.reason).toContain('traceml deep')
})

test('layers wait for the first sampled step, then show what each one costs', () => {
  const live = session()
  expect(live.tick(factsAt(1, [0])).sections.layers).toMatchObject({
    body: null,
    freshness: { state: 'waiting', reason: 'No step has been sampled yet.' },
  })
  for (const step of [10, 20, 30]) sample(live, step)
  const payload = live.tick(factsAt(31, [0]))
  expect(payload.sections.layers.freshness).toMatchObject({
    state: 'live',
    newest_step: 30,
    age_s: 1,
  })
  const profile = layersOf(payload)
  expect(profile.entries.map(({ name, forward_ms: forward }) => [name, forward])).toEqual([
    ['fc1', 4],
    ['fc2', 1],
  ])
  expect(profile.entries[0]).toMatchObject({ memory_bytes: 430, total_ms: 6, time_share: 0.75 })
  expect(profile).toMatchObject({ steps_sampled: 3, last_step: 30, cost: { every: 10 } })
  expect(JSON.parse(JSON.stringify(payload))).toEqual(payload)
})

test('a rank that lags hides nobody, and is named', () => {
  const live = session(3)
  for (const step of [10, 20]) sample(live, step, { ranks: [0, 1] })
  sample(live, 30, { ranks: [1], ms: 8 })
  const profile = layersOf(live.tick(factsAt(31, [0, 1, 2])))
  expect(profile.ranks_used).toEqual([0, 1])
  expect(profile.ranks_missing).toEqual([2])
  expect(profile.notes.join(' ')).toContain('rank 2')
})

test('what is not new is not combined again, and its age grows by the period of the sampling', () => {
  const live = session()
  // One step in 50 of about 80 ms: the next one is due in 4 s.
  for (const step of [50, 100]) sample(live, step, { every: 50, at: step / 12.5 })
  const first = live.tick(factsAt(8, [0]))
  const later = live.tick(factsAt(15, [0]))
  expect(later.sections.layers.body).toBe(first.sections.layers.body)
  expect(first.sections.layers.freshness.expected_interval_s).toBeCloseTo(4, 0)
  expect(later.sections.layers.freshness).toMatchObject({ state: 'live', age_s: 7 })
  const { state, reason } = live.tick(factsAt(60, [0])).sections.layers.freshness
  expect(state).toBe('stalled')
  expect(reason).toMatch(/^No sampled step for 52 s; one is expected every 4\.0 s\.$/)
})

test('only the newest sampled steps count, and what is kept does not grow', () => {
  const live = session()
  for (const step of upTo(20)) sample(live, step, { ms: 400 })
  for (const step of upTo(200, 20)) sample(live, step)
  const profile = layersOf(live.tick(factsAt(300, [0])))
  expect(profile).toMatchObject({ steps_sampled: 64, last_step: 219 })
  expect(profile.entries[0]?.forward_ms).toBe(4)
})

test('many ranks with many layers keep fewer steps', () => {
  const live = session(32)
  const values = Object.fromEntries(upTo(1000).map((layer) => [`layer.${layer}`, 1]))
  for (const step of upTo(30)) {
    const layerSamples = upTo(32).map((rank) =>
      layerSampleFixture('forward_time', step, values, { global_rank: rank }),
    )
    live.add({ ...EMPTY, layerSamples }, step)
  }
  const profile = layersOf(live.tick(factsAt(31, null)))
  expect(profile.ranks_used).toHaveLength(32)
  expect(profile.steps_sampled).toBeGreaterThanOrEqual(4)
  expect(profile.steps_sampled).toBeLessThan(20)
  expect(profile.entries.length + (profile.other?.layers ?? 0)).toBe(1000)
  expect(profile.entries.length).toBeLessThanOrEqual(40)
  expect(profile.groups.length).toBeLessThanOrEqual(80)
})

test('the end keeps the last numbers; rows of nonsense cost the others nothing', () => {
  const live = session()
  for (const step of [10, 20]) sample(live, step)
  const odd = { global_rank: null, model_id: null, step: null }
  live.add(
    {
      ...EMPTY,
      layerSamples: [
        layerSampleFixture('forward_time', 5, {}, odd),
        layerSampleFixture('backward_memory', 6, { 'no such layer': null }, odd),
      ],
    },
    21,
  )
  const { sections } = live.tick(factsAt(22, [0], { status: 'ended' }))
  expect(sections.layers.error).toBeNull()
  expect(sections.layers.freshness).toMatchObject({ state: 'ended', newest_step: 20 })
  expect(sections.layers.body?.entries[0]?.name).toBe('fc1')
})

test('a producer that sends layers shows them, whatever the run was announced as', () => {
  const live = session(1, 'run')
  for (const step of [10, 20]) sample(live, step)
  expect(layersOf(live.tick(factsAt(21, [0]))).entries).toHaveLength(2)
})
