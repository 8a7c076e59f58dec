import { createRequire } from 'node:module'

/**
 * The part of the library that the tests use. Its own declarations need the types of a browser and
 * do not pass a check of libraries, hence this one.
 */
export interface Tensor {
  matMul(other: Tensor): Tensor
  add(other: Tensor | number): Tensor
  sub(other: Tensor | number): Tensor
  mul(other: Tensor | number): Tensor
  square(): Tensor
  clone(): Tensor
  sign(): Tensor
  mean(): Tensor
  dataSync(): Float32Array
  data(): Promise<Float32Array>
}

export interface Variable extends Tensor {
  readonly name: string
  assign(value: Tensor): void
}

export type Gradients = Readonly<Record<string, Tensor>>

export interface Optimizer {
  minimize(loss: () => Tensor, returnCost?: boolean, variables?: Variable[]): Tensor | null
  applyGradients(grads: Gradients | readonly { name: string; tensor: Tensor }[]): void
}

export interface Iterator<T> {
  next(): Promise<{ value: T; done: boolean }>
}

export interface Dataset<T> {
  iterator(): Promise<Iterator<T>>
  forEachAsync(visit: (value: T) => void): Promise<void>
  toArray(): Promise<T[]>
  map(transform: (value: T) => T): Dataset<T>
  prefetch(size: number): Dataset<T>
  repeat(count: number): Dataset<T>
  concatenate(other: Dataset<T>): Dataset<T>
}

export interface Batch {
  readonly xs: Tensor
  readonly ys: Tensor
}

export interface History {
  readonly history: Readonly<Record<string, number[]>>
}

export interface Layer {
  readonly name: string
  trainable: boolean
  apply(inputs: Tensor | Tensor[] | SymbolicTensor | SymbolicTensor[]): Tensor
}

/** What a model is put together with. */
export interface SymbolicTensor {
  readonly sourceLayer: object
}

export interface Model extends Layer {
  readonly model: object
  readonly layers: readonly Layer[]
  compile(options: object): void
  fit(xs: Tensor, ys: Tensor, options: object): Promise<History>
  fitDataset(dataset: object, options: object): Promise<History>
  trainOnBatch(xs: Tensor, ys: Tensor): Promise<number[]>
  predict(xs: Tensor): Tensor
  evaluate(xs: Tensor, ys: Tensor): Tensor[]
  getWeights(): Tensor[]
  toJSON(unused: null, returnString: boolean): object
}

/** A value, and the gradient of what it was computed from. */
export interface CustomGradient {
  readonly value: Tensor
  readonly gradFunc: (dy: Tensor, saved: Tensor[]) => Tensor
}

type Rate = (learningRate: number) => Optimizer

type LayerFactory = (options: object) => Layer

export interface LayerFactories {
  readonly Layer: abstract new (config: object) => Layer
  readonly dense: LayerFactory
  readonly dropout: LayerFactory
  readonly flatten: LayerFactory
  readonly concatenate: LayerFactory
  readonly batchNormalization: LayerFactory
  readonly lstm: LayerFactory
  readonly gru: LayerFactory
  readonly lstmCell: LayerFactory
  readonly rnn: LayerFactory
  readonly stackedRNNCells: LayerFactory
  readonly timeDistributed: LayerFactory
  readonly bidirectional: LayerFactory
  readonly embedding: LayerFactory
}

export interface TensorFlow {
  readonly Optimizer: abstract new () => Optimizer
  readonly train: { sgd: Rate; adam: Rate; momentum(rate: number, momentum: number): Optimizer }
  readonly data: {
    readonly Dataset: { readonly prototype: object }
    generator<T>(make: () => AsyncGenerator<T>): Dataset<T>
    array<T>(values: T[]): Dataset<T>
    zip<T>(datasets: object): Dataset<T>
  }
  readonly layers: LayerFactories
  readonly initializers: { glorotUniform(options: object): object }
  readonly losses: { meanSquaredError(labels: Tensor, predictions: Tensor): Tensor }
  readonly callbacks: { earlyStopping(options: object): object }
  engine(): { readonly registeredVariables: Readonly<Record<string, Variable>> }
  sequential(options?: object): Model
  model(options: object): Model
  input(options: object): SymbolicTensor
  customGrad(
    f: (x: Tensor, save: (tensors: Tensor[]) => void) => CustomGradient,
  ): (x: Tensor) => Tensor
  keep<T>(value: T): T
  memory(): {
    readonly numTensors: number
    readonly numBytes: number
    readonly numDataBuffers: number
  }
  randomUniform(shape: number[], low: number, high: number, dtype: string, seed: number): Tensor
  relu(x: Tensor): Tensor
  setBackend(name: string): Promise<boolean>
  registerBackend(name: string, factory: () => object, priority: number): boolean
  removeBackend(name: string): void
  findBackendFactory(name: string): () => object
  getKernelsForBackend(name: string): readonly object[]
  registerKernel(kernel: object): void
  tensor2d(values: number[][]): Tensor
  fill(shape: number[], value: number): Tensor
  zeros(shape: number[]): Tensor
  scalar(value: number): Tensor
  variable(value: Tensor): Variable
  grad(f: (x: Tensor) => Tensor): (x: Tensor) => Tensor
  variableGrads(loss: () => Tensor, variables?: Variable[]): { value: Tensor; grads: Gradients }
  tidy<T>(run: () => T): T
  dispose(tensors: object): void
}

/** Loads a package as a program does that requires it. */
export const tf: TensorFlow = createRequire(import.meta.url)('@tensorflow/tfjs') as TensorFlow
