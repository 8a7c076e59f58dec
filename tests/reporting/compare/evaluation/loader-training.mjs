// A training that waits for its batches: node loader-training.mjs STEPS FACTOR (of the wait)
import { setTimeout as pause } from 'node:timers/promises'
import { phase, traceStep, wrapDataLoader } from 'traceml'

const [steps = '300', factor = '1'] = process.argv.slice(2)
const source = Float64Array.from(
  { length: 4000 },
  (_, i) => (Math.sin(i * 12.9898) * 43758.5453) % 1,
)

async function* batches() {
  for (let step = 0; step < Number(steps); step += 1) {
    await pause(20 * Number(factor))
    yield source
  }
}

for await (const batch of wrapDataLoader(batches())) {
  await traceStep(() => {
    phase('forward', () => batch.slice().sort())
    phase('backward', () => batch.slice().sort())
    phase('optimizer', () => {})
  })
}
