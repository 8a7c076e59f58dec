import {
  type Clock,
  DEFAULTS,
  type Logger,
  noopLogger,
  type TelemetryHealth,
} from '@traceml/contracts'
import type { TelemetryServer } from '@traceml/transport'
import { historyBudgetSeconds } from './finalize/budget.js'
import { finalizeRun } from './finalize/finalize-run.js'
import { settle } from './finalize/settle.js'
import type {
  FrameBatch,
  HistoryCommit,
  HistoryEvents,
  HistoryFacts,
  HistoryPort,
} from './history/history-port.js'
import { createNoHistory } from './history/no-history.js'
import { openHistoryPort } from './history/open-port.js'
import { liveEnd } from './live/live-end.js'
import { createLiveService } from './live/live-service.js'
import type {
  AggregatorHandle,
  AggregatorOptions,
  FinalizeOptions,
  FinalizeResult,
} from './options.js'
import { createProgressTracker } from './progress.js'
import { createReceiver } from './receiver.js'
import { readHealth, readLiveFacts, readProgress, settleView } from './run-state.js'
import { prepareSessionFolder, sessionFiles } from './session-files.js'
import { createReports } from './summary/reports.js'
import { createSummaryService } from './summary/summary-service.js'
import type { WebSocketDoor } from './websocket/door.js'

/** Longest wait for the writer outside of `finalize`, in milliseconds. */
const FLUSH_MS = 5000

const SYSTEM_CLOCK: Clock = {
  monotonicMs: () => performance.now(),
  wallSeconds: () => Date.now() / 1000,
}

/**
 * Starts to receive the telemetry of one run and to store it in its session folder.
 *
 * A history that cannot be written never stops the receiving: what is lost is counted and told.
 * What an earlier run left in the folder is moved to `previous-<n>/`.
 *
 * @throws {TraceMLError} TRACEML_TRANSPORT_LISTEN when the port cannot be opened,
 * TRACEML_CONFIG_INVALID for a bind beyond loopback without token or permission.
 */
export async function startAggregator(options: AggregatorOptions): Promise<AggregatorHandle> {
  const logger = options.logger ?? noopLogger
  const clock = options.clock ?? SYSTEM_CLOCK
  const { expectedWorldSize: worldSize } = options
  const windowRows = options.windowRows ?? DEFAULTS.summaryWindowRows
  const historyEnabled = options.historyEnabled ?? true
  const files = sessionFiles(options.sessionDirectory)
  const tracker = createProgressTracker()
  const startedMs = clock.monotonicMs()

  /** Received while the history was being opened. */
  const early: FrameBatch[] = []
  let take = (batch: FrameBatch): void => void early.push(batch)
  const receiver = createReceiver(options, worldSize === undefined ? 1 : worldSize, logger, {
    take: (batch) => take(batch),
    monotonicMs: () => clock.monotonicMs(),
  })
  const { server } = receiver
  // The port first: a second aggregator on it must not touch the files of the first.
  await server.start()
  const door = await openDoor(options, server, logger)
  if (historyEnabled) prepareSessionFolder(files, logger)
  const onCommit = (commit: HistoryCommit): void => {
    server.release(commit.bytes)
    receiver.acknowledge(commit.marks)
    if (commit.progress !== null) tracker.update(commit.progress, clock.monotonicMs())
  }
  const live =
    options.live === undefined
      ? null
      : createLiveService({
          engine: options.live.engine,
          intervalS: options.live.intervalSeconds,
          clock,
          facts: () => readLiveFacts(receiver, history.stats()),
          logger,
        })
  const events: HistoryEvents = { onCommit, onRows: live === null ? null : live.add }
  const settings = { path: files.database, windowRows, facts: factsOf(options, clock) }
  const history: HistoryPort = historyEnabled
    ? await openHistoryPort(settings, options.inline ?? false, logger, events)
    : await createNoHistory(events)
  take = (batch) => history.take(batch)
  for (const batch of early.splice(0)) take(batch)
  const source = live?.prime() === true ? live : null

  const flush = async (timeoutMs: number): Promise<void> => {
    receiver.seal()
    await history.flush(timeoutMs)
  }
  const stopReceiving = async (timeoutMs: number): Promise<void> => {
    await flush(timeoutMs)
    await server.stop()
    await door?.stop()
    receiver.seal()
  }
  const health = (ended: boolean): TelemetryHealth =>
    readHealth({ receiver, tracker, history: history.stats(), clock, ended })
  const reports = createReports({
    files,
    windowRows,
    historyEnabled,
    generateSummary: options.generateSummary,
    flush: () => flush(FLUSH_MS),
    openStore: () => history.openStore(),
    health: () => health(false),
  })
  const service = createSummaryService({
    requestPath: files.request,
    responsePath: files.response,
    make: () => reports.makeOnDemand(),
    wallSeconds: () => clock.wallSeconds(),
    logger,
  })
  service.start()

  const finalize = async (request: FinalizeOptions): Promise<FinalizeResult> => {
    const totalMs = Math.max(0, request.deadlineMs)
    live?.setStatus('finalizing')
    const deadline = performance.now() + totalMs
    const keptMs = historyBudgetSeconds(totalMs / 1000) * 1000
    const left = (): number => Math.max(keptMs, deadline - performance.now())
    const result = await finalizeRun({
      settle: () => settle(settleView(receiver, request.trainingEnded), deadline - keptMs),
      stopReceiving: () => stopReceiving(left()),
      closeHistory: () => history.finalize(left()),
      generate: reports.possible ? (health) => reports.makeFinal(health) : null,
      health: () => health(true),
      historyStats: () => history.stats(),
      wallSeconds: () => clock.wallSeconds(),
      files,
      logger,
    })
    live?.setStatus('ended', liveEnd(request, result, files, clock))
    await service.stop()
    // Nothing reads the history any more: its thread and memory need not wait for `stop`.
    void history.stop().catch(() => {})
    return result
  }

  let finalizing: Promise<FinalizeResult> | null = null
  let stopping: Promise<void> | null = null
  const stop = async (): Promise<void> => {
    await finalizing?.catch(() => {})
    live?.stop()
    await stopReceiving(FLUSH_MS)
    await service.stop()
    await history.stop()
  }

  const handle: AggregatorHandle = {
    host: server.host,
    port: server.port,
    webSocket: door,
    progress: () =>
      readProgress(receiver, history.stats(), tracker, {
        startedMs,
        nowMs: clock.monotonicMs(),
      }),
    live: source,
    stats: () => ({ server: server.stats(), history: history.stats() }),
    finalize(request) {
      finalizing ??= finalize(request)
      return finalizing
    },
    stop() {
      stopping ??= stop()
      return stopping
    },
    [Symbol.asyncDispose]: () => handle.stop(),
  }
  return handle
}

/** Only who asks for it loads the library. A port that is taken leaves nothing open. */
async function openDoor(
  { webSocket }: AggregatorOptions,
  server: TelemetryServer,
  logger: Logger,
): Promise<WebSocketDoor | null> {
  if (webSocket === undefined) return null
  try {
    const { openWebSocketDoor } = await import('./websocket/door.js')
    return await openWebSocketDoor({ host: server.host, ...webSocket }, server, logger)
  } catch (error) {
    await server.stop()
    throw error
  }
}

function factsOf(options: AggregatorOptions, clock: Clock): HistoryFacts {
  const { productVersion, sessionId } = options
  const facts = { sessionId, startedAt: clock.wallSeconds() }
  return productVersion === undefined ? facts : { ...facts, productVersion }
}
