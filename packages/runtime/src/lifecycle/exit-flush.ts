import { performance } from 'node:perf_hooks'
import { CONTROL, LINK } from '../recorder/shared-layout.js'

/** Without progress the wait ends after this time, with progress after the longer one. */
const IDLE_MS = 1_000
const TOTAL_MS = 5_000
const SLICE_MS = 25
/**
 * Processor time of the process that is progress, too: the agent gets somewhere, but on a machine
 * with much other work. Its waiting alone needs less in a second.
 */
const WORKING_CPU_MS = 30

/** Options of {@link flushBeforeExit}. */
export interface ExitFlushOptions {
  readonly control: Int32Array
  /** Tells the agent thread to finish. */
  readonly requestStop: () => void
}

/**
 * Blocks the training thread until the agent has sent everything: the last thing a process does.
 * It waits for a second at most, and longer, up to five, only while telemetry is still getting
 * through or the agent is at work. A script that ends before the agent has a connection waits for that, too; where the
 * aggregator cannot be reached it returns at once.
 * @returns False when something may be lost.
 */
export function flushBeforeExit({ control, requestStop }: ExitFlushOptions): boolean {
  if (Atomics.load(control, CONTROL.done) === 1) return true
  Atomics.store(control, CONTROL.stop, 1)
  requestStop()
  const start = performance.now()
  let progress = Atomics.load(control, CONTROL.progress)
  let progressMs = start
  let progressCpuMs = cpuMs()
  for (;;) {
    if (Atomics.load(control, CONTROL.done) === 1) return true
    if (Atomics.load(control, CONTROL.link) === LINK.unreachable) return false
    const now = performance.now()
    const seen = Atomics.load(control, CONTROL.progress)
    const usedMs = cpuMs()
    if (seen !== progress || usedMs - progressCpuMs > WORKING_CPU_MS) {
      progress = seen
      progressMs = now
      progressCpuMs = usedMs
    }
    const left = Math.min(progressMs + IDLE_MS, start + TOTAL_MS) - now
    if (left <= 0) return false
    Atomics.wait(control, CONTROL.done, 0, Math.min(left, SLICE_MS))
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
