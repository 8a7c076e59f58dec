// A data-parallel training as far as its times are concerned: every rank loads a batch and computes,
// then all leave the step together, as an all-reduce makes them. Rank 5 reads from a slow disk.
import { setTimeout as sleep } from 'node:timers/promises'
import { phase, traceStep, wrapDataLoader } from 'traceml'

const rank = Number(process.env.RANK ?? 0)
const STEP_MS = 150
const start = Math.ceil(Date.now() / 4_000) * 4_000

async function* batches() {
  for (;;) {
    await sleep(rank === 5 ? 48 + Math.random() * 12 : 6 + Math.random() * 6)
    yield null
  }
}

await sleep(start - Date.now())
let step = 0
for await (const _batch of wrapDataLoader(batches())) {
  step += 1
  await traceStep(async () => {
    await phase('forward', () => sleep(28 + Math.random() * 4))
    await phase('backward', () => sleep(Math.max(1, start + step * STEP_MS - Date.now())))
    await phase('optimizer', () => sleep(5))
  })
  if (rank === 0 && step % 5 === 0) {
    const loss = 2.3 * Math.exp(-step / 200) + 0.05 * Math.random()
    console.log(`epoch 1  step ${String(step).padStart(5)}  loss ${loss.toFixed(4)}  lr 3.0e-4`)
  }
}
