import type { MessagePort } from 'node:worker_threads'
import type { Clock, JsonObject } from '@traceml/contracts'
import type { TelemetryClient } from '@traceml/transport'
import { CONTROL, LINK } from '../recorder/shared-layout.js'
import type { AgentCore } from './agent-core.js'
import type { AgentReply, AgentRequest } from './agent-messages.js'

const DRAIN_MS = 100
/**
 * How long the end of a short run waits for the first connection, from the start of the agent. A
 * refused one is known after a tenth of that, and the training does not wait for an idle agent.
 */
const CONNECT_PATIENCE_MS = 2_500
/** A final flush goes on in such slices while frames arrive, up to the total. */
const FLUSH_SLICE_MS = 400
const FINAL_FLUSH_MS = 4_500
const POLL_MS = 5

/** Options of {@link runAgentLoop}. */
export interface AgentLoopOptions {
  readonly port: MessagePort
  readonly control: Int32Array
  readonly client: TelemetryClient
  readonly clock: Clock
  readonly intervalMs: number
  /** Loads and makes the samplers. */
  readonly makeCore: () => Promise<AgentCore>
  /** True once the client has said that nobody answers. */
  readonly isUnreachable: () => boolean
  /** Called with what the training thread published; the next tick or drain reads it. */
  readonly onFact: (topic: string, fact: JsonObject) => void
  /** Called before the last tick. */
  readonly onLastRead: () => void
}

/** Ticks until a stop is asked for, then sends what is left and says so in shared memory. */
export async function runAgentLoop(options: AgentLoopOptions): Promise<void> {
  const { port, control, client, clock } = options
  const startedMs = clock.monotonicMs()
  const alarm = createAlarm()
  const bounds = createBounds()
  const flushes: Extract<AgentRequest, { type: 'flush' }>[] = []
  let stopping = false
  port.on('message', (request: AgentRequest) => {
    if (request.type === 'fact') {
      options.onFact(request.topic, request.fact)
      return
    }
    if (request.type === 'flush') flushes.push(request)
    else {
      stopping = true
      bounds.endAll()
    }
    alarm.ring()
  })
  const limit = (): Promise<void> => bounds.wait(options.intervalMs)
  const reportLink = createLinkReporter(options)

  reportLink()
  const core = await options.makeCore()
  await core.start(limit)
  let nextTickMs = clock.monotonicMs()
  const drainMs = Math.min(DRAIN_MS, options.intervalMs)
  while (!stopping) {
    const now = clock.monotonicMs()
    if (now >= nextTickMs) {
      await core.tick(limit)
      // Without drift; ticks that were missed are not made up for.
      nextTickMs = Math.max(nextTickMs + options.intervalMs, now + options.intervalMs / 2)
    } else await core.drain(limit)
    reportLink()
    for (const flush of flushes.splice(0)) await answerFlush(port, client, core, flush)
    if (!stopping)
      await alarm.wait(Math.min(drainMs, Math.max(0, nextTickMs - clock.monotonicMs())))
  }

  while (client.stats().connections === 0 && !options.isUnreachable()) {
    if (clock.monotonicMs() - startedMs > CONNECT_PATIENCE_MS) break
    await delay(POLL_MS)
  }
  reportLink()
  options.onLastRead()
  await core.finish(() => delay(FLUSH_SLICE_MS))
  Atomics.add(control, CONTROL.progress, 1)
  await finalFlush(options)
  Atomics.store(control, CONTROL.done, 1)
  Atomics.notify(control, CONTROL.done)
  await client.shutdown(0)
  port.close()
}

/** Delivers what is left, as long as it is getting somewhere; the training's exit is waiting. */
async function finalFlush({ client, control, clock }: AgentLoopOptions): Promise<void> {
  const end = clock.monotonicMs() + FINAL_FLUSH_MS
  let delivered = -1
  while (client.stats().connected && clock.monotonicMs() < end) {
    const { bufferedBatches, exportedBatches } = client.stats()
    if (bufferedBatches === 0 || exportedBatches === delivered) return
    delivered = exportedBatches
    await client.forceFlush(FLUSH_SLICE_MS)
    Atomics.add(control, CONTROL.progress, 1)
  }
}

/** Sends what there is, for {@link AgentRequest} `flush`, and answers. */
async function answerFlush(
  port: MessagePort,
  client: TelemetryClient,
  core: AgentCore,
  { id, timeoutMs }: Extract<AgentRequest, { type: 'flush' }>,
): Promise<void> {
  await core.drain(() => delay(timeoutMs))
  await client.forceFlush(timeoutMs)
  const { bufferedBatches } = client.stats()
  const reply: AgentReply = { type: 'flushed', id, delivered: bufferedBatches === 0 }
  port.postMessage(reply)
}

/** Keeps the word in shared memory that tells the training's exit whether waiting makes sense. */
function createLinkReporter({ client, control, isUnreachable }: AgentLoopOptions): () => void {
  return () => {
    const { connected, connections } = client.stats()
    const link = connected
      ? LINK.reached
      : isUnreachable() || connections > 0
        ? LINK.unreachable
        : LINK.connecting
    Atomics.store(control, CONTROL.link, link)
    if (link === LINK.unreachable) Atomics.notify(control, CONTROL.done)
  }
}

/** Bounds on the wait for slow samplers: they end by time, or all at once when a stop comes. */
function createBounds(): { wait(ms: number): Promise<void>; endAll(): void } {
  const open = new Set<() => void>()
  let ended = false
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        if (ended) {
          resolve()
          return
        }
        const end = (): void => {
          clearTimeout(timer)
          open.delete(end)
          resolve()
        }
        const timer = setTimeout(end, ms)
        timer.unref()
        open.add(end)
      }),
    endAll() {
      ended = true
      for (const end of [...open]) end()
    },
  }
}

/** A wait that ends early when somebody rings. */
function createAlarm(): { wait(ms: number): Promise<void>; ring(): void } {
  let wake: (() => void) | null = null
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      }),
    ring: () => wake?.(),
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}
