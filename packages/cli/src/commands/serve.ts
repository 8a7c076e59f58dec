import { rmSync } from 'node:fs'
import type { AggregatorHandle } from '@traceml/aggregator'
import { startAggregator } from '@traceml/aggregator'
import { ENV, errorMessage, type Logger } from '@traceml/contracts'
import { createSummaryMaker, type SummaryMaker } from '../aggregator/make-summary.js'
import { createRunLive } from '../aggregator/run-live.js'
import { createWarningLogger } from '../aggregator/warning-logger.js'
import { openBrowser } from '../dashboard/open-browser.js'
import { type RunningDashboard, startDashboard } from '../dashboard/start-dashboard.js'
import { createConsole, type RunConsole } from '../launcher/run-console.js'
import { manifestUpdater } from '../launcher/session.js'
import { isInteractive } from '../output/is-interactive.js'
import { printReport } from '../output/print-report.js'
import { writeStderr } from '../output/streams.js'
import { existingArtifacts } from '../session/artifacts.js'
import type { SessionFolder } from '../session/session-folder.js'
import { readVersion } from '../version.js'
import { createServeSession } from './serve-session.js'
import { resolveServeSettings, type ServeFlags, type ServeSettings } from './serve-settings.js'
import { webSocketUrl } from './serve-websocket.js'

const FINISHED_POLL_MS = 250
/** What a stopped server grants to telemetry that is on its way. */
const STOPPED_SETTLE_MS = 2000

/**
 * Collects telemetry until SIGINT or SIGTERM, or until all expected ranks have finished, then
 * prints and writes the report. Returns 0, or 1 when the report could not be made.
 *
 * @throws {TraceMLError} for wrong settings, a port or a folder that cannot be used.
 */
export async function serve(flags: ServeFlags): Promise<number> {
  const cwd = process.cwd()
  const settings = resolveServeSettings(flags, process.env, cwd)
  const folder = createServeSession(settings, cwd)
  const output = createConsole({
    interactive: isInteractive(),
    mode: 'summary',
    profile: settings.profile,
    hasPayloads: false,
    onTake: () => {},
  })
  const logger = createWarningLogger(output.warn)
  const maker = createSummaryMaker({
    runName: folder.sessionId,
    profile: settings.profile,
    policy: settings.policy,
    htmlReport: settings.htmlReport,
    logger,
  })
  const aggregator = await listen({ settings, folder, logger, maker })
  const update = manifestUpdater(folder, output)
  update({ status: 'running', launch: { aggregator_port: aggregator.port } })
  await writeStderr(greeting(settings, folder, aggregator))
  const dashboard = await serveDashboard({ settings, folder, aggregator, logger })
  const allFinished = await waitForEnd(settings, aggregator, output)
  output.stop()
  maker.setStatus(allFinished ? 'completed' : 'interrupted')
  let problem: string | null = null
  try {
    const result = await aggregator.finalize({
      // Whoever stops the server does not wait for trainings that go on.
      deadlineMs: allFinished
        ? settings.finalizeTimeoutMs
        : Math.min(settings.finalizeTimeoutMs, STOPPED_SETTLE_MS),
      trainingEnded: allFinished,
      outcome: allFinished ? 'completed' : 'interrupted',
    })
    problem = result.error
    for (const warning of result.warnings) logger.warn(warning)
  } catch (error) {
    problem = errorMessage(error)
  }
  const report = maker.last()
  const trouble = report?.problem ?? problem
  update({
    status: allFinished ? 'completed' : 'interrupted',
    artifacts: existingArtifacts(folder),
    ...(trouble === null ? {} : { telemetry_status: 'degraded' }),
  })
  if (report !== null) await printReport(report, { sessionPath: folder.path, cwd, ending: null })
  if (trouble !== null) output.warn(`The report is incomplete: ${trouble.replace(/\.$/, '')}.`)
  await dashboard?.stop()
  await aggregator.stop()
  return trouble === null ? 0 : 1
}

