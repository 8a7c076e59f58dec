// The training that the gate watches: node train.mjs --steps 200 --work 1
// Its batches come from a slow place, and a step is a fixed amount of native work.
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { phase, traceStep, wrapDataLoader } from 'traceml'

const { values: options } = parseArgs({
  options: {
    steps: { type: 'string', default: '200' },
    work: { type: 'string', default: '1' },
  },
})

const length = Math.round(30_000 * Number(options.work))
const source = Float64Array.from({ length }, (_, i) => (Math.sin(i * 12.9898) * 43758.5453) % 1)

async function* batches() {
  for (let step = 0; step < Number(options.steps); step += 1) {
    await pause(8)
    yield source.slice()
  }
}

for await (const batch of wrapDataLoader(batches())) {
  await traceStep(() => {
    phase('forward', () => batch.slice().sort())
    phase('backward', () => batch.sort())
    phase('optimizer', () => {})
  })
}
