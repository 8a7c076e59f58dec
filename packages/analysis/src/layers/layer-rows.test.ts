import type { LayerProfile } from '@traceml/contracts'
import { liveFixture } from '@traceml/testing'
import { expect, test } from 'vitest'
import { layerRows } from './layer-rows.js'

function profileOf(name: 'deep' | 'hostile'): LayerProfile {
  const { body } = liveFixture(name).sections.layers
  if (body === null) throw new Error('The fixture has no layers.')
  return body
}

const names = (profile: LayerProfile, room: number): readonly string[] =>
  layerRows(profile, room).map(({ path, label }) => `${path ?? ''}${label}`)

test.each(['deep', 'hostile'] as const)(
  '%s: the lines are the whole at every height',
  (fixture) => {
    const profile = profileOf(fixture)
    for (let room = 3; room <= 60; room += 1) {
      const rows = layerRows(profile, room)
      expect(rows.length).toBeLessThanOrEqual(room)
      const sum = (key: 'time_share' | 'memory_share'): number =>
        rows.reduce((total, { cost }) => total + (cost[key] ?? 0), 0)
      expect(sum('time_share')).toBeCloseTo(1, 3)
      expect(sum('memory_share')).toBeCloseTo(1, 3)
    }
  },
)

test('blocks stand for many small layers, and are opened where there is room for their parts', () => {
  const profile = profileOf('deep')
  expect(names(profile, 4)).toEqual([
    'encoder (96 layers)',
    'head',
    '3 other layers',
    'outside of layers',
  ])
  const open = names(profile, 18)
  expect(open.filter((name) => /^encoder\.\d+ \(8 layers\)$/.test(name))).toHaveLength(12)
})

test('layers that make up the model stand for themselves', () => {
  const profile = profileOf('deep')
  const [first, second] = profile.entries
  if (first === undefined || second === undefined) throw new Error('There are no entries.')
  const small = {
    ...profile,
    entries: [{ ...first, total_ms: 120 }, second],
    other: null,
    outside: null,
  }
  expect(names(small, 10)).toEqual([first.name, second.name])
  expect(names(small, 1)).toEqual([first.name])
})

test('without times memory decides; what is not known stays unknown', () => {
  const profile = profileOf('deep')
  const noTimes = { forward_ms: null, backward_ms: null, total_ms: null, time_share: null }
  const untimed: LayerProfile = {
    ...profile,
    ...noTimes,
    outside: null,
    entries: profile.entries.map((entry) => ({ ...entry, ...noTimes })),
    other: profile.other === null ? null : { ...profile.other, ...noTimes },
    groups: profile.groups.map((group) => ({ ...group, ...noTimes })),
  }
  const rows = layerRows(untimed, 3)
  expect(rows.map(({ path }) => path)).toEqual(['encoder', 'head', null])
  expect(rows.map(({ cost }) => cost.total_ms)).toEqual([null, null, null])
})
