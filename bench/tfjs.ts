/**
 * What the TensorFlow.js hooks cost per training step.
 *
 * Run: `node --conditions=@traceml/source --import tsx bench/tfjs.ts [rounds]`: fresh processes with
 * and without hooks in turn, first decile of the steps of each, median of the differences of neighbours. "Noise"
 * is the median deviation of the processes without hooks.
 *
 * With `blocks` instead of a number, blocks of steps with the hooks installed and uninstalled
 * alternate in one process, in CPU time. That measures more than a run pays: each installation
 * makes new functions, which run cold, and changes the shape of the engine for both sides.
 */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { StepRecorder } from '@traceml/contracts'
import { instrumentTensorFlow } from '@traceml/tfjs'
import type { TensorFlow } from '../packages/tfjs/test/tensorflow.ts'

const tf = createRequire(new URL('../packages/tfjs/package.json', import.meta.url))(
  '@tensorflow/tfjs',
) as TensorFlow

const BLOCK_MS = 20
const PAIRS = 40

/** A recorder that does what the real one does before its shared ring: sums into typed arrays. */
function createSummingRecorder(): StepRecorder & { steps: number; enabled: boolean } {
  const names: string[] = []
  const ms = new Float64Array(64)
  return {
    steps: 0,
    enabled: true,
    boundaryOwner: 'auto',
    slot: (name) => (names.includes(name) ? names.indexOf(name) : names.push(name) - 1),
    add(slot, durationMs) {
      ms[slot] = (ms[slot] ?? 0) + durationMs
    },
    commit() {
      ms.fill(0)
      this.steps++
    },
    discard() {
      ms.fill(0)
    },
    setMemory() {},
    setDevice() {},
    setEnvironment() {},
    claimBoundaries() {},
  }
}

function makeStep(widths: readonly number[], optimizerName: 'sgd' | 'adam'): () => void {
  const random = (rows: number, columns: number): number[][] =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => Math.random() - 0.5))
  const layers = widths.slice(1).map((units, index) => ({
    w: tf.variable(tf.tensor2d(random(widths[index] ?? 1, units))),
    b: tf.variable(tf.zeros([units])),
  }))
  const xs = tf.tensor2d(random(32, widths[0] ?? 1))
  const ys = tf.tensor2d(random(32, widths.at(-1) ?? 1))
  const variables = layers.flatMap(({ w, b }) => [w, b])
  const optimizer = tf.train[optimizerName](0.001)
  const loss = () => {
    let value = xs
    for (const { w, b } of layers) value = value.matMul(w).add(b)
    return value.sub(ys).square().mean()
  }
  return () => {
    optimizer.minimize(loss, false, variables)
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

function timeBlock(step: () => void, steps: number): number {
  // CPU time, not wall time: a machine that is shared would measure its other users.
  const start = process.cpuUsage()
  for (let i = 0; i < steps; i++) step()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000 / steps
}

const us = (valueMs: number): string => `${(valueMs * 1000).toFixed(1)} us`

function print(label: string, baseMs: number, costMs: number, noiseMs: number): void {
  const percent = ((100 * costMs) / baseMs).toFixed(2)
  console.log(
    `${label.padEnd(18)} step ${us(baseMs).padStart(10)}   hooks ${us(costMs).padStart(9)}   ` +
      `${percent.padStart(6)} %   noise ${us(noiseMs)}`,
  )
}

/** Hooks installed for each block: everything that an installation costs, cold code included. */
function measureBlocks(label: string, step: () => void): void {
  const recorder = createSummingRecorder()
  const hooked = (steps: number): number => {
    const uninstall = instrumentTensorFlow(tf, { recorder })
    try {
      return timeBlock(step, steps)
    } finally {
      uninstall()
    }
  }
  const steps = Math.max(5, Math.round(BLOCK_MS / timeBlock(step, 200)))
  for (let i = 0; i < 5; i++) {
    hooked(steps)
    timeBlock(step, steps)
  }
  const before = recorder.steps
  const plain: number[] = []
  const overhead: number[] = []
  const noise: number[] = []
  for (let pair = 0; pair < PAIRS; pair++) {
    const first = timeBlock(step, steps)
    const traced = hooked(steps)
    const second = timeBlock(step, steps)
    plain.push(first, second)
    overhead.push(traced - (first + second) / 2)
    noise.push(Math.abs(second - first))
  }
  if (recorder.steps - before !== PAIRS * steps) throw new Error('steps are missing')
  print(label, median(plain), median(overhead), median(noise))
}

const MODELS: Readonly<Record<string, () => () => void>> = {
  'cpu 8-16-2 sgd': () => makeStep([8, 16, 2], 'sgd'),
  'cpu 8-16-2 adam': () => makeStep([8, 16, 2], 'adam'),
  'cpu 64-96-8 sgd': () => makeStep([64, 96, 8], 'sgd'),
  'cpu 256-256-8 sgd': () => makeStep([256, 256, 8], 'sgd'),
}

/** In a child: the undisturbed step of one model, with the hooks installed or not. */
function measureOnce(label: string, hooked: boolean): number {
  const step = MODELS[label]?.()
  if (step === undefined) throw new Error(`no model ${label}`)
  const recorder = createSummingRecorder()
  if (hooked) instrumentTensorFlow(tf, { recorder })
  const warmUp = Math.max(50, Math.round(400 / timeBlock(step, 50)))
  const steps = Math.max(40, Math.round(1500 / timeBlock(step, warmUp)))
  const before = recorder.steps
  const samples: number[] = []
  for (let i = 0; i < steps; i++) {
    const startMs = performance.now()
    step()
    samples.push(performance.now() - startMs)
  }
  if (hooked && recorder.steps - before !== steps) throw new Error('steps are missing')
  // The first decile: steps during which nobody else used the core or its caches.
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 10)] ?? 0
}

function measureInChild(label: string, hooked: boolean): number {
  const self = fileURLToPath(import.meta.url)
  const args = [...process.execArgv, self, 'child', label, hooked ? 'hooked' : 'plain']
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the child for ${label} ended with ${status}`)
  return Number(stdout.trim().split('\n').at(-1))
}

function measureProcesses(label: string, rounds: number): void {
  const plain: number[] = []
  const hooked: number[] = []
  for (let round = 0; round < rounds; round++) {
    plain.push(measureInChild(label, false))
    hooked.push(measureInChild(label, true))
  }
  const noiseMs = median(plain.map((value) => Math.abs(value - median(plain))))
  const costs = hooked.map((value, index) => value - (plain[index] ?? 0))
  print(label, median(plain), median(costs), noiseMs)
}

await tf.setBackend('cpu')
const [, , mode, label, state] = process.argv
if (mode === 'child') console.log(measureOnce(label ?? '', state === 'hooked'))
else {
  for (const [name, make] of Object.entries(MODELS)) {
    if (mode === 'blocks') measureBlocks(name, make())
    else measureProcesses(name, Number(mode ?? 9))
  }
}
