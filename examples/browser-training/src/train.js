// The training itself: the same in a page and in a web worker.
import * as tf from '@tensorflow/tfjs'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { finish, init, instrument } from 'traceml/browser'

const IMAGES = 512
const SIZE = 16
const CLASSES = 2

/** Images of noise; half of them have a bright square, which is what the model has to see. */
function makeData() {
  const labels = Array.from({ length: IMAGES }, (_, index) => index % CLASSES)
  const images = tf.tidy(() => {
    const square = tf.ones([6, 6, 1]).pad([
      [5, 5],
      [5, 5],
      [0, 0],
    ])
    return tf.stack(
      labels.map((label) => tf.randomUniform([SIZE, SIZE, 1]).add(square.mul(0.5 * label))),
    )
  })
  return { images, labels: tf.oneHot(tf.tensor1d(labels, 'int32'), CLASSES) }
}

function makeModel() {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [SIZE, SIZE, 1],
        filters: 8,
        kernelSize: 3,
        activation: 'relu',
      }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 32, activation: 'relu' }),
      tf.layers.dense({ units: CLASSES, activation: 'softmax' }),
    ],
  })
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] })
  return model
}

/**
 * @param {{ url: string, backend: string, epochs: number }} options - `url` is what
 *   `traceml serve --websocket` printed; without one the training runs unrecorded.
 * @param {(text: string) => void} report
 */
export async function train({ url, backend, epochs }, report) {
  setWasmPaths(`${self.location.origin}/`)
  await tf.setBackend(backend)
  await tf.ready()
  if (url !== '') {
    init({ url })
    instrument(tf)
  }
  const { images, labels } = makeData()
  const model = makeModel()
  await model.fit(images, labels, {
    epochs,
    batchSize: 32,
    callbacks: {
      onEpochEnd: (epoch, logs) =>
        report(`epoch ${epoch + 1}: loss ${logs.loss.toFixed(3)}, accuracy ${logs.acc.toFixed(2)}`),
    },
  })
  await finish()
  report(`done on ${tf.getBackend()}`)
}
