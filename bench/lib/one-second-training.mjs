// A training of one second with the SDK: a loop that yields between its steps, as a batch does that
// comes from a file. Without `traceml run` the SDK does nothing.
import { createHash } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { init, phase, traceStep } from 'traceml'

const DURATION_MS = 1000
const data = Buffer.alloc(1 << 19, 7)
const work = () => {
  createHash('sha256').update(data).digest()
}

if (process.env.TRACEML_SESSION_ID) init({ mode: 'manual' })
const start = performance.now()
while (performance.now() - start < DURATION_MS) {
  traceStep(() => {
    phase('forward', work)
    phase('backward', work)
    phase('optimizer', work)
  })
  await new Promise((resolve) => setImmediate(resolve))
}