/** Serves the dashboard, if one is wanted, and says where. Never rejects. */
async function serveDashboard(options: {
  readonly settings: ServeSettings
  readonly folder: SessionFolder
  readonly aggregator: AggregatorHandle
  readonly logger: Logger
}): Promise<RunningDashboard | null> {
  const { dashboard: wanted } = options.settings
  const { live } = options.aggregator
  if (wanted === null || live === null) return null
  const dashboard = await startDashboard({
    ...wanted,
    source: live,
    sessionPath: options.folder.path,
    logger: options.logger,
  })
  if (dashboard === null) return null
  for (const line of dashboard.lines) await writeStderr(`traceml: ${line}\n`)
  if (wanted.autoOpen && isInteractive()) openBrowser(dashboard.url)
  return dashboard
}

function liveOf(settings: ServeSettings, folder: SessionFolder): ReturnType<typeof createRunLive> {
  return createRunLive(
    {
      sessionId: folder.sessionId,
      runName: folder.sessionId,
      profile: settings.profile,
      expectedWorldSize: settings.expectedWorldSize,
      historyEnabled: true,
    },
    { intervalSeconds: settings.intervalSeconds, traceMaxSteps: null, totalSteps: null },
  )
}

/** A server that cannot start leaves no folder behind. */
async function listen(options: {
  readonly settings: ServeSettings
  readonly folder: SessionFolder
  readonly logger: ReturnType<typeof createWarningLogger>
  readonly maker: SummaryMaker
}): Promise<AggregatorHandle> {
  const { settings, folder } = options
  try {
    return await startAggregator({
      sessionId: folder.sessionId,
      productVersion: readVersion(),
      sessionDirectory: folder.path,
      host: settings.host,
      port: settings.port,
      expectedWorldSize: settings.expectedWorldSize,
      windowRows: settings.windowRows,
      historyEnabled: true,
      token: settings.token,
      allowUnauthenticated: settings.allowAnonymous,
      ...(settings.webSocket === null ? {} : { webSocket: settings.webSocket }),
      logger: options.logger,
      generateSummary: options.maker.generate,
      ...(settings.dashboard === null ? {} : { live: await liveOf(settings, folder) }),
    })
  } catch (error) {
    rmSync(folder.path, { recursive: true, force: true })
    throw error
  }
}

/** Where the server is, and what a training needs to find it. */
function greeting(
  settings: ServeSettings,
  folder: SessionFolder,
  { host, port, webSocket }: AggregatorHandle,
): string {
  const count = settings.expectedWorldSize
  const variables = [
    `${ENV.aggregatorPort}=${port}`,
    `${ENV.sessionId}=${folder.sessionId}`,
    `${ENV.logsDir}=${settings.logsDir}`,
    ...(settings.profile === 'deep' ? [`${ENV.profile}=deep`] : []),
  ]
  return [
    `traceml: listening on ${host}:${port}, session ${folder.sessionId}, expecting ${count === null ? 'as many ranks as report' : count === 1 ? '1 rank' : `${count} ranks`}; stop with Ctrl-C`,
    `traceml: start the training with ${variables.join(' ')}`,
    ...(webSocket === null || settings.webSocket === null
      ? []
      : [
          `traceml: in a page, init({ url: '${webSocketUrl(webSocket, settings.webSocket.token)}' })`,
        ]),
    '',
  ].join('\n')
}

/** Resolves with whether all expected ranks have finished. */
function waitForEnd(
  settings: ServeSettings,
  aggregator: AggregatorHandle,
  output: RunConsole,
): Promise<boolean> {
  return new Promise((resolve) => {
    const isFinished = (): boolean => {
      const { ranksFinished, ranksExpected } = aggregator.progress()
      return ranksFinished >= ranksExpected
    }
    const poll = setInterval(() => {
      if (settings.exitWhenFinished && isFinished()) settle()
    }, FINISHED_POLL_MS)
    const draw =
      output.progressIntervalMs === null
        ? null
        : setInterval(() => output.progress(aggregator.progress()), output.progressIntervalMs)
    const settle = (): void => {
      clearInterval(poll)
      if (draw !== null) clearInterval(draw)
      resolve(isFinished())
    }
    // Further signals while the report is written end the process at once.
    process.once('SIGINT', settle)
    process.once('SIGTERM', settle)
  })
}
