import { resolve } from 'node:path'
import type { WebSocketOptions } from '@traceml/aggregator'
import { ConfigError, DEFAULTS, ENV } from '@traceml/contracts'
import type { PolicySetName } from '@traceml/diagnostics'
import {
  type DashboardFlags,
  type DashboardSettings,
  resolveDashboard,
} from '../dashboard/dashboard-settings.js'
import { checkRunName } from '../session/run-name.js'
import { parseChoice, parseInteger, parseSeconds } from '../settings/parse-values.js'
import { resolvePolicyName } from '../settings/policy-name.js'
import { resolveModules } from '../settings/resolve-modules.js'
import { isLoopback } from '../settings/resolve-run-settings.js'
import { flagOrEnvironment, htmlSetting } from '../settings/sources.js'
import { resolveWebSocket, type WebSocketFlags } from './serve-websocket.js'

/** Flags of `serve` as the parser hands them over. */
export interface ServeFlags extends DashboardFlags, WebSocketFlags {
  readonly dashboard?: boolean
  readonly profile?: string
  readonly panel?: readonly string[]
  readonly interval?: string
  readonly logsDir?: string
  readonly runName?: string
  readonly sessionId?: string
  readonly overwrite?: boolean
  readonly nnodes?: string
  readonly nprocPerNode?: string
  readonly aggregatorHost?: string
  readonly aggregatorBindHost?: string
  readonly aggregatorPort?: string
  readonly token?: string
  readonly allowAnonymous?: boolean
  readonly summaryWindowRows?: string
  readonly finalizeTimeoutSec?: string
  readonly policy?: string
  readonly htmlReport?: boolean
  readonly exitWhenFinished?: boolean
}

/** Checked settings of `serve`. */
export interface ServeSettings {
  /** What the ranks are asked to record. */
  readonly profile: 'run' | 'deep'
  readonly logsDir: string
  readonly runName: string | null
  readonly overwrite: boolean
  readonly host: string
  readonly port: number
  readonly token: string | null
  readonly allowAnonymous: boolean
  /** Null: trainings in a browser cannot send. */
  readonly webSocket: WebSocketOptions | null
  /** Null: as many as the ranks say. */
  readonly expectedWorldSize: number | null
  readonly windowRows: number
  readonly finalizeTimeoutMs: number
  /** Which thresholds the verdicts of the report use. */
  readonly policy: PolicySetName
  /** Write the report as a page, too. */
  readonly htmlReport: boolean
  readonly exitWhenFinished: boolean
  /** Seconds between two samples of the ranks, as far as the server can know. */
  readonly intervalSeconds: number
  /** Null: none is served. */
  readonly dashboard: (DashboardSettings & { readonly panelModules: readonly string[] }) | null
}

/** A server always keeps the history. */
const HISTORY_KEPT = { enabled: true, source: 'serve' } as const

/** @throws {ConfigError} for the first value that cannot be used. */
export function resolveServeSettings(
  flags: ServeFlags,
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string,
): ServeSettings {
  const pick = (flag: string, value: string | undefined, variable: string | undefined) =>
    flagOrEnvironment({ flag, value, variable, environment })
  const runName = (flags.runName ?? flags.sessionId)?.trim() ?? null
  if (runName !== null) checkRunName(runName)
  const host = flags.aggregatorBindHost ?? flags.aggregatorHost ?? DEFAULTS.host
  const token = flags.token ?? environment[ENV.token] ?? null
  const allowAnonymous = flags.allowAnonymous === true
  if (!isLoopback(host) && !token && !allowAnonymous) {
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `Listening on "${host}" opens the telemetry port to other hosts; add --token (or ${ENV.token}), or --allow-anonymous for clients that cannot send one.`,
    )
  }
  const interval = pick('--interval', flags.interval, ENV.interval)
  const windowRows = pick('--summary-window-rows', flags.summaryWindowRows, ENV.summaryWindowRows)
  const timeout = pick(
    '--finalize-timeout-sec',
    flags.finalizeTimeoutSec,
    'TRACEML_FINALIZE_TIMEOUT_SEC',
  )
  const profile = pick('--profile', flags.profile, undefined)
  return {
    profile: profile === null ? 'run' : parseChoice(profile, ['run', 'deep']),
    logsDir: resolve(cwd, pick('--logs-dir', flags.logsDir, ENV.logsDir)?.text ?? DEFAULTS.logsDir),
    runName,
    overwrite: flags.overwrite === true,
    host,
    port:
      flags.aggregatorPort === undefined
        ? DEFAULTS.servePort
        : parseInteger(
            { source: '--aggregator-port', text: flags.aggregatorPort },
            { min: 0, max: 65_535 },
          ),
    token: token || null,
    allowAnonymous,
    webSocket: resolveWebSocket(flags, token || null),
    expectedWorldSize: expectedWorldSize(flags, environment),
    windowRows:
      windowRows === null ? DEFAULTS.summaryWindowRows : parseInteger(windowRows, { min: 1 }),
    finalizeTimeoutMs:
      1000 * (timeout === null ? DEFAULTS.finalizeTimeoutSeconds : parseSeconds(timeout)),
    policy: resolvePolicyName(pick('--policy', flags.policy, undefined)),
    htmlReport: htmlSetting(flags.htmlReport, environment, undefined, HISTORY_KEPT),
    exitWhenFinished: flags.exitWhenFinished === true,
    intervalSeconds: interval === null ? DEFAULTS.intervalSeconds : parseSeconds(interval),
    dashboard: dashboardOf(flags, environment, cwd),
  }
}

/** Both flags: their product. Neither: the environment's value if it is usable, else null. */
function expectedWorldSize(
  flags: ServeFlags,
  environment: Readonly<Record<string, string | undefined>>,
): number | null {
  if (flags.nnodes !== undefined || flags.nprocPerNode !== undefined) {
    const count = (source: string, text: string | undefined): number =>
      text === undefined ? 1 : parseInteger({ source, text }, { min: 1 })
    return count('--nnodes', flags.nnodes) * count('--nproc-per-node', flags.nprocPerNode)
  }
  const value = Number(environment[ENV.expectedWorldSize])
  return Number.isSafeInteger(value) && value >= 1 ? value : null
}

function dashboardOf(
  flags: ServeFlags,
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string,
): ServeSettings['dashboard'] {
  if (flags.dashboard !== true) return null
  const panelModules = resolveModules('panel', {
    flags: flags.panel,
    configured: undefined,
    configPath: null,
    cwd,
  })
  return { ...resolveDashboard(flags, environment), panelModules }
}
