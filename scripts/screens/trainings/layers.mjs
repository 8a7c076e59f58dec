// A classifier of three blocks of dense layers; the middle one is far wider than the others.
import * as tf from '@tensorflow/tfjs'

await tf.setBackend('cpu')
const STEPS = 100_000
const BATCH = 32
const dense = (name, units, more) => tf.layers.dense({ name, units, activation: 'relu', ...more })
const block = (name, units) =>
  tf.sequential({ name, layers: [dense('up', units, { inputShape: [64] }), dense('down', 64)] })
const model = tf.sequential({
  name: 'classifier',
  layers: [
    dense('project', 64, { inputShape: [48], trainable: false }),
    block('block1', 128),
    block('block2', 320),
    block('block3', 128),
    tf.layers.dropout({ name: 'drop', rate: 0.1 }),
    tf.layers.dense({ name: 'classes', units: 10, activation: 'softmax' }),
  ],
})
model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' })
const xs = tf.randomNormal([BATCH, 48], 0, 1, 'float32', 7)
const labels = tf.tensor1d(
  [...Array(BATCH).keys()].map((row) => row % 10),
  'int32',
)
const ys = tf.oneHot(labels, 10)
for (let step = 1; step <= STEPS; step += 1) {
  const loss = await model.trainOnBatch(xs, ys)
  if (step % 20 === 0) console.log(`step ${step} loss ${Number(loss).toFixed(4)}`)
}
