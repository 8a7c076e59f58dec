import { LIVE_STATES } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { liveFixture } from './payload.js'
import { LIVE_FIXTURES } from './scenario.js'
import { createLiveSourceFixture } from './source.js'

test.each(LIVE_FIXTURES)('the fixture %s is plain JSON and consistent', (name) => {
  const payload = liveFixture(name)
  expect(JSON.parse(JSON.stringify(payload))).toEqual(payload)
  expect(liveFixture(name)).toEqual(payload)
  for (const rank of payload.ranks) {
    expect(LIVE_STATES).toContain(rank.freshness.state)
    const node = payload.nodes.find((one) => one.node_rank === rank.node_rank)
    expect(node?.ranks).toContain(rank.global_rank)
  }
  const { layers } = payload.sections
  expect(layers.body === null).toBe(payload.run.profile !== 'deep')
  if (layers.body !== null) {
    const { entries, other, outside } = layers.body
    const parts = [...entries, ...(other === null ? [] : [other])]
    const shareOf = (key: 'time_share' | 'memory_share'): number =>
      parts.reduce((sum, part) => sum + (part[key] ?? 0), 0)
    expect(shareOf('time_share') + (outside?.time_share ?? 0)).toBeCloseTo(1, 3)
    expect(shareOf('memory_share')).toBeCloseTo(1, 3)
  }
  const body = payload.sections.step_time.body
  if (body === null) return
  const { series, heat } = body
  for (const phase of Object.values(series.phases_ms)) {
    expect(phase).toHaveLength(series.steps.length)
  }
  expect(heat.step_time_ms).toHaveLength(heat.ranks.length)
  expect(heat.ranks.length * heat.steps.length).toBeLessThanOrEqual(4096)
})

test('the source goes on tick by tick', async () => {
  const source = createLiveSourceFixture('straggler', 5)
  const seen: number[] = []
  const end = source.subscribe((payload) => seen.push(payload.seq))
  source.advance()
  end()
  source.advance()
  expect(seen).toEqual([6])
  expect(source.payload().seq).toBe(7)
  const series = await source.series({ points: 10 })
  expect(series.steps.length).toBeLessThanOrEqual(10)
  const { lines } = await source.logs({ rank: 1, limit: 3 })
  expect(lines.map(({ rank }) => rank)).toEqual([1, 1, 1])
})
