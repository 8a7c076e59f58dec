import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StepColumns } from './step-columns.js'

const row = (value: number): Float64Array => new Float64Array(12).fill(value)

test('keeps the newest steps in order, each with its newest values', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 200 }), (steps) => {
      const depth = 16
      const rank = new StepColumns(depth, 12)
      let model: (readonly [number, number])[] = []
      for (const [index, step] of steps.entries()) {
        const taken = rank.add(step, 1, row(index), 0)
        const known = model.some(([one]) => one === step)
        const isOld = !known && model.length >= depth && step < (model[0]?.[0] ?? 0)
        expect(taken).toBe(!isOld)
        if (isOld) continue
        model = [...model.filter(([one]) => one !== step), [step, index] as const]
          .toSorted(([a], [b]) => a - b)
          .slice(-depth)
        const { steps: kept, values } = rank.view()
        expect([...kept]).toEqual(model.map(([one]) => one))
        expect([...(values[2] ?? [])]).toEqual(model.map(([, value]) => value))
        expect([...(values[11] ?? [])]).toEqual(model.map(([, value]) => value))
      }
    }),
  )
})

test('what was handed out never changes', () => {
  const rank = new StepColumns(4, 12)
  for (let step = 1; step <= 4; step += 1) rank.add(step, 1, row(step), 0)
  const before = rank.view()
  for (let step = 3; step <= 20; step += 1) rank.add(step, 1, row(100 + step), 0)
  expect([...before.steps]).toEqual([1, 2, 3, 4])
  expect([...(before.values[0] ?? [])]).toEqual([1, 2, 3, 4])
})
