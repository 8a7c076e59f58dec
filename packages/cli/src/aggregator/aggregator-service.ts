import { errorMessage, type Logger } from '@traceml/contracts'
import { type RunningDashboard, startDashboard } from '../dashboard/start-dashboard.js'
import { oneLine } from '../output/failure.js'
import { readVersion } from '../version.js'
import { closeSession, lastStatus } from './close-session.js'
import type {
  AggregatorMessage,
  AggregatorOptions,
  FinalizedReport,
  FinalizeMessage,
  LauncherMessage,
  TerminalMessage,
} from './ipc.js'
import { createSummaryMaker, loadSummaryParts } from './make-summary.js'
import { createRunLive, outcomeOf } from './run-live.js'
import { createWarningLogger } from './warning-logger.js'

/** The aggregator's end of the channel to its launcher. */
export interface LauncherChannel {
  /** Dropped when the launcher is gone. Resolves when the message is on its way. */
  send(message: AggregatorMessage): Promise<void>
  onMessage(listener: (message: LauncherMessage) => void): void
  /** Called when the launcher is gone or has let go. Several listeners may be added. */
  onDisconnect(listener: () => void): void
  /** Gives the launcher's terminal back. Must not throw. */
  restoreTerminal(terminal: TerminalMessage): void
}

/**
 * Runs an aggregator for one launcher: starts when told to, reports progress, writes the summary
 * when asked or when the launcher is gone. Resolves when the process can end.
 */
export async function runAggregatorService(channel: LauncherChannel): Promise<void> {
  const requests = watchRequests(channel)
  restoreTerminalOfLostLauncher(channel)
  let isAlone = false
  channel.onDisconnect(() => {
    isAlone = true
  })
  const options = await requests.start
  if (options === null) return
  const logger = createWarningLogger((message) => {
    void channel.send({ type: 'warning', message: oneLine(message) })
  })
  const maker = createSummaryMaker({ ...options, logger })
  const aggregator = await startOrTell(channel, options, maker, logger)
  if (aggregator === null) return
  if (options.historyEnabled) void loadSummaryParts().catch(() => {})
  const timer =
    options.progressIntervalMs === null
      ? null
      : setInterval(() => {
          void channel.send({ type: 'progress', progress: aggregator.progress() })
        }, options.progressIntervalMs)
  const endLive = sendLive(channel, aggregator, options.liveIntervalMs)
  const dashboard = serveLive(channel, aggregator, options, logger)
  const requested = await requests.finalize
  if (requested === null) await waitForRanks(aggregator, options.expectedWorldSize ?? 1)
  const deadlineMs = requested?.deadlineMs ?? options.finalizeTimeoutMs
  maker.setStatus(requested?.status ?? lastStatus(options.sessionDirectory))
  if (timer !== null) clearInterval(timer)
  let problem: string | null = null
  try {
    // Also when the launcher is gone: it has started all ranks that there will ever be.
    const result = await aggregator.finalize({
      deadlineMs,
      trainingEnded: true,
      outcome: outcomeOf(requested?.status),
      exitCode: requested?.exitCode ?? null,
    })
    problem = result.error
    for (const warning of result.warnings) logger.warn(warning)
  } catch (error) {
    problem = oneLine(errorMessage(error))
  }
  endLive()
  if (isAlone) closeSession(options.sessionDirectory)
  await channel.send({ type: 'finalized', report: finalReport(maker.last(), problem) })
  await (await dashboard)?.stop()
  await aggregator.stop()
}

/** Serves the dashboard, if one is wanted, and tells where. Never rejects; nobody waits for it. */
async function serveLive(
  channel: LauncherChannel,
  { live }: Aggregator,
  { dashboard: wanted, sessionDirectory }: AggregatorOptions,
  logger: Logger,
): Promise<RunningDashboard | null> {
  if (wanted === null || live === null) return null
  const dashboard = await startDashboard({
    ...wanted,
    source: live,
    sessionPath: sessionDirectory,
    logger,
  })
  if (dashboard !== null) {
    void channel.send({ type: 'dashboard', url: dashboard.url, lines: dashboard.lines })
  }
  return dashboard
}

