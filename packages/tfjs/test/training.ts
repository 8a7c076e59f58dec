import {
  type Batch,
  type Model,
  type Optimizer,
  type Tensor,
  tf,
  type Variable,
} from './tensorflow.js'

/** Number of features and classes of the small problems in the tests. */
export const FEATURES = 8
export const CLASSES = 2

/** A deterministic batch: the same values for the same seed. */
export function makeBatch(rows: number, seed: number): { xs: number[][]; ys: number[][] } {
  let state = seed * 2654435761 + 1
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const xs = Array.from({ length: rows }, () => Array.from({ length: FEATURES }, random))
  const ys = xs.map((row) => ((row[0] ?? 0) > 0.5 ? [1, 0] : [0, 1]))
  return { xs, ys }
}

/** A batch as tensors. */
export function makeTensors(rows: number, seed = 1): Batch {
  const { xs, ys } = makeBatch(rows, seed)
  return { xs: tf.tensor2d(xs), ys: tf.tensor2d(ys) }
}

/** A compiled two-layer classifier with seeded weights. */
export function makeModel(optimizer: string | Optimizer = 'sgd', hidden = 16): Model {
  const dense = (units: number, activation: 'relu' | 'softmax', seed: number): object =>
    tf.layers.dense({
      units,
      activation,
      kernelInitializer: tf.initializers.glorotUniform({ seed }),
      ...(seed === 1 ? { inputShape: [FEATURES] } : {}),
    })
  const model = tf.sequential({ layers: [dense(hidden, 'relu', 1), dense(CLASSES, 'softmax', 2)] })
  model.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] })
  return model
}

/** Weights of a model as plain numbers. */
export function weightsOf(model: Model): number[][] {
  return model.getWeights().map((weight) => Array.from(weight.dataSync()))
}

/** A hand-written linear model: its variables and its loss on a batch. */
export function makeLinear(): {
  w: Variable
  b: Variable
  loss: (x: Tensor, y: Tensor) => Tensor
} {
  const w = tf.variable(tf.fill([FEATURES, CLASSES], 0.1))
  const b = tf.variable(tf.zeros([CLASSES]))
  return { w, b, loss: (x, y) => x.matMul(w).add(b).sub(y).square().mean() }
}

/** Blocks the thread, as synchronous preparation of data does. */
export function work(durationMs: number): void {
  const endMs = performance.now() + durationMs
  while (performance.now() < endMs);
}

/** Waits without blocking, as a slow source of data does. */
export function delay(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs))
}
