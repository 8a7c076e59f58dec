import { freemem } from 'node:os'
import process from 'node:process'
import { createGarbageWatch } from './garbage-watch.js'
import type { HostSignals } from './host-signals.js'
import { createLoopWatch } from './loop-watch.js'

/** Node as the host of a training. To be made on the training thread; costs a timer and samples. */
export function createNodeHost(): HostSignals {
  const loop = createLoopWatch({ waiting, isThrottled: () => false })
  const garbage = createGarbageWatch()
  return {
    host: 'node',
    root: workingFolder(),
    availableBytes,
    sample(nowMs, step, publish) {
      const block = loop.read(nowMs, step)
      if (block !== null) publish(block)
      const collected = garbage.sample(nowMs, step)
      if (collected !== null) publish(collected)
    },
    close() {
      loop.close()
      garbage.close()
    },
  }
}

/** What waits for the loop, of all that Node counts; output to a terminal is not among it. */
const WAITERS: ReadonlySet<string> = new Set([
  'Timeout',
  'TCPServerWrap',
  'TCPSocketWrap',
  'PipeServerWrap',
  'UDPWrap',
  'HTTPINCOMINGMESSAGE',
])

function waiting(): readonly string[] {
  return process.getActiveResourcesInfo().filter((name) => WAITERS.has(name))
}

function availableBytes(): number | null {
  try {
    // From Node 20.13 on: minds the limit of a container.
    return process.availableMemory?.() ?? freemem()
  } catch {
    return null
  }
}

function workingFolder(): string {
  try {
    return `${process.cwd()}/`
  } catch {
    return ''
  }
}
