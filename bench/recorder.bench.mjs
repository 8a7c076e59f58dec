// What one traced step with four empty phases costs the training thread: recording, and not recording.
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { median, report } from './lib/report.mjs'
import { startSink } from './lib/telemetry-sink.mjs'
import { startTraining, tracedStep } from './lib/training.mjs'

const BLOCKS = 15
/** Fits into the ring of steps, which the agent empties between two blocks. */
const BLOCK_STEPS = 20_000
const COLD_STEPS = 400
const CACHE_BYTES = 32 * 1024 * 1024
const CACHE_LINE = 64

const nothing = () => {}
const step = () => tracedStep(nothing, nothing, nothing, nothing)

/** The floor: ten clock reads and eight numbers into a plain ring. */
function createFloor() {
  const now = performance.now.bind(performance)
  const ring = new Float64Array(1 << 16)
  let head = 0
  return () => {
    const begin = now()
    for (let phase = 0; phase < 4; phase += 1) {
      const start = now()
      ring[head + phase] = now() - start
    }
    ring[head + 4] = begin
    ring[head + 5] = head
    ring[head + 6] = 1
    ring[head + 7] = now() - begin
    head = (head + 8) & 0xffff
  }
}

const evicted = new Uint8Array(CACHE_BYTES)
function evictCaches() {
  for (let at = 0; at < CACHE_BYTES; at += CACHE_LINE) evicted[at] = (evicted[at] + 1) & 255
}

function hotUs(run) {
  const start = performance.now()
  for (let index = 0; index < BLOCK_STEPS; index += 1) run()
  return ((performance.now() - start) / BLOCK_STEPS) * 1000
}

function coldUs(run) {
  evictCaches()
  const start = performance.now()
  run()
  return (performance.now() - start) * 1000
}

async function measureHot(between) {
  const ours = []
  const limits = []
  for (let block = 0; block < BLOCKS; block += 1) {
    ours.push(hotUs(step))
    await between()
    limits.push(hotUs(floor))
  }
  return { ours: median(ours), limit: median(limits) }
}

function measureCold() {
  const ours = []
  const limits = []
  for (let index = 0; index < COLD_STEPS; index += 1) {
    ours.push(coldUs(step))
    limits.push(coldUs(floor))
  }
  return { ours: median(ours), limit: median(limits) }
}

const floor = createFloor()
// First without a run, so that what is measured then is not code that was compiled for another.
for (let index = 0; index < 5; index += 1) hotUs(step)
const offHot = await measureHot(() => {})
const offCold = measureCold()

const sink = await startSink()
const training = await startTraining(sink.port)
const { runtime } = training
const drain = async () => {
  if (!(await runtime.flush(10_000))) throw new Error('the agent did not drain the ring in time')
}
hotUs(step)
await drain()
const onHot = await measureHot(drain)
const onCold = measureCold()
const completed = runtime.recorder.completedSteps()
await training.stop()
const { steps } = await sink.counts()
if (steps !== completed) throw new Error(`${completed - steps} of ${completed} steps were lost`)
sink.stop()

const blocks = `median of ${BLOCKS} blocks of ${BLOCK_STEPS} steps`
const walked = `median of ${COLD_STEPS} steps, 32 MiB walked before each`
const ring = 'limit: 10 clock reads and a plain ring'
report({
  id: 'D1',
  quantity: 'traced step, 4 empty phases, hot',
  unit: 'us',
  ...onHot,
  aim: 0.8,
  note: `${blocks}; ${ring}`,
})
report({
  id: 'D2',
  quantity: 'the same, caches evicted',
  unit: 'us',
  ...onCold,
  aim: 5,
  note: `${walked}; ${ring}`,
})
report({
  id: 'D7',
  quantity: 'the same without a run, hot',
  unit: 'us',
  ours: offHot.ours,
  aim: 0.03,
  note: blocks,
})
report({
  id: 'D7',
  quantity: 'the same without a run, caches evicted',
  unit: 'us',
  ours: offCold.ours,
  aim: 0.3,
  note: walked,
})
process.exit(0)
