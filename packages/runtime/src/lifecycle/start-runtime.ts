import { performance } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'
import { ENV, errorMessage } from '@traceml/contracts'
import type { RuntimeHandle } from '../active-runtime.js'
import { activeRuntime, setActiveRuntime } from '../active-runtime.js'
import type { LayerRecorder } from '../layers/layer-library.js'
import { createPhaseGuard } from '../phase-guard.js'
import type { SharedSizes } from '../recorder/shared-layout.js'
import {
  CONTROL,
  createSharedState,
  DEFAULT_OUTPUT_BYTES,
  DEFAULT_RING_BYTES,
  LINK,
} from '../recorder/shared-layout.js'
import { createStepRecorder } from '../recorder/step-recorder.js'
import { startAgentThread } from './agent-thread.js'
import { flushBeforeExit } from './exit-flush.js'
import { loadLayers } from './load-layers.js'
import { captureOutput } from './output-capture.js'
import { createOutputChannel } from './output-channel.js'
import type { RuntimeOptions } from './runtime-options.js'
import { OWNER_VARIABLE, ownerMark } from './runtime-options.js'
import { createSignalFlush } from './signal-flush.js'
import { printWarning, warnOnce } from './warn-once.js'

const SMALLEST_RING_BYTES = 16_384
const WAIT_SLICE_MS = 10

/**
 * Starts recording this process: returns within milliseconds, the connection is made in the
 * background. Fails open: what goes wrong costs one line on stderr and gives a runtime that does
 * nothing. A process has one runtime; while there is one, that one is returned. Worker threads of
 * the script get one that does nothing.
 */
export function startRuntime(options: RuntimeOptions): RuntimeHandle {
  const running = activeRuntime()
  if (running !== null) return running
  if (!isMainThread) return inactiveRuntime(options)
  try {
    const handle = start(options)
    setActiveRuntime(handle)
    return handle
  } catch (error) {
    printWarning(`Nothing is recorded: ${errorMessage(error)}`)
    return inactiveRuntime(options)
  }
}

function start(options: RuntimeOptions): RuntimeHandle {
  const sizes: SharedSizes = {
    ringBytes: powerOfTwo(options.ringBytes ?? DEFAULT_RING_BYTES),
    outputBytes: options.mode === 'summary' ? 0 : DEFAULT_OUTPUT_BYTES,
  }
  const shared = createSharedState(sizes)
  const { control } = shared
  // The children of this process see whose it is; the secret is not theirs.
  process.env[OWNER_VARIABLE] = ownerMark(process.env)
  delete process.env[ENV.token]
  const agent = startAgentThread({
    shared,
    sizes,
    options,
    onLost(reason) {
      recorder.close()
      warnOnce(control, `Recording ended early: ${reason}`)
    },
  })
  const flushNow = (): void => {
    flushBeforeExit({ control, requestStop: agent.requestStop })
  }
  const signals = createSignalFlush(flushNow)
  const recorder = createStepRecorder({
    shared,
    maxSteps: options.traceMaxSteps,
    onCommit: signals.onCommit,
    onFact: agent.publish,
  })
  const endCapture = sizes.outputBytes > 0 ? captureOutput(createOutputChannel(shared)) : null
  process.on('exit', flushNow)

  const phases = createPhaseGuard(recorder)
  const ready = loadLayers({ recorder, phases, options }).then((loaded) => {
    if (loaded !== null) handle.layers = loaded
  })
  let stopping: Promise<void> | null = null
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      recorder.close()
      signals.dispose()
      endCapture?.()
      process.removeListener('exit', flushNow)
      if (activeRuntime() === handle) setActiveRuntime(null)
      delete process.env[OWNER_VARIABLE]
      await agent.stop()
    })()
    return stopping
  }
  // A plain property, no getter: every step reads this object, and one with a getter is read slower.
  const handle: RuntimeHandle & { layers: LayerRecorder | null } = {
    apiVersion: 1,
    active: true,
    recorder,
    phases,
    options,
    layers: null,
    ready,
    flush: agent.flush,
    waitForAggregator: (timeoutMs) => waitForLink(control, timeoutMs),
    stop,
    [Symbol.asyncDispose]: stop,
  }
  return handle
}

function waitForLink(control: Int32Array, timeoutMs: number): boolean {
  const end = performance.now() + timeoutMs
  for (;;) {
    const link = Atomics.load(control, CONTROL.link)
    if (link === LINK.reached) return true
    if (link === LINK.unreachable || performance.now() >= end) return false
    Atomics.wait(control, CONTROL.done, 0, WAIT_SLICE_MS)
  }
}

/** A runtime that does nothing, for where none can or may run. */
function inactiveRuntime(options: RuntimeOptions): RuntimeHandle {
  const recorder = createStepRecorder({
    shared: createSharedState({ ringBytes: SMALLEST_RING_BYTES, outputBytes: 0 }),
  })
  recorder.close()
  const stop = (): Promise<void> => Promise.resolve()
  return {
    apiVersion: 1,
    active: false,
    recorder,
    phases: createPhaseGuard(recorder),
    options,
    layers: null,
    ready: Promise.resolve(),
    flush: () => Promise.resolve(false),
    waitForAggregator: () => false,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function powerOfTwo(bytes: number): number {
  return Math.max(SMALLEST_RING_BYTES, 2 ** Math.ceil(Math.log2(bytes)))
}
