// What the TensorFlow.js hooks cost a training step, with the recorder and agent of a real run.
//
// Two methods. Fresh processes with and without hooks in turn: what a run pays. Blocks with the
// hooks installed and uninstalled in turn within one process: measures more than a run pays, since
// every installation makes new functions, which run cold, and changes the shape of the engine.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { instrumentTensorFlow } from '@traceml/tfjs'
import { median, quantile, report } from './lib/report.mjs'
import { startSink } from './lib/telemetry-sink.mjs'
import { startTraining } from './lib/training.mjs'

const SELF = fileURLToPath(import.meta.url)
const ROUNDS = 5
const PAIRS = 20
const BLOCK_MS = 60
const CHILD_MS = 1000
const BATCH = 32
/** Layer widths of a step of about 0.3, 2 and 20 ms on the machine of the aims, and the aims in %. */
const MODELS = [
  { label: '0.3 ms', widths: [24, 32, 8], aim: 2 },
  { label: '2 ms', widths: [96, 128, 8], aim: 0.5 },
  { label: '20 ms', widths: [384, 384, 8], aim: 0.1 },
]

function makeStep(tf, widths) {
  const matrix = (rows, columns) =>
    tf.tensor2d(
      Array.from({ length: rows * columns }, () => Math.random() - 0.5),
      [rows, columns],
    )
  const layers = widths.slice(1).map((units, index) => ({
    w: tf.variable(matrix(widths[index], units)),
    b: tf.variable(tf.zeros([units])),
  }))
  const xs = matrix(BATCH, widths[0])
  const ys = matrix(BATCH, widths.at(-1))
  const variables = layers.flatMap(({ w, b }) => [w, b])
  const optimizer = tf.train.sgd(0.001)
  const loss = () => {
    let value = xs
    for (const { w, b } of layers) value = value.matMul(w).add(b)
    return value.sub(ys).square().mean()
  }
  return () => {
    optimizer.minimize(loss, false, variables)
  }
}

function timeSteps(step, count) {
  const times = []
  for (let index = 0; index < count; index += 1) {
    const start = performance.now()
    step()
    times.push(performance.now() - start)
  }
  return times
}

/** The first decile: steps during which nobody else used the core or its caches. */
const undisturbed = (times) => quantile(times, 0.1)

async function loadTensorFlow() {
  const tf = createRequire(new URL('../packages/tfjs/package.json', import.meta.url))(
    '@tensorflow/tfjs',
  )
  await tf.setBackend('cpu')
  return tf
}

/** In a child: the undisturbed step of one model, in milliseconds; hooked when there is a port. */
async function measureOnce(widths, port) {
  const tf = await loadTensorFlow()
  const step = makeStep(tf, widths)
  const training = port > 0 ? await startTraining(port) : null
  if (training !== null) instrumentTensorFlow(tf, { recorder: training.runtime.recorder })
  const warmUp = timeSteps(step, 60)
  timeSteps(step, Math.round(400 / median(warmUp)))
  const count = Math.max(40, Math.round(CHILD_MS / median(warmUp)))
  const before = training?.runtime.recorder.completedSteps() ?? 0
  const times = timeSteps(step, count)
  if (training !== null) {
    const recorded = training.runtime.recorder.completedSteps() - before
    if (recorded !== count) throw new Error(`${recorded} of ${count} steps were recorded`)
    await training.stop()
  }
  process.stdout.write(`${undisturbed(times)}\n`)
  process.exit(0)
}

function measureInChild(widths, port) {
  const args = ['--expose-gc', SELF, 'child', widths.join(','), String(port)]
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`a child ended with ${status}: ${stderr}`)
  return Number(stdout.trim().split('\n').at(-1))
}

function measureProcesses({ label, widths, aim }, port) {
  const plain = []
  const added = []
  for (let round = 0; round < ROUNDS; round += 1) {
    plain.push(measureInChild(widths, 0))
    added.push(measureInChild(widths, port) - plain.at(-1))
  }
  publish(`TensorFlow.js hooks, ${label} step, fresh processes`, aim, plain, added, ROUNDS)
}

async function measureBlocks(tf, { label, widths, aim }, training) {
  const step = makeStep(tf, widths)
  const { recorder } = training.runtime
  const count = Math.max(5, Math.round(BLOCK_MS / median(timeSteps(step, 50))))
  const hooked = () => {
    const uninstall = instrumentTensorFlow(tf, { recorder })
    const times = timeSteps(step, count)
    uninstall()
    return median(times)
  }
  for (let index = 0; index < 5; index += 1) hooked()
  const plain = []
  const added = []
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const before = median(timeSteps(step, count))
    const traced = hooked()
    const after = median(timeSteps(step, count))
    plain.push((before + after) / 2)
    added.push(traced - plain.at(-1))
  }
  publish(`the same, ${label}, installed and uninstalled in one process`, aim, plain, added, PAIRS)
}

function publish(quantity, aim, plain, added, pairs) {
  const base = median(plain)
  const cost = median(added)
  const noise = median(added.map((value) => Math.abs(value - cost)))
  const verdict = Math.abs(cost) <= noise ? 'within' : 'above'
  report({
    id: 'D3',
    quantity,
    unit: '%',
    ours: (100 * cost) / base,
    aim,
    note: `${(cost * 1000).toFixed(1)} us of ${(base * 1000).toFixed(0)} us, median of ${pairs} pairs; ${verdict} the spread of ${((100 * noise) / base).toFixed(2)} %`,
  })
}

const [, , mode, widths, port] = process.argv
if (mode === 'child') await measureOnce(widths.split(',').map(Number), Number(port))
const sink = await startSink()
const tf = await loadTensorFlow()
for (const model of MODELS) {
  measureProcesses(model, sink.port)
  const training = await startTraining(sink.port)
  await measureBlocks(tf, model, training)
  await training.stop()
}
sink.stop()
process.exit(0)
