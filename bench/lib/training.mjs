// A training process for benchmarks: the SDK with an active runtime that sends to a sink.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { phase, resolveRuntimeOptions, startRuntime, traceStep } from '@traceml/runtime'

/**
 * Starts the runtime of this process with its default interval.
 * @param {number} port
 * @param {'run' | 'deep'} [profile]
 */
export async function startTraining(port, profile = 'run') {
  const logsDir = mkdtempSync(join(tmpdir(), 'traceml-bench-'))
  const runtime = startRuntime(resolveRuntimeOptions({ port, logsDir, profile }, process.env))
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

/**
 * Work of a fixed amount (not of a fixed time: that would absorb what is measured), in native code:
 * what V8 makes of a short loop depends on where it is inlined, which is another question.
 */
export function createWork(targetMs) {
  const timeOf = (length) => {
    const values = Float64Array.from({ length }, (_, index) => index)
    const times = Array.from({ length: 50 }, () => {
      const start = performance.now()
      values.sort()
      return performance.now() - start
    })
    return Math.min(...times)
  }
  const length = Math.round((20_000 * targetMs) / timeOf(20_000))
  const values = Float64Array.from({ length }, (_, index) => index)
  return () => {
    values.sort()
  }
}
