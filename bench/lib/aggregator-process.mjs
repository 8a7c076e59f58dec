// A real aggregator for benchmarks: `traceml serve` as a process of its own, and a reader of what
// it has committed.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { memoryMiB } from './process-stats.mjs'

const BIN = fileURLToPath(new URL('../../packages/traceml/dist/bin.js', import.meta.url))
const RUN = 'bench'
const PEAK_POLL_MS = 50

/**
 * Starts an aggregator that expects `ranks` ranks.
 *
 * @param {number} ranks
 */
export async function startAggregatorProcess(ranks) {
  const logsDir = mkdtempSync(join(tmpdir(), 'traceml-bench-'))
  const args = ['serve', '--aggregator-port', '0', '--logs-dir', logsDir, '--run-name', RUN]
  const child = spawn(process.execPath, [BIN, ...args, '--nproc-per-node', String(ranks)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  const port = await new Promise((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      errors += chunk
      const found = /listening on [^\s]+:(\d+)/.exec(errors)
      if (found) resolve(Number(found[1]))
    })
    child.once('exit', (code) => reject(new Error(`traceml serve ended with ${code}: ${errors}`)))
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const databasePath = join(logsDir, RUN, 'aggregator', 'telemetry')
  const { database, sequence } = await openWhenThere(databasePath)

  return {
    port,
    pid: child.pid,
    databasePath,
    /** Rows of a table that a second connection can see, those that retention deleted included. */
    durableRows: (table = 'step_time_samples') => sequence.get(table) ?? 0,
    /**
     * Asks for the report with SIGTERM and waits for the end.
     * @returns {Promise<{ ms: number, peakMiB: number }>}
     */
    async finish() {
      database.close()
      let peakMiB = memoryMiB(child.pid, 'VmHWM')
      const timer = setInterval(() => {
        // Gone between two polls: the last reading counts.
        try {
          peakMiB = memoryMiB(child.pid, 'VmHWM') || peakMiB
        } catch {}
      }, PEAK_POLL_MS)
      const start = performance.now()
      child.kill('SIGTERM')
      const code = await exited
      const ms = performance.now() - start
      clearInterval(timer)
      rmSync(logsDir, { recursive: true })
      if (code !== 0) throw new Error(`traceml serve ended with ${code}: ${errors}`)
      return { ms, peakMiB }
    },
  }
}

async function openWhenThere(path) {
  const end = performance.now() + 10_000
  for (;;) {
    let database
    try {
      database = new Database(path, { readonly: true, fileMustExist: true })
      // Throws as long as the writer has not made its tables.
      const sequence = database.prepare('select seq from sqlite_sequence where name = ?').pluck()
      return { database, sequence }
    } catch (error) {
      database?.close()
      if (performance.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}
