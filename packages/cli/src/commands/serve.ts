import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startAggregator } from '@traceml/aggregator'
import { errorMessage } from '@traceml/contracts'
import { createSummaryMaker } from '../aggregator/make-summary.js'
import { createWarningLogger } from '../aggregator/warning-logger.js'
import { oneLine } from '../output/failure.js'
import { printReport } from '../output/print-report.js'
import { writeStderr } from '../output/streams.js'
import { createSessionFolder } from '../session/session-folder.js'
import { readVersion } from '../version.js'
import { resolveServeSettings, type ServeFlags, type ServeSettings } from './serve-settings.js'

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
  const folder = createSessionFolder({ ...settings, now: new Date() })
  mkdirSync(join(folder.path, 'aggregator'), { recursive: true })
  const logger = createWarningLogger((message) => {
    void writeStderr(`traceml: ${oneLine(message)}\n`)
  })
  const maker = createSummaryMaker({ runName: folder.sessionId, policy: settings.policy, logger })
  const aggregator = await startAggregator({
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
    logger,
    generateSummary: maker.generate,
  })
  await writeStderr(
    `traceml: listening on ${aggregator.host}:${aggregator.port}, session ${folder.sessionId}, ` +
      `expecting ${settings.expectedWorldSize} rank(s); stop with Ctrl-C\n`,
  )
  const allFinished = await waitForEnd(settings, () => aggregator.progress().ranksFinished)
  let problem: string | null = null
  try {
    const result = await aggregator.finalize({
      // Whoever stops the server does not wait for trainings that go on.
      deadlineMs: allFinished
        ? settings.finalizeTimeoutMs
        : Math.min(settings.finalizeTimeoutMs, STOPPED_SETTLE_MS),
      trainingEnded: allFinished,
    })
    problem = result.error
    for (const warning of result.warnings) logger.warn(warning)
  } catch (error) {
    problem = oneLine(errorMessage(error))
  }
  const report = maker.last()
  if (report !== null) await printReport(report, { sessionPath: folder.path, cwd })
  const trouble = report?.problem ?? problem
  if (trouble !== null) await writeStderr(`traceml: The report is incomplete: ${trouble}\n`)
  await aggregator.stop()
  return trouble === null ? 0 : 1
}

/** Resolves with whether all expected ranks have finished. */
function waitForEnd(settings: ServeSettings, ranksFinished: () => number): Promise<boolean> {
  return new Promise((resolve) => {
    const isFinished = (): boolean => ranksFinished() >= settings.expectedWorldSize
    const timer = settings.exitWhenFinished
      ? setInterval(() => {
          if (isFinished()) settle()
        }, FINISHED_POLL_MS)
      : null
    const settle = (): void => {
      if (timer !== null) clearInterval(timer)
      resolve(isFinished())
    }
    // Further signals while the report is written end the process at once.
    process.once('SIGINT', settle)
    process.once('SIGTERM', settle)
  })
}
