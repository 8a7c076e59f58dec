import { createWarningLogger } from '../aggregator/warning-logger.js'
import { findDashboard } from '../dashboard/address-file.js'
import { type DashboardFlags, resolveDashboard } from '../dashboard/dashboard-settings.js'
import { openBrowser } from '../dashboard/open-browser.js'
import { startDashboard } from '../dashboard/start-dashboard.js'
import { oneLine } from '../output/failure.js'
import { isInteractive } from '../output/is-interactive.js'
import { writeStderr, writeStdout } from '../output/streams.js'
import { resolveModules } from '../settings/resolve-modules.js'
import { findStoredSession, type StoredSession } from '../stored-run/stored-session.js'

/** An `open` as it was typed. */
export interface OpenRequest {
  /** A session folder, or the name of one in the folder of sessions. */
  readonly session: string
  readonly flags: DashboardFlags & { readonly panel?: readonly string[] }
  readonly cwd: string
}

/**
 * Shows a session in the browser: by the dashboard that serves it already, or by one of its own over
 * the history, which is only read. Returns 0 after Ctrl-C, or at once for a dashboard that is there;
 * 1 when none can be served.
 *
 * @throws {InputError} TRACEML_INPUT_INVALID for a session that is not there.
 * @throws {ConfigError} for a setting that cannot be used.
 */
export async function open(request: OpenRequest): Promise<number> {
  const { flags, cwd } = request
  const settings = resolveDashboard(flags, process.env)
  const session = findStoredSession(request.session, cwd)
  const mayOpen = settings.autoOpen && isInteractive()
  const served = findDashboard(session.path)
  if (served !== null) {
    await writeStdout(`${served.url}\n`)
    if (mayOpen) openBrowser(served.url)
    return 0
  }
  const panelModules = resolveModules('panel', {
    flags: flags.panel,
    configured: undefined,
    configPath: null,
    cwd,
  })
  return serveUntilStopped(session, { ...settings, panelModules, mayOpen })
}

async function serveUntilStopped(
  session: StoredSession,
  settings: {
    readonly host: string
    readonly port: number
    readonly panelModules: readonly string[]
    readonly mayOpen: boolean
  },
): Promise<number> {
  const logger = createWarningLogger((message) => {
    void writeStderr(`traceml: ${oneLine(message)}\n`)
  })
  const { openStoredSource } = await import('../stored-run/stored-source.js')
  const source = await openStoredSource({
    path: session.databasePath,
    run: session.run,
    end: session.end,
    logger,
  })
  try {
    const dashboard = await startDashboard({ ...settings, source, sessionPath: null, logger })
    if (dashboard === null) return 1
    for (const line of dashboard.lines) await writeStderr(`traceml: ${line}\n`)
    await writeStderr('traceml: Stop with Ctrl-C; the files of the session are not changed.\n')
    if (settings.mayOpen) openBrowser(dashboard.url)
    await stopSignal()
    await dashboard.stop()
    return 0
  } finally {
    source.close()
  }
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}
