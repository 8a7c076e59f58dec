// A training of CPU-bound steps of a fixed amount of native work: node sort-training.mjs STEPS FACTOR
import { phase, traceStep } from 'traceml'

const [steps = '300', factor = '1'] = process.argv.slice(2)
const length = Math.round(20_000 * Number(factor))
const source = Float64Array.from({ length }, (_, i) => (Math.sin(i * 12.9898) * 43758.5453) % 1)
for (let step = 0; step < Number(steps); step += 1) {
  await traceStep(() => {
    phase('input_wait', () => {})
    phase('forward', () => source.slice().sort())
    phase('backward', () => source.slice().sort())
    phase('optimizer', () => {})
  })
}
