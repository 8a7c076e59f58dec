import { errorMessage } from '@traceml/contracts'
import type { FinalizedReport } from '../aggregator/ipc.js'
import { printReport } from '../output/print-report.js'
import { existingArtifacts } from '../session/artifacts.js'
import type { AggregatorProcess } from './aggregator-process.js'
import { describeEnding } from './ending.js'
import type { LaunchOptions } from './launch.js'
import { recoverReport } from './recover-report.js'
import type { RunConsole } from './run-console.js'
import { statusOf } from './run-status.js'
import type { Session } from './session.js'
import type { SignalWatch } from './signals.js'
import type { TrainingEnd } from './training-group.js'

/** Time that an aggregator gets to end after it has handed over its report. */
const AGGREGATOR_EXIT_MS = 3_000

/** After this time the reader is told what the command waits for. */
const SLOW_REPORT_MS = 3_000

/** What is known when the training has ended. */
export interface FinishedRun {
  readonly end: TrainingEnd
  readonly options: LaunchOptions
  readonly session: Session | null
  readonly aggregator: AggregatorProcess | null
  readonly signals: SignalWatch
  readonly output: RunConsole
  readonly traced: boolean
}

/**
 * Gets the report of the run, completes the manifest, prints the report, and sees the aggregator
 * off. Returns the exit code of the training, whatever happens here.
 */
export async function finishRun(run: FinishedRun): Promise<number> {
  const { end, session, aggregator, output, options } = run
  if (end.startError !== null) {
    output.warn(
      `The training could not be started: ${end.startError}; check that it can be executed.`,
    )
  }
  if (end.failedLocalRank !== null) {
    const how = end.signal === null ? `exit code ${end.exitCode}` : end.signal
    output.warn(`Local rank ${end.failedLocalRank} was the first to fail (${how}).`)
  }
  const report = run.traced && aggregator !== null ? await finalReport(run, aggregator) : null
  session?.update({
    status: statusOf(end, run.signals.received()),
    training_exit_code: end.exitCode,
    artifacts: existingArtifacts(session.folder),
    ...(report?.problem ? { telemetry_status: 'degraded' } : {}),
  })
  if (report?.problem) {
    output.warn(`The report of this run is incomplete: ${report.problem.replace(/\.$/, '')}.`)
  }
  if (report !== null) await explainMissingSteps(report, options, output)
  if (report !== null && session !== null) {
    const ending = describeEnding(end, run.signals.received())
    await printReport(report, { sessionPath: session.folder.path, cwd: options.cwd, ending })
  }
  await seeOff(aggregator)
  return end.exitCode
}

/** Where no step was found, the reason may be the Python that the user did not mean. */
async function explainMissingSteps(
  { stepsRecorded }: FinalizedReport,
  { target, settings, cwd }: LaunchOptions,
  output: RunConsole,
): Promise<void> {
  if (target.kind !== 'python' || settings.profile === 'watch' || (stepsRecorded ?? 0) > 0) return
  const { explainNoSteps } = await import('../python/explain-no-steps.js')
  const reason = await explainNoSteps(target, cwd)
  if (reason !== null) output.warn(reason)
}

async function finalReport(
  { end, options, session, signals, output }: FinishedRun,
  aggregator: AggregatorProcess,
): Promise<FinalizedReport | null> {
  const status = statusOf(end, signals.received())
  if (aggregator.end() === null) {
    const timer = setTimeout(
      () =>
        output.warn('The training has ended; writing the report. Ctrl-C skips the wait for it.'),
      SLOW_REPORT_MS,
    )
    const report = await aggregator.finalize(options.settings.finalizeTimeoutSeconds * 1000, {
      status,
      exitCode: end.exitCode,
    })
    clearTimeout(timer)
    if (report !== null) return report
    output.warn('The aggregator ended before it had written the report.')
    session?.update({ telemetry_status: 'degraded', aggregator_exited_early: true })
  }
  if (session === null || !options.settings.historyEnabled) return null
  try {
    return await recoverReport(session.folder, options.settings, status)
  } catch (error) {
    output.warn(`No report could be made from what was stored: ${errorMessage(error)}.`)
    return null
  }
}

async function seeOff(aggregator: AggregatorProcess | null): Promise<void> {
  if (aggregator === null || aggregator.end() !== null) return
  const timer = setTimeout(() => aggregator.kill(), AGGREGATOR_EXIT_MS)
  await aggregator.exited
  clearTimeout(timer)
}