/** Sends the launcher what its terminal shows; returns what ends it. */
function sendLive(
  channel: LauncherChannel,
  aggregator: Aggregator,
  intervalMs: number | null,
): () => void {
  const { live } = aggregator
  if (live === null || intervalMs === null) return () => {}
  let isOnTheWay = false
  const timer = setInterval(() => {
    // A launcher whose terminal stands still (Ctrl-S) does not read: payloads must not pile up here.
    if (isOnTheWay) return
    isOnTheWay = true
    void channel.send({ type: 'live', payload: live.payload() }).then(() => {
      isOnTheWay = false
    })
  }, intervalMs)
  return () => clearInterval(timer)
}

/** A launcher that was killed cannot give back what it has taken of the terminal. */
function restoreTerminalOfLostLauncher(channel: LauncherChannel): void {
  let terminal: TerminalMessage | null = null
  channel.onMessage((message) => {
    if (message.type === 'terminal') terminal = message
  })
  channel.onDisconnect(() => {
    if (terminal !== null) channel.restoreTerminal(terminal)
  })
}

/** How long a rank that was just started may take to connect. */
const CONNECT_GRACE_MS = 10_000

/** A launcher that is killed right after the start leaves ranks behind that are still to connect. */
async function waitForRanks(aggregator: Aggregator, expected: number): Promise<void> {
  const end = performance.now() + CONNECT_GRACE_MS
  while (aggregator.progress().ranksSeen < expected && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const NO_REPORT: FinalizedReport = {
  text: null,
  jsonPath: null,
  textPath: null,
  htmlPath: null,
  stepsRecorded: null,
  problem: null,
}

function finalReport(last: FinalizedReport | null, problem: string | null): FinalizedReport {
  const report = last ?? NO_REPORT
  return { ...report, problem: report.problem ?? problem }
}

type Aggregator = Awaited<ReturnType<typeof import('@traceml/aggregator').startAggregator>>

async function startOrTell(
  channel: LauncherChannel,
  options: AggregatorOptions,
  maker: ReturnType<typeof createSummaryMaker>,
  logger: ReturnType<typeof createWarningLogger>,
): Promise<Aggregator | null> {
  try {
    const { startAggregator } = await import('@traceml/aggregator')
    const aggregator = await startAggregator({
      sessionId: options.sessionId,
      productVersion: readVersion(),
      sessionDirectory: options.sessionDirectory,
      host: options.host,
      port: options.port,
      expectedWorldSize: options.expectedWorldSize,
      windowRows: options.windowRows,
      historyEnabled: options.historyEnabled,
      token: options.token,
      allowUnauthenticated: options.allowAnonymous,
      logger,
      generateSummary: maker.generate,
      ...(options.live === null ? {} : { live: await createRunLive(options, options.live) }),
    })
    await channel.send({ type: 'ready', host: aggregator.host, port: aggregator.port })
    return aggregator
  } catch (error) {
    await channel.send({ type: 'failed', message: oneLine(errorMessage(error)) })
    return null
  }
}

interface Requests {
  /** Null when the launcher was gone before it had said anything. */
  readonly start: Promise<AggregatorOptions | null>
  /** Null when the launcher is gone. */
  readonly finalize: Promise<FinalizeMessage | null>
}

function watchRequests(channel: LauncherChannel): Requests {
  const start = new Promise<AggregatorOptions | null>((resolve) => {
    channel.onMessage((message) => {
      if (message.type === 'start') resolve(message.options)
    })
    channel.onDisconnect(() => resolve(null))
  })
  const finalize = new Promise<FinalizeMessage | null>((resolve) => {
    channel.onMessage((message) => {
      if (message.type === 'finalize') resolve(message)
    })
    channel.onDisconnect(() => resolve(null))
  })
  return { start, finalize }
}
