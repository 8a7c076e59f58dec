import {
  errorMessage,
  type LivePanel,
  type LivePayload,
  type LiveSource,
  type Logger,
  type Renderer,
} from '@traceml/contracts'
import { loadPanels } from '../panels/load-panels.js'
import { forgetDashboard, noteDashboard } from './address-file.js'

/** What to serve, and where. */
export interface StartDashboardOptions {
  readonly source: LiveSource
  readonly host: string
  readonly port: number
  /** URLs of the modules with panels. */
  readonly panelModules: readonly string[]
  /** Session folder in which the address is noted; null: nowhere. */
  readonly sessionPath: string | null
  /** Told one sentence for everything that is not as it should be. */
  readonly logger: Logger
}

/** A dashboard that is being served. Who starts it stops it. */
export interface RunningDashboard {
  readonly url: string
  /** What to tell the user. */
  readonly lines: readonly string[]
  /** Shows the end to all open pages and stops; never rejects. */
  stop(): Promise<void>
}

/**
 * Serves a dashboard. Never rejects: one that cannot be served costs nothing but itself, and a
 * sentence says so.
 */
export async function startDashboard(
  options: StartDashboardOptions,
): Promise<RunningDashboard | null> {
  const { source, host, port, sessionPath, logger } = options
  try {
    const [{ serveDashboard }, { panels, problems }] = await Promise.all([
      import('@traceml/display-web'),
      loadPanels(options.panelModules),
    ])
    for (const problem of problems) logger.warn(problem)
    const server = await serveDashboard(source, { host, port, panels: panels.filter(isForPages) })
    if (sessionPath !== null) note(sessionPath, server.url, logger)
    return {
      url: server.url,
      lines: server.lines,
      async stop() {
        if (sessionPath !== null) forgetDashboard(sessionPath)
        await server.stop().catch(() => {})
      },
    }
  } catch (error) {
    const reason = errorMessage(error).replace(/\.$/, '')
    logger.warn(`There is no dashboard, the run goes on without it: ${reason}.`)
    return null
  }
}

function note(sessionPath: string, url: string, logger: Logger): void {
  try {
    noteDashboard(sessionPath, url)
  } catch (error) {
    logger.warn(`traceml open will not find the dashboard: ${errorMessage(error)}.`)
  }
}

/** What it returns is checked whenever it is drawn. */
function isForPages(panel: Renderer<LivePayload, unknown>): panel is LivePanel {
  return panel.surface === 'html'
}
