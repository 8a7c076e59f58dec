// Whole processes from outside: `--help`, the start of the runtime, and a run of one second.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { measureProcess } from './lib/process-stats.mjs'
import { median, report } from './lib/report.mjs'
import { measureStarts } from './lib/start-cost.mjs'

const BIN = fileURLToPath(new URL('../packages/traceml/dist/bin.js', import.meta.url))
const SCRIPT = fileURLToPath(new URL('./lib/one-second-training.mjs', import.meta.url))
const HELPS = 15
const RUNS = 5
const STARTS = 7

/** Runs A and B in turn, one of each as a warm-up. */
async function interleave(count, ours, bare) {
  const pairs = []
  for (let index = 0; index <= count; index += 1) {
    pairs.push({ ours: await ours(), bare: await bare() })
  }
  pairs.shift()
  const of = (read) => median(pairs.map(read))
  return {
    ours: of((pair) => pair.ours.wallMs),
    bare: of((pair) => pair.bare.wallMs),
    addedWall: of((pair) => pair.ours.wallMs - pair.bare.wallMs) / 1000,
    addedCpu: of((pair) => pair.ours.cpuMs - pair.bare.cpuMs) / 1000,
  }
}

const node = (args, options) => measureProcess(process.execPath, args, options)

const help = await interleave(
  HELPS,
  () => node([BIN, '--help']),
  () => node(['-e', '0']),
)
report({
  id: 'D9',
  quantity: 'traceml --help',
  unit: 'x bare',
  ours: help.ours / help.bare,
  limit: 1,
  aim: 1.15,
  note: `median of ${HELPS}: ${help.ours.toFixed(0)} ms, node -e 0: ${help.bare.toFixed(0)} ms`,
})

const closedPort = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => resolve(port))
  })
})
const starts = await measureStarts(STARTS, closedPort)
report({
  id: 'D8',
  quantity: 'startRuntime without an aggregator',
  unit: 'ms',
  ours: median(starts.map((start) => start.runtimeMs)),
  limit: median(starts.map((start) => start.workerMs)),
  aim: 50,
  note: `median of ${STARTS} processes; limit: new Worker of an empty module, until the call returns`,
})

const folder = mkdtempSync(join(tmpdir(), 'traceml-bench-'))
const run = await interleave(
  RUNS,
  () => node([BIN, 'run', '--logs-dir', folder, SCRIPT], { cwd: folder }),
  () => node([SCRIPT], { cwd: folder }),
)
rmSync(folder, { recursive: true })
report({
  id: 'D10',
  quantity: 'traceml run of a 1 s training with report: wall added',
  unit: 's',
  ours: run.addedWall,
  aim: 0.45,
  note: `median of ${RUNS} pairs; plain ${(run.bare / 1000).toFixed(2)} s`,
})
report({
  id: 'D10',
  quantity: 'the same: CPU added, all processes',
  unit: 's',
  ours: run.addedCpu,
  aim: 0.4,
  note: 'launcher, aggregator and training',
})
