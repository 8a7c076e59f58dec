// Makes one report in a process of its own and says how long the call took and how much memory the
// process needed: `file PATH` from a finished history, `memory PATH RANKS STEPS` at the end of a run
// that this process has written.
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { generateSummary } from '@traceml/reporting'
import { openHistory, openStore } from '@traceml/storage/better-sqlite3'
import { gpuPayloads } from './gpu-frames.mjs'
import { memoryMiB } from './process-stats.mjs'

const FLUSH_ROWS = 2000
const WINDOW_ROWS = 10_000

/** Writes a history into a file. Returns its writer, which is closed but knows the columns. */
export function writeHistory(path, ranks, steps) {
  const history = openHistory({ path })
  for (const payload of gpuPayloads(ranks, steps)) {
    history.ingestFrame(payload, BigInt(Date.now()) * 1_000_000n)
    if (history.pendingRows >= FLUSH_ROWS) history.flush()
  }
  const result = history.finalize()
  if (!result.ok) throw new Error(`finalize failed: ${result.error}`)
  return history
}

async function generate(open) {
  const beforeMiB = memoryMiB(process.pid, 'VmRSS')
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  const store = open()
  const summary = await generateSummary({
    store,
    windowRows: WINDOW_ROWS,
    runName: 'bench',
    now: new Date(),
  })
  const ms = performance.now() - start
  const { user, system } = process.cpuUsage(cpuBefore)
  await store.close()
  const { step_time: stepTime } = summary
  if (stepTime.diagnosis.kind === 'NO_DATA') throw new Error(stepTime.diagnosis.summary)
  return {
    ms,
    cpuMs: (user + system) / 1000,
    beforeMiB,
    peakMiB: memoryMiB(process.pid, 'VmHWM'),
    jsonBytes: JSON.stringify(summary).length,
    steps: stepTime.global.window.steps_analyzed,
    status: stepTime.diagnosis.status,
  }
}

/** What the writer knows, as the aggregator hands it to its reports. */
function memoryOf(history) {
  return {
    stepTime: (request) => history.stepTimeSnapshot(request),
    stepMemory: (request) => history.stepMemorySnapshot(request),
  }
}

const [mode, path, ranks, steps] = process.argv.slice(2)
if (mode === 'file') {
  process.stdout.write(JSON.stringify(await generate(() => openStore(path))))
} else if (mode === 'memory') {
  const history = writeHistory(path, Number(ranks), Number(steps))
  const open = () => openStore(path, { memory: memoryOf(history) })
  process.stdout.write(JSON.stringify(await generate(open)))
}
