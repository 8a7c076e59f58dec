import type {
  Clock,
  DeviceTimeEnd,
  JsonObject,
  RuntimeIdentity,
  SamplerContext,
  SamplerSpec,
} from '@traceml/contracts'
import { DEVICE_TIME_TOPIC, errorMessage, noopLogger } from '@traceml/contracts'
import { deviceStepTimeSpec } from '@traceml/samplers/browser'
import type { TelemetryClient } from '@traceml/transport/browser'
import { createAgentCore, makeRunners } from '../agent/agent-core.js'
import { createFactStore } from '../agent/fact-store.js'
import { createRateLimitedLog } from '../agent/rate-limited-log.js'
import type { SharedState } from '../recorder/shared-layout.js'
import { CONTROL } from '../recorder/shared-layout.js'
import { createStepSource } from '../recorder/step-source.js'

/** Between two hand-overs of the steps. */
const DRAIN_MS = 250
/** The end waits this long for the times of the last steps on the GPU's clock, and looks so often. */
const DEVICE_WAIT_MS = 1_000
const POLL_MS = 25

/** What samples and sends, in the turns that the training's own thread leaves. */
export interface PageAgent {
  /** To be called after each step: a loop that never lets timers run is served here. */
  onCommit(nowMs: number): void
  publish(topic: string, fact: JsonObject): void
  /** Everything recorded so far arrives, at most within `timeoutMs`; false when it did not. */
  flush(timeoutMs: number): Promise<boolean>
  /** Sends what is there, as far as this turn allows. */
  drain(): void
  /**
   * The last samples and `rank_finished`; then everything arrives, or `timeoutMs` is over.
   * @param atOnce - This turn is the last: what the GPU has not told yet is not waited for.
   */
  finish(timeoutMs: number, atOnce: boolean): Promise<void>
}

/** Options of {@link startPageAgent}. */
export interface PageAgentOptions {
  readonly shared: SharedState
  readonly client: TelemetryClient
  readonly identity: RuntimeIdentity
  readonly intervalSeconds: number
  readonly specs: readonly SamplerSpec[]
  /** Told of samplers that fail, at most once a minute of each kind. */
  readonly warn: (message: string) => void
  /** Told once when nothing more can be sampled or sent. */
  readonly onFailure: (reason: string) => void
}

const clock: Clock = {
  monotonicMs: () => performance.now(),
  wallSeconds: () => Date.now() / 1000,
}

/**
 * Starts the agent of a page: the same core as the agent thread of a process, run by a timer and,
 * where a loop only awaits promises, by the steps themselves. Nothing that fails here reaches the
 * training.
 */
export function startPageAgent(options: PageAgentOptions): PageAgent {
  const { client } = options
  const intervalMs = options.intervalSeconds * 1000
  const facts = createFactStore()
  const core = makeCore(options, facts)
  /** One thing at a time, in the order asked for. */
  let queue: Promise<void> = Promise.resolve()
  let isBusy = false
  let isOver = false
  let nextTickMs = 0
  let nextDrainMs = 0

  const fail = (error: unknown): void => {
    if (!isOver) options.onFailure(errorMessage(error))
    isOver = true
    clearInterval(timer)
  }
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    isBusy = true
    const mine = queue
      .then(work)
      .catch(fail)
      .finally(() => {
        if (queue === mine) isBusy = false
      })
    queue = mine
    return mine
  }
  const limit = (): Promise<void> => delay(intervalMs)
  const advance = async (): Promise<void> => {
    const now = performance.now()
    nextDrainMs = now + DRAIN_MS
    if (now < nextTickMs) {
      await core.drain(limit)
      return
    }
    // Ticks that were missed are not made up for.
    nextTickMs = Math.max(nextTickMs + intervalMs, now + intervalMs / 2)
    await core.tick(limit)
  }
  const turn = (): void => {
    if (!isBusy && !isOver) void inTurn(advance)
  }
  const timer = setInterval(turn, Math.min(DRAIN_MS, intervalMs))
  void inTurn(() => core.start(limit))

  return {
    onCommit(nowMs) {
      if (nowMs >= nextDrainMs) turn()
    },
    publish: facts.add,
    async flush(timeoutMs) {
      await inTurn(() => core.drain(() => delay(timeoutMs)))
      await client.forceFlush(timeoutMs)
      return client.stats().bufferedBatches === 0
    },
    drain() {
      if (!isOver) void inTurn(() => core.drain(limit))
    },
    async finish(timeoutMs, atOnce) {
      if (isOver) return
      isOver = true
      clearInterval(timer)
      const end = performance.now() + Math.min(timeoutMs, DEVICE_WAIT_MS)
      await inTurn(() => core.drain(limit))
      while (!atOnce && core.hasPending(deviceStepTimeSpec.key) && performance.now() < end) {
        await delay(POLL_MS)
        await inTurn(() => core.drain(limit))
      }
      const noMore: DeviceTimeEnd = { kind: 'end' }
      facts.add(DEVICE_TIME_TOPIC, noMore)
      await inTurn(() => core.finish(() => delay(timeoutMs)))
      await client.shutdown(timeoutMs)
    },
  }
}

function makeCore(
  options: PageAgentOptions,
  facts: ReturnType<typeof createFactStore>,
): ReturnType<typeof createAgentCore> {
  const { shared, identity } = options
  const log = createRateLimitedLog(
    { ...noopLogger, warn: (message, fields) => options.warn(withReason(message, fields)) },
    clock,
  )
  const steps = createStepSource({
    shared,
    // The page's clock against the wall now, so that a clock that was set is followed.
    wallOriginMs: () => Date.now() - performance.now(),
  })
  const context: SamplerContext = {
    identity,
    clock,
    logger: noopLogger,
    profile: 'run',
    mode: 'summary',
    intervalSeconds: options.intervalSeconds,
    steps: null,
    facts,
    gpu: null,
    rankDirectory: null,
  }
  const { made, lost } = makeRunners(options.specs, { context, steps, log })
  return createAgentCore({
    runners: made,
    steps,
    facts,
    exporter: options.client,
    identity,
    clock,
    limitReached: () => shared.control[CONTROL.limitReached] === 1,
    lost,
  })
}

function withReason(message: string, fields: Record<string, unknown> = {}): string {
  const reason = fields['error']
  return reason === undefined ? message : `${message} (${String(reason)})`
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
