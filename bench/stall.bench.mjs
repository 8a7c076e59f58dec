// What a live agent adds to the slowest steps, and whether steps are lost at high step rates.
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { median, quantile, report } from './lib/report.mjs'
import { startSink } from './lib/telemetry-sink.mjs'
import { createWork, startTraining, tracedStep } from './lib/training.mjs'

const PAIRS = 5
const STEPS = 8000
const STEP_MS = 0.25
const PHASES = 4
const RATES = [
  { perSecond: 3400, seconds: 6 },
  { perSecond: 50_000, seconds: 4 },
]

const work = createWork(STEP_MS / PHASES)

function block(runStep) {
  const times = []
  for (let index = 0; index < STEPS; index += 1) {
    const start = performance.now()
    runStep()
    times.push(performance.now() - start)
  }
  return times
}

const plainStep = () => {
  work()
  work()
  work()
  work()
}

async function pair(sink, tracedFirst) {
  const traced = async () => {
    const training = await startTraining(sink.port)
    const times = block(() => tracedStep(work, work, work, work))
    await training.stop()
    return times
  }
  if (!tracedFirst) {
    const plain = block(plainStep)
    return { plain, traced: await traced() }
  }
  const times = await traced()
  return { traced: times, plain: block(plainStep) }
}

/** Runs steps at a fixed rate in a loop that never yields, as a training does. */
async function stepsLost(sink, { perSecond, seconds }) {
  await sink.counts()
  const training = await startTraining(sink.port)
  const nothing = () => {}
  const total = perSecond * seconds
  const start = performance.now()
  for (let index = 0; index < total; index += 1) {
    const due = start + (index * 1000) / perSecond
    while (performance.now() < due);
    tracedStep(nothing, nothing, nothing, nothing)
  }
  const tookMs = performance.now() - start
  const completed = training.runtime.recorder.completedSteps()
  await training.stop()
  const { steps, dropped } = await sink.counts()
  return { lost: completed - steps, dropped, completed, reached: total / (tookMs / 1000) }
}

const sink = await startSink()
block(plainStep)
await pair(sink, true)
const pairs = []
for (let index = 0; index < PAIRS; index += 1) pairs.push(await pair(sink, index % 2 === 1))

const tails = (read) => {
  const plain = median(pairs.map((one) => read(one.plain)))
  const traced = median(pairs.map((one) => read(one.traced)))
  const added = median(pairs.map((one) => read(one.traced) - read(one.plain)))
  return {
    added,
    note: `${PAIRS} pairs of ${STEPS} steps: ${traced.toFixed(3)} traced, ${plain.toFixed(3)} plain`,
  }
}
const typical = tails(median)
report({
  id: 'D2',
  quantity: 'traced step, 4 phases, in a loop of 0.2 ms steps, agent live',
  unit: 'us',
  ours: typical.added * 1000,
  aim: 5,
  note: `difference of the median steps in ms, ${typical.note}`,
})
for (const [quantity, read, aim] of [
  ['added to the p99.9 step', (times) => quantile(times, 0.999), 0.1],
  ['added to the slowest step', (times) => Math.max(...times), 3],
]) {
  const { added, note } = tails(read)
  report({ id: 'D5', quantity, unit: 'ms', ours: added, aim, note })
}
for (const rate of RATES) {
  const { lost, dropped, completed, reached } = await stepsLost(sink, rate)
  report({
    id: 'D6',
    quantity: `steps lost at ${rate.perSecond}/s, default interval`,
    unit: 'steps',
    ours: lost,
    aim: 0,
    note: `${completed} steps at ${Math.round(reached)}/s, ${dropped} counted as dropped by the agent`,
  })
}
sink.stop()
process.exit(0)
