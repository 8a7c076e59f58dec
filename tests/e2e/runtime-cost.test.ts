import { expect, test } from 'vitest'
import { startTraining } from './runtime-support/child.js'
import { startReceiver, until, upTo } from './runtime-support/receiver.js'

const PACED = (rate: number, count: number) => `
const nothing = () => {}
const step = () => {
  phase('forward', nothing)
  phase('backward', nothing)
  phase('optimizer', nothing)
  phase('h2d', nothing)
}
const start = performance.now()
for (let index = 0; index < ${count}; index += 1) {
  while (performance.now() < start + (index * 1000) / ${rate});
  traceStep(step)
}`

test.each([
  [50_000, 40_000],
  [3_400, 10_000],
])('no step is lost at %i steps a second, default settings', async (rate, count) => {
  await using receiver = await startReceiver()
  using training = startTraining(receiver.port, PACED(rate, count), { TRACEML_INTERVAL: '' })
  expect((await training.ended).code).toBe(0)
  await until(() => receiver.finished.length > 0)
  expect(receiver.steps()).toEqual(upTo(count))
})
