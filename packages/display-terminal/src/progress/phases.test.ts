import fc from 'fast-check'
import { expect, test } from 'vitest'
import { barCells, largestPart, stepParts } from './phases.js'

const duration = fc.option(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { nil: null })

test('a bar never exceeds its width, and what takes time is visible when there is room', () => {
  fc.assert(
    fc.property(
      fc.record({
        input_wait: duration,
        h2d: duration,
        forward: duration,
        backward: duration,
        optimizer_step: duration,
        traced_step_time: duration,
      }),
      fc.integer({ min: 6, max: 100 }),
      (phases, width) => {
        const step = stepParts(phases)
        const cells = barCells(step, width)
        expect(cells.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(width)
        step.parts.forEach((part, index) => {
          if (part.ms === null || part.ms === 0) expect(cells[index]).toBe(0)
          else expect(cells[index]).toBeGreaterThanOrEqual(1)
        })
      },
    ),
  )
})

test('the first of equally long parts is the largest', () => {
  expect(
    largestPart([
      { name: 'a', ms: null },
      { name: 'b', ms: 2 },
      { name: 'c', ms: 2 },
    ])?.name,
  ).toBe('b')
  expect(largestPart([{ name: 'a', ms: null }])).toBeNull()
})
