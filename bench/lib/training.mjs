// A training process for benchmarks: the SDK with an active runtime that sends to a sink.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { phase, resolveRuntimeOptions, startRuntime, traceStep } from '@traceml/runtime'

/** Starts the runtime of this process with its default interval. @param {number} port */
export async function startTraining(port) {
  const logsDir = mkdtempSync(join(tmpdir(), 'traceml-bench-'))
  const runtime = startRuntime(resolveRuntimeOptions({ port, logsDir }, process.env))
  if (!runtime.active || !runtime.waitForAggregator(5000)) throw new Error('no runtime')
  return {
    runtime,
    async stop() {
      await runtime.stop()
      rmSync(logsDir, { recursive: true, force: true })
    },
  }
}

/** One traced step of four phases; the bodies are the caller's. */
export function tracedStep(forward, backward, optimizer, input) {
  return traceStep(() => {
    phase('input_wait', input)
    phase('forward', forward)
    phase('backward', backward)
    phase('optimizer', optimizer)
  })
}

/** Work of a fixed amount (not of a fixed time: that would absorb what is measured). */
export function createWork(targetMs) {
  const values = Float64Array.from({ length: 4096 }, (_, index) => index * 0.5)
  const work = (rounds) => {
    let sum = 0
    for (let round = 0; round < rounds; round += 1) {
      sum = (sum + values[(round * 7) & 4095] * 1.0001) % 1e6
    }
    return sum
  }
  for (let index = 0; index < 50; index += 1) work(20_000)
  const times = Array.from({ length: 25 }, () => {
    const start = performance.now()
    work(20_000)
    return performance.now() - start
  })
  const rounds = Math.round((20_000 * targetMs) / Math.min(...times))
  return () => work(rounds)
}
