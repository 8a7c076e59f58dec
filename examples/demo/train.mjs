// An ordinary TensorFlow.js training: a small network learns to tell three kinds of pictures apart.
// Nothing in here knows of traceml.
//
//   node train.mjs --pipeline slow    decodes and augments every picture whenever it is needed
//   node train.mjs --pipeline fast    does that once, then serves the pictures from memory
import { parseArgs } from 'node:util'
import { deflateSync, inflateSync } from 'node:zlib'
import * as tf from '@tensorflow/tfjs'

const { values: options } = parseArgs({
  options: {
    pipeline: { type: 'string', default: 'slow' },
    epochs: { type: 'string', default: '5' },
  },
})

const SIDE = 28
const SOURCE_SIDE = 336
const FILES = 48
const PICTURES_PER_FILE = 20
const BATCH = 32
const CLASSES = 3

/** The same numbers in every run, so that two runs can be compared. */
function createRandom(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Compressed pictures, as they would lie on a disk: stripes, rings or dots, and noise. */
function createFiles(random) {
  const middle = SOURCE_SIDE / 2
  return Array.from({ length: FILES }, (_, index) => {
    const label = index % CLASSES
    const scale = 0.03 + random() * 0.07
    const pixels = new Uint8Array(SOURCE_SIDE * SOURCE_SIDE)
    for (let y = 0; y < SOURCE_SIDE; y += 1) {
      for (let x = 0; x < SOURCE_SIDE; x += 1) {
        const across = label === 1 ? Math.hypot(x - middle, y - middle) : x
        const down = label === 2 ? Math.sin(y * scale) : 1
        const pattern = Math.sin(across * scale) * down
        pixels[y * SOURCE_SIDE + x] = 128 + 70 * pattern + 110 * (random() - 0.5)
      }
    }
    return { label, data: deflateSync(pixels, { level: 1 }) }
  })
}

/** Decompresses a picture, turns it by a random angle and scales it down. */
function decodeAndAugment(file, random) {
  const source = inflateSync(file.data)
  const angle = (random() - 0.5) * 0.8
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)]
  const pixels = new Float32Array(SIDE * SIDE)
  const ratio = SOURCE_SIDE / SIDE
  const middle = SOURCE_SIDE / 2
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      let sum = 0
      for (let part = 0; part < ratio * ratio; part += 1) {
        const dx = x * ratio + (part % ratio) - middle
        const dy = y * ratio + Math.floor(part / ratio) - middle
        const column = Math.round(middle + dx * cos - dy * sin)
        const row = Math.round(middle + dx * sin + dy * cos)
        const isInside = column >= 0 && row >= 0 && column < SOURCE_SIDE && row < SOURCE_SIDE
        sum += isInside ? source[row * SOURCE_SIDE + column] : 128
      }
      pixels[y * SIDE + x] = sum / (ratio * ratio) / 255 - 0.5
    }
  }
  return pixels
}

const random = createRandom(7)
const files = createFiles(random)
const samples = Array.from(
  { length: FILES * PICTURES_PER_FILE },
  (_, index) => files[index % FILES],
)
const prepared =
  options.pipeline === 'fast' ? samples.map((file) => decodeAndAugment(file, random)) : null

function* pictures() {
  for (const [index, file] of samples.entries()) {
    const pixels = prepared === null ? decodeAndAugment(file, random) : prepared[index]
    yield { xs: tf.tensor1d(pixels), ys: tf.oneHot(file.label, CLASSES) }
  }
}

tf.enableProdMode()
const model = tf.sequential({
  layers: [
    tf.layers.dense({ inputShape: [SIDE * SIDE], units: 64, activation: 'relu' }),
    tf.layers.dense({ units: 32, activation: 'relu' }),
    tf.layers.dense({ units: CLASSES, activation: 'softmax' }),
  ],
})
model.compile({
  optimizer: tf.train.adam(0.001),
  loss: 'categoricalCrossentropy',
  metrics: ['accuracy'],
})
await model.fitDataset(tf.data.generator(pictures).batch(BATCH), {
  epochs: Number(options.epochs),
  verbose: 0,
  callbacks: {
    onEpochEnd: (epoch, logs) => {
      const [loss, accuracy] = [logs.loss.toFixed(3), logs.acc.toFixed(3)]
      console.log(`epoch ${epoch + 1}/${options.epochs}  loss ${loss}  accuracy ${accuracy}`)
    },
  },
})
