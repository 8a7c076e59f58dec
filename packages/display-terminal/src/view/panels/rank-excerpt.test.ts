import type { LiveRank } from '@traceml/contracts'
import { liveFixture } from '@traceml/testing'
import { expect, test } from 'vitest'
import { type RankExcerpt, rankExcerpt } from './rank-excerpt.js'

const numbers = ({ ranks, before, after }: RankExcerpt) => ({
  ranks: ranks.map((rank: LiveRank) => rank.global_rank),
  before,
  after,
})

test('all of them in their order where there is room', () => {
  const { ranks } = liveFixture('straggler')
  expect(numbers(rankExcerpt(ranks, null, 8)).ranks).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

test('those that stand out first', () => {
  const lost = liveFixture('lost_node').ranks
  expect(numbers(rankExcerpt(lost, null, 6)).ranks.slice(0, 4)).toEqual([8, 9, 10, 11])
  const many = numbers(rankExcerpt(liveFixture('many_ranks').ranks, null, 5))
  expect(many.ranks[0]).toBe(37)
  expect(many.after).toBe(60)
})

test.each([
  [0, { ranks: [0, 1, 2, 3], before: 0, after: 60 }],
  [30, { ranks: [28, 29, 30, 31], before: 28, after: 32 }],
  [63, { ranks: [60, 61, 62, 63], before: 60, after: 0 }],
])('around the selected rank %i', (selected, expected) => {
  expect(numbers(rankExcerpt(liveFixture('many_ranks').ranks, selected, 5))).toEqual(expected)
})
