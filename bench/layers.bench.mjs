// What the deep profile costs a TensorFlow.js model of 12 layers, with the recorder and agent of a
// real run: blocks of steps that are measured and that are not, in turn, within one process.
import { createRequire } from 'node:module'
import process from 'node:process'
import { DEFAULT_LAYER_BUDGET } from '@traceml/contracts'
import { createStepSampler, startLayers } from '@traceml/runtime/layers'
import { instrumentTensorFlow, loadLayerHooks } from '@traceml/tfjs'
import { median, report } from './lib/report.mjs'
import { startSink } from './lib/telemetry-sink.mjs'
import { startTraining } from './lib/training.mjs'

const LAYERS = 12
const BATCH = 32
/** Units of every layer: steps of about 1 and 10 ms on the machine of the aims. */
const WIDTHS = [8, 64]
const PAIRS = 15
const IDLE_PAIRS = 30
/** Milliseconds of a block of steps. */
const BLOCK_MS = 150
const AIM_PERCENT = 100 * DEFAULT_LAYER_BUDGET

function makeModel(tf, units) {
  const model = tf.sequential()
  for (let index = 0; index < LAYERS; index += 1) {
    const input = index === 0 ? { inputShape: [units] } : {}
    model.add(tf.layers.dense({ units, activation: 'relu', ...input }))
  }
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
  const xs = tf.randomNormal([BATCH, units])
  const ys = tf.randomNormal([BATCH, units])
  return () => model.trainOnBatch(xs, ys)
}

/**
 * Milliseconds that the process computes per step, its agent included: unlike the time on the wall
 * it does not depend on what else the machine does.
 */
async function costOf(step, count) {
  const before = process.cpuUsage()
  for (let index = 0; index < count; index += 1) await step()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / count
}

/** A rule that can be changed between two steps. */
function switchable() {
  const never = { every: 1, shouldSample: () => false, observe() {} }
  const state = { rule: never, never }
  return {
    state,
    sampler: {
      get every() {
        return state.rule.every
      },
      shouldSample: (step) => state.rule.shouldSample(step),
      observe: (step) => state.rule.observe(step),
    },
  }
}

/** Blocks of steps with `rule` and without samples in turn: what each pair differs by. */
async function compareBlocks(step, state, rule, count) {
  const block = async (used) => {
    state.rule = used
    // The rule decides about a step when the one before it ends.
    await step()
    const cost = await costOf(step, count)
    state.rule = state.never
    return cost
  }
  await block(rule)
  const pairs = []
  let before = await block(state.never)
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const measured = await block(rule)
    const after = await block(state.never)
    const plainMs = (before + after) / 2
    pairs.push({ addedMs: measured - plainMs, plainMs })
    before = after
  }
  return pairs
}

/** The hooks that are in but measure nothing, milliseconds a step, pair by pair. */
async function measureIdle(step, count, tf, recorder, layers) {
  const costWith = async (hooks) => {
    const uninstall = instrumentTensorFlow(tf, { recorder, layers: hooks })
    await costOf(step, 5)
    const cost = await costOf(step, count)
    uninstall()
    return cost
  }
  const added = []
  for (let pair = 0; pair < IDLE_PAIRS; pair += 1) {
    // In either order, for the second block of a pair runs warmer.
    const first = await costWith(pair % 2 === 0 ? null : layers)
    const second = await costWith(pair % 2 === 0 ? layers : null)
    added.push(pair % 2 === 0 ? second - first : first - second)
  }
  return added
}

function spreadOf(values) {
  const middle = median(values)
  return median(values.map((value) => Math.abs(value - middle)))
}

async function measure(tf, units, training) {
  const { recorder, phases, ready } = training.runtime
  await ready
  const { state, sampler } = switchable()
  const measuring = startLayers({ recorder, phases }, { sampler })
  const layers = await loadLayerHooks({ layers: measuring, ready })
  const step = makeModel(tf, units)
  const warm = await costOf(step, 100)
  const count = Math.max(5, Math.round(BLOCK_MS / warm))
  const idle = await measureIdle(step, count, tf, recorder, layers)
  const uninstall = instrumentTensorFlow(tf, { recorder, layers })
  await costOf(step, count)
  const told = []
  const every = {
    every: 1,
    shouldSample: () => true,
    observe: ({ costMs }) => told.push(costMs),
  }
  const sampled = await compareBlocks(step, state, every, count)
  const rule = createStepSampler({ budget: DEFAULT_LAYER_BUDGET })
  const whole = await compareBlocks(step, state, rule, 4 * count)
  uninstall()
  const plainMs = median(sampled.map((pair) => pair.plainMs))
  const percent = whole.map(({ addedMs, plainMs: base }) => (100 * addedMs) / base)
  const name = `deep profile, ${LAYERS} layers of ${units}`
  const of = (pairs) => `of ${(plainMs * 1000).toFixed(0)} us, median of ${pairs} pairs of blocks`
  report({
    id: 'L1',
    quantity: `${name}, default budget`,
    unit: '%',
    ours: median(percent),
    aim: AIM_PERCENT,
    note: `${of(PAIRS)}, spread ${spreadOf(percent).toFixed(2)} %; one step in ${rule.every} is sampled`,
  })
  const added = sampled.map(({ addedMs }) => 1000 * addedMs)
  report({
    id: 'L2',
    quantity: `${name}, a sampled step`,
    unit: 'us',
    ours: median(added),
    note: `${of(PAIRS)}, spread ${spreadOf(added).toFixed(0)} us; the hooks say ${(1000 * median(told)).toFixed(0)} us`,
  })
  report({
    id: 'L3',
    quantity: `${name}, a step that is not sampled`,
    unit: 'us',
    ours: 1000 * median(idle),
    note: `${of(IDLE_PAIRS)}, hooks in and out, spread ${(1000 * spreadOf(idle)).toFixed(0)} us`,
  })
}

const tf = createRequire(new URL('../packages/tfjs/package.json', import.meta.url))(
  '@tensorflow/tfjs',
)
await tf.setBackend('cpu')
const sink = await startSink()
for (const units of WIDTHS) {
  const training = await startTraining(sink.port, 'deep')
  await measure(tf, units, training)
  await training.stop()
}
sink.stop()
process.exit(0)
