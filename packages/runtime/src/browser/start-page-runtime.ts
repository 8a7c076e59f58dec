import type { JsonObject, SamplerSpec } from '@traceml/contracts'
import { errorMessage } from '@traceml/contracts'
import { createWebSocketClient } from '@traceml/transport/browser'
import type { TrainingRuntime } from '../active-runtime.js'
import { recordingRuntime, setActiveRuntime, setInitState } from '../active-runtime.js'
import { createPhaseGuard } from '../phase-guard.js'
import { createLocalState, DEFAULT_RING_BYTES } from '../recorder/shared-layout.js'
import { createStepRecorder } from '../recorder/step-recorder.js'
import type { PageAgent } from './page-agent.js'
import { startPageAgent } from './page-agent.js'
import { createConditionTeller } from './page-condition.js'
import { pageIdentity } from './page-identity.js'
import { warnInConsole } from './warn-in-console.js'
import { watchPage } from './watch-page.js'

const STOP_MS = 2_000
/** A page has less memory than a process; what does not fit is given up and counted. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024

/** What the runtime of a page needs to know. */
export interface PageRuntimeOptions {
  /** Whole address of the server: with the token, and with the name of this run. */
  readonly address: string
  readonly intervalSeconds: number
  /** The last step that is recorded; null for all. */
  readonly traceMaxSteps: number | null
  readonly samplers: readonly SamplerSpec[]
}

/**
 * Starts recording this page or worker: returns at once, the connection is made in the background.
 * What goes wrong costs a line in the console and never the training.
 * @returns False when nothing is recorded.
 */
export function startPageRuntime(options: PageRuntimeOptions): boolean {
  if (recordingRuntime() !== null) return true
  try {
    setActiveRuntime(start(options))
    return true
  } catch (error) {
    warnInConsole(`Nothing is recorded: ${errorMessage(error)}`)
    return false
  }
}

function start(options: PageRuntimeOptions): TrainingRuntime {
  const identity = pageIdentity()
  const shared = createLocalState({ ringBytes: DEFAULT_RING_BYTES, outputBytes: 0 })
  const client = createWebSocketClient({
    url: options.address,
    identity,
    maxBufferedBytes: MAX_BUFFERED_BYTES,
    onWarning: (message) => warnInConsole(message.replace(/^traceml: /, '')),
  })
  const tellCondition = createConditionTeller(identity.globalRank, (message) =>
    client.export([message]),
  )
  // The agent reads what the recorder writes, and hears of steps and facts from it.
  let agent: PageAgent | null = null
  const recorder = createStepRecorder({
    shared,
    maxSteps: options.traceMaxSteps,
    onCommit: (endMs) => agent?.onCommit(endMs),
    onFact(topic, fact) {
      agent?.publish(topic, copyOf(fact))
      tellCondition(topic, fact)
    },
  })
  const running = startPageAgent({
    shared,
    client,
    identity,
    intervalSeconds: options.intervalSeconds,
    specs: options.samplers,
    warn: warnInConsole,
    onFailure(reason) {
      recorder.close()
      warnInConsole(`Recording ended early: ${reason}`)
    },
  })
  agent = running

  let stopping: Promise<void> | null = null
  const end = (atOnce: boolean): Promise<void> => {
    stopping ??= (async () => {
      unwatch()
      if (recordingRuntime() === handle) {
        setActiveRuntime(null)
        setInitState(null)
      }
      await running.finish(STOP_MS, atOnce)
      recorder.close()
    })()
    return stopping
  }
  const stop = (): Promise<void> => end(false)
  const unwatch = watchPage(recorder, { onHide: running.drain, onLeave: () => void end(true) })
  const handle: TrainingRuntime = {
    apiVersion: 1,
    active: true,
    recorder,
    phases: createPhaseGuard(recorder),
    layers: null,
    ready: Promise.resolve(),
    flush: running.flush,
    stop,
    [Symbol.asyncDispose]: stop,
  }
  return handle
}

/** Facts are copied, here as on the way to another thread. */
function copyOf(fact: JsonObject): JsonObject {
  return structuredClone(fact)
}
