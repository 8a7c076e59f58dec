import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { JsonObject } from '@traceml/contracts'
import type { AgentData, AgentReply, AgentRequest } from '../agent/agent-messages.js'
import type { OwnedSharedState, SharedSizes } from '../recorder/shared-layout.js'
import { CONTROL } from '../recorder/shared-layout.js'
import type { RuntimeOptions } from './runtime-options.js'

const STOP_MS = 2_000
const HEAP_MB = 192
const YOUNG_MB = 16

/** The agent as the training thread sees it. */
export interface AgentThread {
  /** Tells it to finish; returns at once. */
  requestStop(): void
  flush(timeoutMs: number): Promise<boolean>
  /** Hands a fact to the samplers; returns at once. */
  publish(topic: string, fact: JsonObject): void
  /** Asks it to finish and ends the thread, at most after two seconds. */
  stop(): Promise<void>
}

/** Options of {@link startAgentThread}. */
export interface AgentThreadOptions {
  readonly shared: OwnedSharedState
  readonly sizes: SharedSizes
  readonly options: RuntimeOptions
  /** Called when the thread died without being asked to. */
  readonly onLost: (reason: string) => void
}

/** Starts the agent thread. It does not keep the process alive. */
export function startAgentThread({
  shared,
  sizes,
  options,
  onLost,
}: AgentThreadOptions): AgentThread {
  const data: AgentData = {
    buffer: shared.buffer,
    sizes,
    options,
    timeOriginMs: performance.timeOrigin,
  }
  const worker = new Worker(agentEntry(), {
    name: 'traceml-agent',
    workerData: data,
    // Not the script's: its loaders and preloads are not for this thread.
    execArgv: [],
    env: environmentWithoutOptions(),
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: YOUNG_MB },
  })
  let nextFlush = 1
  let gone = false
  const waiting = new Map<number, (delivered: boolean) => void>()
  const leave = (reason: string): void => {
    if (gone) return
    gone = true
    for (const resolve of waiting.values()) resolve(false)
    waiting.clear()
    const asked = Atomics.load(shared.control, CONTROL.stop) === 1
    Atomics.store(shared.control, CONTROL.done, 1)
    if (!asked) onLost(reason)
  }
  worker.on('error', (error) => leave(error instanceof Error ? error.message : String(error)))
  worker.on('exit', (code) => leave(`the agent thread ended with code ${code}`))
  worker.on('message', (reply: AgentReply) => {
    waiting.get(reply.id)?.(reply.delivered)
    waiting.delete(reply.id)
  })
  // Last: a listener for messages that is added later would hold the process again.
  worker.unref()
  const send = (request: AgentRequest): void => worker.postMessage(request)

  return {
    publish(topic, fact) {
      if (!gone) send({ type: 'fact', topic, fact })
    },
    requestStop: () => send({ type: 'stop' }),
    flush: (timeoutMs) =>
      new Promise((resolve) => {
        if (gone) {
          resolve(false)
          return
        }
        const id = nextFlush++
        const timer = setTimeout(() => finish(false), timeoutMs)
        const finish = (delivered: boolean): void => {
          clearTimeout(timer)
          waiting.delete(id)
          resolve(delivered)
        }
        waiting.set(id, finish)
        send({ type: 'flush', id, timeoutMs })
      }),
    stop: () =>
      new Promise((resolve) => {
        if (gone) {
          resolve()
          return
        }
        Atomics.store(shared.control, CONTROL.stop, 1)
        // Both keep the process alive until the end, which the caller waits for.
        const timer = setTimeout(() => void worker.terminate(), STOP_MS)
        worker.ref()
        worker.once('exit', () => {
          clearTimeout(timer)
          resolve()
        })
        send({ type: 'stop' })
      }),
  }
}

/** The built entry. From source, which a thread cannot load on Node 20, it is the one in `dist`. */
function agentEntry(): string {
  const here = import.meta.url
  return fileURLToPath(
    here.endsWith('.ts')
      ? new URL('../../dist/agent-worker.js', here)
      : new URL('./agent-worker.js', here),
  )
}

function environmentWithoutOptions(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, ...rest } = process.env
  return rest
}
