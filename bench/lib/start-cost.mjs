// How long the call that starts the runtime blocks its caller, in fresh processes.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { resolveRuntimeOptions, startRuntime } from '@traceml/runtime'

const SELF = fileURLToPath(import.meta.url)

/**
 * Starts fresh processes, each of which starts a runtime that nobody answers.
 *
 * @param {number} count @param {number} port - Where nobody listens.
 * @returns {readonly { runtimeMs: number, workerMs: number }[]}
 */
export function measureStarts(count, port) {
  return Array.from({ length: count }, () => {
    const logsDir = mkdtempSync(join(tmpdir(), 'traceml-bench-'))
    const args = [SELF, String(port), logsDir]
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    // Here, not in the process: its agent writes there until the very end.
    rmSync(logsDir, { recursive: true })
    if (status !== 0) throw new Error(`a start ended with ${status}: ${stderr}`)
    return JSON.parse(stdout)
  })
}

function measure(port, logsDir) {
  const options = resolveRuntimeOptions({ port, logsDir }, process.env)
  const start = performance.now()
  const runtime = startRuntime(options)
  const runtimeMs = performance.now() - start
  if (!runtime.active) throw new Error('no runtime')
  const begin = performance.now()
  const worker = new Worker('', { eval: true })
  const workerMs = performance.now() - begin
  worker.unref()
  process.stdout.write(JSON.stringify({ runtimeMs, workerMs }))
  process.exit(0)
}

if (process.argv[1] === SELF) measure(Number(process.argv[2]), process.argv[3])
