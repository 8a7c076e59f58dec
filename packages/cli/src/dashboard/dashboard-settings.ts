import { DEFAULTS } from '@traceml/contracts'
import type { TraceMLConfig } from '../config/define-config.js'
import { parseInteger, parseSwitch, parseText } from '../settings/parse-values.js'
import { flagOrEnvironment } from '../settings/sources.js'

/** Where a dashboard is to be served. */
export interface DashboardSettings {
  /** Address to listen on; any other than loopback is opened by a token only. */
  readonly host: string
  /** Tried first; 0: any. */
  readonly port: number
  /** Open a browser where somebody sits at the machine. */
  readonly autoOpen: boolean
}

/** Flags of commands that serve a dashboard, as the parser hands them over. */
export interface DashboardFlags {
  readonly dashboardHost?: string
  readonly dashboardPort?: string
  /** False when `--no-dashboard-auto-open` was given. */
  readonly dashboardAutoOpen?: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Merges flags, environment, configuration file and defaults, in this order of precedence.
 *
 * @throws {ConfigError} for the first value that cannot be used.
 */
export function resolveDashboard(
  flags: DashboardFlags,
  environment: Environment,
  config: TraceMLConfig = {},
): DashboardSettings {
  const pick = (flag: string, value: string | undefined, variable: string) =>
    flagOrEnvironment({ flag, value, variable, environment })
  const host = pick('--dashboard-host', flags.dashboardHost, 'TRACEML_DASHBOARD_HOST')
  const port = pick('--dashboard-port', flags.dashboardPort, 'TRACEML_DASHBOARD_PORT')
  return {
    host: host === null ? (config.dashboardHost ?? DEFAULTS.host) : parseText(host),
    port:
      port === null
        ? (config.dashboardPort ?? DEFAULTS.dashboardPort)
        : parseInteger(port, { min: 0, max: 65_535 }),
    autoOpen: resolveAutoOpen(flags, environment, config),
  }
}

function resolveAutoOpen(
  flags: DashboardFlags,
  environment: Environment,
  config: TraceMLConfig,
): boolean {
  if (flags.dashboardAutoOpen === false) return false
  const text = environment['TRACEML_DASHBOARD_AUTO_OPEN']
  return text === undefined || text === ''
    ? (config.dashboardAutoOpen ?? true)
    : parseSwitch({ source: 'TRACEML_DASHBOARD_AUTO_OPEN', text })
}
