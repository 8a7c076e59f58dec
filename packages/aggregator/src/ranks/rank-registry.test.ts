import { expect, test } from 'vitest'
import { createRankRegistry, type RankRegistry } from './rank-registry.js'

function finish(registry: RankRegistry, rank: number): void {
  registry.finish({
    _traceml_control: 'rank_finished',
    global_rank: rank,
    world_size: 2,
    node_rank: 0,
    hostname: 'h',
    timestamp: 1,
  })
}

test('a run is complete when every expected rank said goodbye, each counted once', () => {
  const registry = createRankRegistry(2)
  finish(registry, 0)
  finish(registry, 0)
  expect(registry.isComplete(false, 0)).toBe(false)
  finish(registry, 1)
  expect(registry.isComplete(false, 0)).toBe(true)
  expect(registry.finishedRanks()).toEqual([0, 1])
  expect(registry.seenCount).toBe(2)
})

test('a closed connection ends the wait: at once after the training, else after a grace', () => {
  const registry = createRankRegistry(1)
  registry.opened(5)
  registry.identify(5, 0)
  expect(registry.isComplete(true, 0)).toBe(false)
  registry.closed(5, 1000)
  expect(registry.isComplete(true, 1000)).toBe(true)
  expect(registry.isComplete(false, 1500)).toBe(false)
  expect(registry.isComplete(false, 3000)).toBe(true)
  expect(registry.lostRanks()).toEqual([{ rank: 0, closedAtMs: 1000 }])
  expect(registry.missingRanks()).toEqual([0])
})

test('a rank that came back is waited for again', () => {
  const registry = createRankRegistry(1)
  registry.opened(1)
  registry.identify(1, 0)
  registry.closed(1, 0)
  registry.opened(2)
  registry.identify(2, 0)
  expect(registry.isComplete(true, 10_000)).toBe(false)
})

test('a silent rank is waited for while the training runs or a connection is unknown', () => {
  const registry = createRankRegistry(2)
  finish(registry, 0)
  expect(registry.isComplete(false, 1e9)).toBe(false)
  registry.opened(9)
  expect(registry.isComplete(true, 0)).toBe(false)
  registry.closed(9, 0)
  expect(registry.isComplete(true, 0)).toBe(true)
  expect(registry.lostRanks()).toEqual([])
  expect(registry.missingRanks()).toEqual([1])
})

test('ranks say how many there are, unless that is known', () => {
  const open = createRankRegistry(null)
  open.announce(4)
  open.announce(2)
  open.announce(1e9)
  expect(open.expectedCount).toBe(4)
  finish(open, 0)
  expect(open.isComplete(false, 0)).toBe(false)
  expect(open.missingRanks()).toEqual([1, 2, 3])

  const known = createRankRegistry(1)
  known.announce(4)
  expect(known.expectedCount).toBe(1)
})
