import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, openSync, rmSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { LivePayload, RunProgress, RunStatus } from '@traceml/contracts'
import type { TerminalRestore } from '@traceml/display-terminal'
import type {
  AggregatorMessage,
  AggregatorOptions,
  FinalizedReport,
  LauncherMessage,
} from '../aggregator/ipc.js'
import type { ProcessEnd } from './exit-code.js'

/** What the aggregator says on its own. Called from the event loop; must not throw. */
export interface AggregatorListener {
  onProgress(progress: RunProgress): void
  onLive(payload: LivePayload): void
  onDashboard(url: string, lines: readonly string[]): void
  onWarning(message: string): void
}

/** What became of the start. */
type AggregatorStart =
  | { readonly ok: true; readonly host: string; readonly port: number }
  | { readonly ok: false; readonly reason: string }

/** The launcher's end of the aggregator process. */
export interface AggregatorProcess {
  readonly pid: number | null
  /** Resolves when telemetry can be sent, or it is clear that it never can. Never rejects. */
  readonly started: Promise<AggregatorStart>
  /** Resolves when the process is gone. Never rejects. */
  readonly exited: Promise<ProcessEnd>
  /** Null while it runs. */
  end(): ProcessEnd | null
  /** Has the terminal given back like this if this process is lost. */
  keepTerminal(restore: TerminalRestore): void
  /** Asks for the report. Resolves with null when the process ends or is killed without one. */
  finalize(
    deadlineMs: number,
    end: { readonly status: RunStatus; readonly exitCode: number | null },
  ): Promise<FinalizedReport | null>
  /** Lets it go: it writes its report and ends by itself. */
  release(): void
  kill(): void
}

const START_TIMEOUT_MS = 15_000
/** Time beyond the finalisation budget before an aggregator that hangs is killed. */
const FINALIZE_MARGIN_MS = 5_000

/**
 * Starts the aggregator in a session of its own, so that a Ctrl-C meant for the training does not
 * reach it. It ends when the channel to this process closes, however that happens.
 *
 * @param errorLogPath - Receives what the process writes to stderr.
 */
export function startAggregatorProcess(
  options: AggregatorOptions,
  errorLogPath: string,
  listener: AggregatorListener,
): AggregatorProcess {
  const errorLog = openSync(errorLogPath, 'a')
  // Options for Node that are meant for the training (inspector, loaders) must not reach it. It
  // never speaks TLS, and Node would read extra certificates at its start, which takes 30 ms.
  const { NODE_OPTIONS: _options, NODE_EXTRA_CA_CERTS: _certificates, ...env } = process.env
  const child = fork(fileURLToPath(new URL('./aggregator-main.js', import.meta.url)), [], {
    detached: true,
    execArgv: [],
    env,
    // The last one is TERMINAL_FD of aggregator-main.ts.
    stdio: ['ignore', 'ignore', errorLog, 'ipc', options.holdsTerminal ? 2 : 'ignore'],
  })
  closeSync(errorLog)
  send(child, { type: 'start', options })

  let end: ProcessEnd | null = null
  const exited = new Promise<ProcessEnd>((resolve) => {
    const finish = (value: ProcessEnd): void => {
      end ??= value
      removeEmpty(errorLogPath)
      resolve(end)
    }
    child.once('exit', (code, signal) => finish({ code, signal }))
    child.once('error', () => {
      if (child.pid === undefined) finish({ code: 1, signal: null })
    })
  })
  const finalized = waitForReport(child, exited)
  return {
    pid: child.pid ?? null,
    started: waitForStart(child, exited, listener),
    exited,
    end: () => end,
    keepTerminal: (restore) => send(child, { type: 'terminal', ...restore }),
    finalize: (deadlineMs, trainingEnd) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs + FINALIZE_MARGIN_MS)
      send(child, { type: 'finalize', deadlineMs, ...trainingEnd })
      return finalized.finally(() => clearTimeout(timer))
    },
    release: () => {
      if (child.connected) child.disconnect()
      child.unref()
    },
    kill: () => {
      child.kill('SIGKILL')
    },
  }
}

function waitForStart(
  child: ChildProcess,
  exited: Promise<ProcessEnd>,
  listener: AggregatorListener,
): Promise<AggregatorStart> {
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => settle({ ok: false, reason: `it did not answer within ${START_TIMEOUT_MS / 1000} s` }),
      START_TIMEOUT_MS,
    )
    const settle = (start: AggregatorStart): void => {
      clearTimeout(timer)
      resolve(start)
    }
    child.on('message', (raw) => {
      const message = raw as AggregatorMessage
      if (message.type === 'ready') settle({ ok: true, host: message.host, port: message.port })
      else if (message.type === 'failed') settle({ ok: false, reason: message.message })
      else if (message.type === 'progress') listener.onProgress(message.progress)
      else if (message.type === 'live') listener.onLive(message.payload)
      else if (message.type === 'dashboard') listener.onDashboard(message.url, message.lines)
      else if (message.type === 'warning') listener.onWarning(message.message)
    })
    void exited.then((end) =>
      settle({ ok: false, reason: `its process ended with ${end.signal ?? `code ${end.code}`}` }),
    )
  })
}

function waitForReport(
  child: ChildProcess,
  exited: Promise<ProcessEnd>,
): Promise<FinalizedReport | null> {
  return new Promise((resolve) => {
    child.on('message', (raw) => {
      const message = raw as AggregatorMessage
      if (message.type === 'finalized') resolve(message.report)
    })
    void exited.then(() => resolve(null))
  })
}

/** A message to a process that is gone is dropped: its end is told by `exited`. */
function send(child: ChildProcess, message: LauncherMessage): void {
  if (child.connected) child.send(message, () => {})
}

function removeEmpty(path: string): void {
  try {
    if (statSync(path).size === 0) rmSync(path)
  } catch {
    // Not there, or not ours to remove: nothing is lost.
  }
}
