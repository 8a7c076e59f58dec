import { errorMessage } from '@traceml/contracts'
import type { DashboardOptions, LiveRunOptions } from '../aggregator/ipc.js'
import { openBrowser } from '../dashboard/open-browser.js'
import type { RunSettings } from '../settings/run-settings.js'
import type { Target } from '../target/target.js'
import { type AggregatorProcess, startAggregatorProcess } from './aggregator-process.js'
import { exitCodeOf } from './exit-code.js'
import { finishRun } from './finish-run.js'
import { openView } from './output/open-view.js'
import { createConsole, type RunConsole } from './run-console.js'
import { statusOf } from './run-status.js'
import { createSession, type Session } from './session.js'
import { type SignalWatch, watchSignals } from './signals.js'
import type { AggregatorAddress } from './training-environment.js'
import { startTrainingGroup, type TrainingEnd, type TrainingGroup } from './training-group.js'
import { planTraining } from './training-plan.js'
import { waitForPeer } from './wait-for-peer.js'

/** A run to be launched. */
export interface LaunchOptions {
  readonly settings: RunSettings
  readonly target: Target
  /** Arguments of the script or program, untouched. */
  readonly args: readonly string[]
  readonly cwd: string
  /** Whether the live region may be drawn. */
  readonly interactive: boolean
}

/**
 * Runs a training with an aggregator beside it and reports on it. The training always runs: when
 * tracing is not possible, a sentence says why and it runs untraced.
 *
 * @returns The exit code of the training as a shell would report it.
 * @throws {ConfigError} for a run name that cannot be used; nothing was started then.
 */
export async function launch(options: LaunchOptions): Promise<number> {
  const { settings } = options
  const output = createConsole({
    interactive: options.interactive,
    mode: settings.mode,
    profile: settings.profile,
    hasPayloads: settings.nodeRank === 0,
    onTake: (restore) => aggregator?.keepTerminal(restore),
  })
  const session = createSession(options, output)
  const aggregator = session === null ? null : startAggregator(options, session, output)
  let end: TrainingEnd | null = null
  const signals: SignalWatch = watchSignals({
    onIgnored: (signal) =>
      output.warn(
        `The training goes on after ${signal}; press Ctrl-C again, or end it with: kill ${process.pid}`,
      ),
    onAbandon: (signal) => {
      output.stop()
      if (session !== null) leaveReportBehind({ session, aggregator, end, signals, output })
      process.exit(end?.exitCode || exitCodeOf({ code: null, signal }))
    },
  })
  const address = await waitForAddress({ options, aggregator, session, output, signals })
  end = await runTraining({ options, session, address, aggregator, signals, output })
  output.finish()
  const exitCode = await finishRun({
    end,
    options,
    session,
    aggregator,
    signals,
    output,
    traced: address !== null,
  })
  signals.stop()
  return exitCode
}

/** The report is still written by the aggregator, which goes on without this process. */
function leaveReportBehind(run: {
  readonly session: Session
  readonly aggregator: AggregatorProcess | null
  readonly end: TrainingEnd | null
  readonly signals: SignalWatch
  readonly output: RunConsole
}): void {
  const { session, aggregator, end } = run
  session.update({
    status: statusOf(end, run.signals.received()),
    training_exit_code: end?.exitCode ?? null,
  })
  if (aggregator === null || aggregator.end() !== null) return
  aggregator.release()
  run.output.warn(`Not waiting for the report; it goes to "${session.folder.path}".`)
}

function startAggregator(
  options: LaunchOptions,
  session: Session,
  output: RunConsole,
): AggregatorProcess | null {
  const { settings } = options
  if (settings.nodeRank > 0) return null
  try {
    return startAggregatorProcess(
      {
        sessionId: session.folder.sessionId,
        sessionDirectory: session.folder.path,
        runName: session.folder.sessionId,
        host: settings.aggregatorBindHost,
        port: settings.aggregatorPort,
        expectedWorldSize: expectedRanks(options),
        windowRows: settings.summaryWindowRows,
        profile: settings.profile,
        sectionModules: settings.sectionModules,
        policy: settings.policy,
        htmlReport: settings.htmlReport,
        historyEnabled: settings.historyEnabled,
        token: settings.token,
        allowAnonymous: settings.allowAnonymous,
        finalizeTimeoutMs: settings.finalizeTimeoutSeconds * 1000,
        progressIntervalMs: output.progressIntervalMs,
        live: liveOptions(settings, output),
        dashboard: dashboardOptions(settings),
        liveIntervalMs: output.liveIntervalMs,
        holdsTerminal: options.interactive,
      },
      session.errorLogPath,
      {
        onProgress: output.progress,
        onLive: output.live,
        onDashboard: (url, lines) => {
          for (const line of lines) output.warn(line)
          if (options.interactive && settings.dashboard.autoOpen) openBrowser(url)
        },
        onWarning: output.warn,
      },
    )
  } catch (error) {
    output.warn(`The aggregator could not be started: ${errorMessage(error)}.`)
    return null
  }
}

