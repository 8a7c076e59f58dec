import { expect, test } from 'vitest'
import { createHeldSteps, type HeldSteps } from './held-steps.js'

function hide(held: HeldSteps, from: number, to: number): void {
  held.change({ kind: 'visibility', hidden: true, at: from, step: 1 })
  held.change({ kind: 'visibility', hidden: false, at: to, step: 1 })
}

test('a step that lies around the hidden time was held by it', () => {
  const held = createHeldSteps()
  hide(held, 100, 160)
  held.add(60_500, 160.4)
  held.add(50, 160.5)
  expect(held.read()).toEqual({ held_steps: 1, held_seconds: 60 })
})

test('nothing was held where steps went on, or nothing was trained', () => {
  const goesOn = createHeldSteps()
  hide(goesOn, 100, 160)
  for (let at = 101; at < 165; at += 1) goesOn.add(1000, at)
  expect(goesOn.read()).toEqual({ held_steps: 0, held_seconds: 0 })

  const idle = createHeldSteps()
  hide(idle, 100, 160)
  idle.add(50, 200)
  expect(idle.read()).toEqual({ held_steps: 0, held_seconds: 0 })
})

test('a page that is still hidden, or was for a blink, holds nothing', () => {
  const held = createHeldSteps()
  hide(held, 100, 100.2)
  held.add(300, 100.25)
  held.change({ kind: 'visibility', hidden: true, at: 110, step: 2 })
  held.add(2000, 111)
  expect(held.read()).toEqual({ held_steps: 0, held_seconds: 0 })
})
