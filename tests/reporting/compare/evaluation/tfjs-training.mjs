// A training of TensorFlow.js, unchanged: node tfjs-training.mjs STEPS FACTOR (of the hidden layer)
import * as tf from '@tensorflow/tfjs'

const [steps = '300', factor = '1'] = process.argv.slice(2)
await tf.setBackend('cpu')
const model = tf.sequential({
  layers: [
    tf.layers.dense({
      inputShape: [32],
      units: Math.round(80 * Number(factor)),
      activation: 'relu',
    }),
    tf.layers.dense({ units: 4, activation: 'softmax' }),
  ],
})
model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' })
const inputs = tf.randomNormal([64, 32], 0, 1, 'float32', 7)
const labels = tf.oneHot(
  tf.tensor1d(
    Array.from({ length: 64 }, (_, i) => i % 4),
    'int32',
  ),
  4,
)
for (let step = 0; step < Number(steps); step += 1) await model.trainOnBatch(inputs, labels)