/** Null where nobody looks: the run then costs nothing for it. */
function liveOptions(settings: RunSettings, output: RunConsole): LiveRunOptions | null {
  if (output.liveIntervalMs === null && settings.mode !== 'dashboard') return null
  const { intervalSeconds, traceMaxSteps, totalSteps } = settings
  return { intervalSeconds, traceMaxSteps, totalSteps }
}

function dashboardOptions(settings: RunSettings): DashboardOptions | null {
  if (settings.mode !== 'dashboard') return null
  const { host, port } = settings.dashboard
  return { host, port, panelModules: settings.panelModules }
}

/** A watched run has one rank a node; a launcher of the user starts as many as it likes: null. */
function expectedRanks({ settings, target }: LaunchOptions): number | null {
  if (settings.profile === 'watch') return settings.nnodes
  return target.kind === 'command' ? null : settings.nnodes * settings.nprocPerNode
}

/** Time that the first node gets to start its aggregator before the others train without it. */
const FIRST_NODE_MS = 15_000

/** Where to send telemetry, or null after having said why the training runs untraced. */
async function waitForAddress(run: {
  readonly options: LaunchOptions
  readonly aggregator: AggregatorProcess | null
  readonly session: Session | null
  readonly output: RunConsole
  readonly signals: SignalWatch
}): Promise<AggregatorAddress | null> {
  const { aggregator, session, output, signals } = run
  const { aggregatorHost: host, aggregatorPort, nodeRank, token } = run.options.settings
  if (session !== null && nodeRank > 0) {
    const address = { host, port: aggregatorPort, token }
    const isStopped = (): boolean => signals.received() !== null
    if (!(await waitForPeer(address, FIRST_NODE_MS, isStopped)) && !isStopped()) {
      output.warn(
        `The aggregator of node 0 does not answer on ${host}:${aggregatorPort}; the training starts and sends to it as soon as it does.`,
      )
    }
    session.update({ status: 'running' })
    return address
  }
  const start = await aggregator?.started
  if (start?.ok === true) {
    session?.update({
      status: 'running',
      launch: { aggregator_port: start.port, aggregator_pid: aggregator?.pid ?? null },
    })
    return { host, port: start.port, token }
  }
  if (start !== undefined) {
    output.warn(
      `The run is not traced, because the aggregator could not start: ${sentence(start.reason)}`,
    )
    aggregator?.kill()
  }
  session?.update({ status: 'running', telemetry_status: 'degraded' })
  return null
}

async function runTraining(run: {
  readonly options: LaunchOptions
  readonly session: Session | null
  readonly address: AggregatorAddress | null
  readonly aggregator: AggregatorProcess | null
  readonly signals: SignalWatch
  readonly output: RunConsole
}): Promise<TrainingEnd> {
  const { options, session, address, aggregator, signals, output } = run
  const early = signals.received()
  if (early !== null) {
    return {
      exitCode: exitCodeOf({ code: null, signal: early }),
      signal: early,
      failedLocalRank: null,
      startError: null,
    }
  }
  const sessionId = session?.folder.sessionId ?? ''
  const isWatched = options.settings.profile === 'watch'
  const plan = planTraining({
    ...options,
    sessionId,
    // A watched program is looked at from outside; nothing of ours is in it.
    address: isWatched ? null : address,
    base: process.env,
  })
  const training = startTrainingGroup({
    ...(address === null ? plan : await openView({ plan, options, session, output })),
    cwd: options.cwd,
  })
  signals.attach(training)
  const watching =
    isWatched && address !== null ? watch({ ...run, address, sessionId, training }) : null
  if (address !== null) {
    void aggregator?.exited.then((aggregatorEnd) => {
      if (!training.isRunning()) return
      const how = aggregatorEnd.signal ?? `exit code ${aggregatorEnd.code}`
      output.stop()
      output.warn(
        `The aggregator ended early (${how}); the training goes on, what it measures from now on is lost.`,
      )
      session?.update({
        telemetry_status: 'degraded',
        aggregator_exited_early: true,
        aggregator_exit_code: aggregatorEnd.code ?? -(exitCodeOf(aggregatorEnd) - 128),
      })
    })
  }
  const end = await training.ended
  await watching?.stop()
  return end
}

/** Looks at the processes of the training from outside; what fails here costs the view only. */
function watch(run: {
  readonly options: LaunchOptions
  readonly address: AggregatorAddress
  readonly sessionId: string
  readonly training: TrainingGroup
  readonly output: RunConsole
}): { stop(): Promise<void> } {
  const { settings } = run.options
  const observer = import('../watch/observer.js').then(({ startObserver }) => {
    const pids = run.training.pids.filter((pid) => pid !== null)
    const started = startObserver({ ...run, settings, pids, onWarning: run.output.warn })
    run.output.watch(() => started.latest())
    return started
  })
  return {
    stop: () =>
      observer
        .then((started) => started.stop())
        .catch((error: unknown) =>
          run.output.warn(`The program could not be watched: ${errorMessage(error)}.`),
        ),
  }
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
