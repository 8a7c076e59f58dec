import { checkRenderer, LIVE_FIXTURES, type LiveFixtureName, liveFixture } from '@traceml/testing'
import { expect, test } from 'vitest'
import { liveLineRenderer } from './live-line.js'

const TARGET = { columns: 80, rows: 24, color: false, interactive: false }

test('keeps the contract of renderers', () => {
  checkRenderer(
    liveLineRenderer,
    LIVE_FIXTURES.map((name) => liveFixture(name)),
  )
})

test.each<[LiveFixtureName, string]>([
  [
    'single',
    '[traceml] 1:00, step 714 of 2,000, 11.1 steps/s, 90.3 ms/step, ETA 1:56 | INPUT-BOUND: Input wait takes 24.0% of the step.',
  ],
  ['waiting', '[traceml] 1:00, waiting for the first step, 0/4 ranks'],
  ['watch', '[traceml] 1:00, recording host and process | BALANCED: Nothing stands out in system.'],
])('%s', (name, expected) => {
  expect(liveLineRenderer.render(liveFixture(name), TARGET)).toEqual([expected])
})
