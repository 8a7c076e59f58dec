import { setPriority } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { MessagePort } from 'node:worker_threads'
import type { Clock, SamplerContext, SamplerSpec } from '@traceml/contracts'
import { errorMessage } from '@traceml/contracts'
import { defaultSamplerRegistry, selectSamplers } from '@traceml/samplers'
import { createTelemetryClient } from '@traceml/transport'
import { createAgentCore, makeRunners } from './agent/agent-core.js'
import { runAgentLoop } from './agent/agent-loop.js'
import type { AgentData } from './agent/agent-messages.js'
import { createFactStore } from './agent/fact-store.js'
import { createFileLogger } from './agent/file-logger.js'
import { createHostGpus } from './agent/host-gpus.js'
import { loadSamplerModules } from './agent/load-sampler-modules.js'
import { createRateLimitedLog } from './agent/rate-limited-log.js'
import { measureStepCostNs } from './agent/step-cost.js'
import { createOutputReader } from './lifecycle/output-channel.js'
import { rankDirectory } from './lifecycle/runtime-options.js'
import { warnOnce } from './lifecycle/warn-once.js'
import { CONTROL, openSharedState } from './recorder/shared-layout.js'
import { createStepSource } from './recorder/step-source.js'

export type { AgentData, AgentReply, AgentRequest } from './agent/agent-messages.js'

const clock: Clock = {
  monotonicMs: () => performance.now(),
  wallSeconds: () => Date.now() / 1000,
}

/**
 * The agent: samples beside the training, drains its steps, sends. It composes the parts and runs
 * until the training asks it to stop through `port`. Nothing that fails here reaches the training.
 */
export async function runAgent(port: MessagePort, data: AgentData): Promise<void> {
  const { options } = data
  yieldToTraining()
  const shared = openSharedState(data.buffer, data.sizes)
  const directory = rankDirectory(options)
  const logger = createFileLogger(join(directory, 'traceml_errors.log'), () => new Date())
  const log = createRateLimitedLog(logger, clock)
  let unreachable = false
  const client = createTelemetryClient({
    host: options.host,
    port: options.port,
    sessionId: options.sessionId,
    token: options.token,
    identity: options.identity,
    logger,
    ...(options.maxBufferedBytes === undefined
      ? {}
      : { maxBufferedBytes: options.maxBufferedBytes }),
    onWarning(message) {
      unreachable = true
      warnOnce(shared.control, message.replace(/^traceml: /, ''))
    },
  })
  const steps = createStepSource({
    shared,
    // The training's clock against the wall now, so that a clock that was set is followed.
    wallOriginMs: () =>
      data.timeOriginMs + (Date.now() - performance.timeOrigin - performance.now()),
  })
  const facts = createFactStore()
  const output = shared.output.length > 0 ? createOutputReader(shared) : null
  const context: SamplerContext = {
    identity: options.identity,
    clock,
    logger,
    profile: options.profile,
    mode: options.mode,
    intervalSeconds: options.intervalSeconds,
    steps: null,
    facts,
    gpu: createHostGpus({
      modules: options.gpuModules,
      onBad: (module, reason) =>
        log(`gpu:${module}`, `GPUs are not read through ${module}`, { reason }),
    }),
    output,
    rankDirectory: directory,
  }
  const makeCore = async () => {
    const specs = selectSamplers(await allSpecs(), options)
    const { made, lost } = makeRunners(specs, { context, steps, log })
    return createAgentCore({
      runners: made,
      steps,
      facts,
      exporter: client,
      identity: options.identity,
      clock,
      limitReached: () => Atomics.load(shared.control, CONTROL.limitReached) === 1,
      lost,
      stepCostNs: measureStepCostNs,
    })
  }
  const allSpecs = async (): Promise<readonly SamplerSpec[]> => {
    const registry = defaultSamplerRegistry()
    const custom = await loadSamplerModules(options.samplerModules, badModule)
    for (const spec of custom) {
      if (registry.has(spec.key)) badModule(spec.key, 'another sampler has this key')
      else registry.add(spec.key, spec)
    }
    return registry.list()
  }
  const badModule = (module: string, reason: string): void => {
    log(`module:${module}`, `The sampler module ${module} is left out`, { reason })
    warnOnce(shared.control, `The sampler module ${module} is left out: ${reason}`)
  }
  try {
    await runAgentLoop({
      port,
      control: shared.control,
      client,
      clock,
      intervalMs: options.intervalSeconds * 1000,
      makeCore,
      isUnreachable: () => unreachable,
      onFact: facts.add,
      onLastRead: () => output?.finish(),
    })
  } catch (error) {
    logger.error('The agent thread failed', { error: errorMessage(error) })
    warnOnce(shared.control, `Recording ended early: ${errorMessage(error)}`)
  } finally {
    // Whatever happened, the end of the training must not wait for this thread.
    Atomics.store(shared.control, CONTROL.done, 1)
    Atomics.notify(shared.control, CONTROL.done)
  }
}

const AGENT_NICENESS = 5

/**
 * Where cores are scarce the training goes first. Linux has a priority per thread; elsewhere it
 * would be the whole process's, so there it is left alone.
 */
function yieldToTraining(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(0, AGENT_NICENESS)
  } catch {
    // Not permitted: the thread runs as it is.
  }
}
