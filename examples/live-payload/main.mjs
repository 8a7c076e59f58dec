import { renderMetrics } from '@traceml/exporter-prometheus'
import { createWatcher } from './watcher.mjs'

let seconds = 0
const watcher = createWatcher({ name: 'demo', totalSteps: 400, samplesPerStep: 32 }, () => seconds)
for (let step = 1; step <= 200; step += 1) {
  watcher.step(step, { inputWait: 30, forward: 12, backward: 20, optimizer: 5, whole: 70 })
  seconds += 0.07
  if (step % 20 === 0) watcher.payload()
}
const { verdict, progress, run } = watcher.payload()
console.log(`${run.freshness.state}: step ${progress.steps_completed} of ${progress.total_steps}`)
console.log(`${verdict.status}: ${verdict.summary}`)
console.log(verdict.action)
const metrics = await renderMetrics(watcher.payload())
console.log(
  metrics
    .split('\n')
    .filter((line) => line.startsWith('traceml_remaining'))
    .join('\n'),
)
