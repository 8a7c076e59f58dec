import { combineLayers } from '@traceml/analysis'
import type { LayerProfile, LayerSampleRow } from '@traceml/contracts'
import { layerModelFixture, layerSampleFixture } from '@traceml/testing'
import { describe, expect, test } from 'vitest'
import { diagnoseLayers } from './diagnose.js'

const EVEN = { a: 10, b: 10, c: 10, d: 10, e: 10 }
type Times = Readonly<Record<string, number>>

function profile(
  ranks: readonly Times[],
  rest: Partial<LayerSampleRow> = {},
  memory: Times = {},
  parameters: Times = {},
): LayerProfile {
  const steps = Array.from({ length: 10 }, (_, i) => 4 * (i + 1))
  const samples = ranks.flatMap((times, rank) =>
    steps.flatMap((step) => [
      layerSampleFixture('forward_time', step, times, { global_rank: rank, ...rest }),
      layerSampleFixture('forward_memory', step, memory, { global_rank: rank }),
    ]),
  )
  const models = [
    layerModelFixture({
      ...Object.fromEntries(Object.keys(EVEN).map((name) => [name, 0])),
      ...parameters,
    }),
  ]
  return combineLayers({ models, samples }, { worldSize: ranks.length })
}

const kinds = (of: LayerProfile) => diagnoseLayers(of).issues.map(({ kind }) => kind)

describe('what stands out', () => {
  test('one layer that takes most of the time, with what half of it would save', () => {
    const [issue] = diagnoseLayers(profile([{ ...EVEN, b: 60 }])).issues
    expect(issue).toMatchObject({ kind: 'HEAVY_LAYER', severity: 'info', ranks: [0] })
    expect(issue?.summary).toBe('b takes 60.0% of the forward pass, 60.00 ms of a step.')
    expect(issue?.action).toMatch(
      /^Begin with b: half its time would make the forward pass 30\.0% shorter/,
    )
    expect(issue?.evidence).toMatchObject({ layer: 'b', time_share: 0.6, total_ms: 60 })
  })

  test('a rank on which a layer takes longer', () => {
    const [issue] = diagnoseLayers(profile([EVEN, { ...EVEN, c: 17 }, EVEN])).issues
    expect(issue).toMatchObject({ kind: 'LAYER_SKEW', ranks: [1] })
    expect(issue?.skew_pct).toBeCloseTo(0.7, 9)
    expect(issue?.evidence).toMatchObject({ layer: 'c', worst_rank: 1 })
    expect(issue?.evidence['excess_ms']).toBeCloseTo(7, 9)
  })

  test('time that is in no layer', () => {
    const [issue] = diagnoseLayers(profile([EVEN], { phase_cpu_ms: 125 })).issues
    expect(issue).toMatchObject({ kind: 'TIME_OUTSIDE_LAYERS', score: 0.6 })
    expect(issue?.summary).toContain(
      '60.0% of the forward pass is in none of the 5 measured layers',
    )
  })

  test.each([
    {
      memory: { d: 900e6, e: 1e6 },
      parameters: {},
      says: /858\.3 MiB of them outputs and gradients/,
    },
    { memory: { d: 1e6 }, parameters: { d: 900e6 }, says: /858\.3 MiB of them parameters/ },
  ])('a layer that holds most of the memory', ({ memory, parameters, says }) => {
    const { issues } = diagnoseLayers(profile([EVEN], {}, memory, parameters))
    expect(issues.map(({ kind }) => kind)).toEqual(['HEAVY_LAYER_MEMORY'])
    expect(issues[0]?.summary).toMatch(says)
  })
})

describe('what looks like it and is not', () => {
  test('even layers, and noise between ranks', () => {
    const noisy = { a: 10.4, b: 9.7, c: 12, d: 10, e: 11 }
    const { primary } = diagnoseLayers(profile([EVEN, noisy]))
    expect(primary).toMatchObject({ kind: 'NORMAL', severity: 'info' })
    expect(primary.reason).toBe('5 layers; the longest, c, takes 22.5% of the forward pass.')
  })

  test('one of three layers is bound to be the largest', () => {
    expect(
      kinds({
        ...profile([{ a: 8, b: 1 }]),
        other: null,
        entries: profile([{ a: 8, b: 1 }]).entries.slice(0, 2),
      }),
    ).toEqual(['NORMAL'])
  })

  test('a large skew of a layer that takes next to nothing, or within the noise of a clock', () => {
    expect(
      kinds(
        profile([
          { ...EVEN, a: 0.1 },
          { ...EVEN, a: 1.9 },
        ]),
      ),
    ).toEqual(['NORMAL'])
    const short = { a: 0.1, b: 0.1, c: 0.1, d: 0.1, e: 0.1 }
    expect(kinds(profile([short, { ...short, a: 0.3 }]))).not.toContain('LAYER_SKEW')
  })

  test('a few kilobytes in one layer', () => {
    expect(kinds(profile([EVEN], {}, { a: 4096 }))).toEqual(['NORMAL'])
  })
})

test('layers without a sampled step', () => {
  const bare = combineLayers(
    { models: [layerModelFixture({ a: 1, b: 2 })], samples: [] },
    { worldSize: 1 },
  )
  expect(diagnoseLayers(bare).primary).toMatchObject({
    kind: 'NO_DATA',
    reason: '2 layers were found, and no step was sampled.',
  })
})

test('a rule that fails costs no other one', () => {
  const broken = {
    apiVersion: 1,
    kind: 'rule',
    id: 'acme/broken',
    domain: 'layers',
    evaluate: () => {
      throw new Error('no')
    },
  } as const
  const { primary, ruleFailures } = diagnoseLayers(profile([EVEN]), {}, [broken])
  expect(primary.note).toMatch(/"acme\/broken" failed/)
  expect(ruleFailures).toHaveLength(1)
})
