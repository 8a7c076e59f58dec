import { dirname, resolve } from 'node:path'
import {
  ConfigError,
  DEFAULT_LAYER_BUDGET,
  DEFAULTS,
  type DisplayMode,
  ENV,
  type Profile,
} from '@traceml/contracts'
import type { LoadedConfig } from '../config/load-config.js'
import { resolveDashboard } from '../dashboard/dashboard-settings.js'
import { checkRunName } from '../session/run-name.js'
import {
  parseBudget,
  parseChoice,
  parseInteger,
  parseSeconds,
  parseText,
  type RawValue,
} from './parse-values.js'
import { resolvePolicyName } from './policy-name.js'
import { resolveModules } from './resolve-modules.js'
import type { RunFlags } from './run-flags.js'
import type { RunSettings } from './run-settings.js'
import { flagOrEnvironment, historySetting, htmlSetting } from './sources.js'
import { resolveTopology, type Topology } from './topology.js'
import { torchrunOptions } from './torchrun-options.js'

const PROFILES: readonly Profile[] = ['run', 'deep']
const MODES: readonly DisplayMode[] = ['summary', 'cli', 'dashboard']
const MAX_PORT = 65_535

/** What the settings of a run are made from. */
export interface RunSettingsInput {
  /** That of the command. */
  readonly profile: Profile
  readonly flags: RunFlags
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly loaded: LoadedConfig
  readonly cwd: string
}

/**
 * Merges flags, environment, configuration file and defaults, in this order of precedence.
 *
 * @throws {ConfigError} for the first value that cannot be used.
 */
export function resolveRunSettings(input: RunSettingsInput): RunSettings {
  const { flags, environment, cwd } = input
  const config = input.loaded.config
  const pick = (flag: string, value: string | undefined, variable?: string): RawValue | null =>
    flagOrEnvironment({ flag, value, variable, environment })
  const integer = (raw: RawValue | null, fallback: number, min: number, max?: number): number =>
    raw === null ? fallback : parseInteger(raw, max === undefined ? { min } : { min, max })

  const interval = pick('--interval', flags.interval, ENV.interval)
  const finalize = pick(
    '--finalize-timeout-sec',
    flags.finalizeTimeoutSec,
    'TRACEML_FINALIZE_TIMEOUT_SEC',
  )
  const totalSteps = pick('--total-steps', flags.totalSteps)
  const maxSteps = pick('--trace-max-steps', flags.traceMaxSteps, ENV.traceMaxSteps)
  const windowRows = pick('--summary-window-rows', flags.summaryWindowRows, ENV.summaryWindowRows)
  const logsDir = pick('--logs-dir', flags.logsDir, ENV.logsDir)
  const {
    runName: agreedName,
    aggregatorPort: agreedPort,
    ...topology
  } = resolveTopology(flags, environment)
  const profile = resolveProfile(input)
  const budget = pick('--layer-budget', flags.layerBudget, ENV.layerBudget)
  const history = historySetting(flags.history, environment, config.history)
  return {
    profile,
    mode: resolveMode(pick('--mode', flags.mode, ENV.mode), config.mode, history),
    intervalSeconds:
      interval === null ? (config.interval ?? DEFAULTS.intervalSeconds) : parseSeconds(interval),
    logsDir: resolveLogsDir(logsDir, input.loaded, cwd),
    ...resolveIdentity(flags, topology.nnodes, agreedName),
    overwrite: flags.overwrite === true,
    ...topology,
    torchrunOptions: torchrunOptions(flags),
    ...resolveAggregator(flags, environment, topology, agreedPort),
    summaryWindowRows: integer(
      windowRows,
      config.summaryWindowRows ?? DEFAULTS.summaryWindowRows,
      1,
    ),
    finalizeTimeoutSeconds:
      finalize === null
        ? (config.finalizeTimeoutSec ?? DEFAULTS.finalizeTimeoutSeconds)
        : parseSeconds(finalize),
    policy: resolvePolicyName(pick('--policy', flags.policy), config.policy),
    totalSteps:
      totalSteps === null ? (config.totalSteps ?? null) : parseInteger(totalSteps, { min: 1 }),
    layerBudget:
      budget === null ? (config.layerBudget ?? DEFAULT_LAYER_BUDGET) : parseBudget(budget),
    traceMaxSteps:
      maxSteps === null ? (config.traceMaxSteps ?? null) : parseInteger(maxSteps, { min: 1 }),
    historyEnabled: history.enabled,
    htmlReport: htmlSetting(flags.htmlReport, environment, config.htmlReport, history),
    dashboard: resolveDashboard(flags, environment, config),
    samplerModules: resolveModules('sampler', {
      flags: flags.sampler,
      configured: config.samplers,
      configPath: input.loaded.path,
      cwd,
    }),
    gpuModules: resolveModules('gpu-reader', {
      flags: flags.gpuReader,
      configured: config.gpus,
      configPath: input.loaded.path,
      cwd,
    }),
    sectionModules: resolveModules('section', {
      flags: flags.section,
      configured: config.sections,
      configPath: input.loaded.path,
      cwd,
    }),
    panelModules: resolveModules('panel', {
      flags: flags.panel,
      configured: config.panels,
      configPath: input.loaded.path,
      cwd,
    }),
  }
}

/** Only a flag wins over the command: a run that a traced one starts must not become like it. */
function resolveProfile({ profile: command, flags }: RunSettingsInput): Profile {
  const profile =
    flags.profile === undefined
      ? command
      : parseChoice({ source: '--profile', text: flags.profile }, PROFILES)
  if (command === 'deep' && profile !== 'deep') {
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `"traceml deep" and --profile ${profile} contradict each other; use traceml ${profile}.`,
    )
  }
  if (profile !== 'deep' && flags.layerBudget !== undefined) {
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `--layer-budget "${flags.layerBudget}" is for the deep profile; use traceml deep, or add --profile deep.`,
    )
  }
  return profile
}

function resolveMode(
  raw: RawValue | null,
  configured: DisplayMode | undefined,
  history: { readonly enabled: boolean; readonly source: string },
): DisplayMode {
  const mode = raw === null ? configured : parseChoice(raw, MODES)
  if (mode === 'summary' && !history.enabled) {
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `The mode "summary" needs the history that ${history.source} switches off; drop one of the two.`,
    )
  }
  return mode ?? (history.enabled ? 'summary' : 'cli')
}

function resolveLogsDir(raw: RawValue | null, loaded: LoadedConfig, cwd: string): string {
  if (raw !== null) return resolve(cwd, parseText(raw))
  const configured = loaded.config.logsDir
  if (configured !== undefined && loaded.path !== null) {
    return resolve(dirname(loaded.path), configured)
  }
  return resolve(cwd, DEFAULTS.logsDir)
}

function resolveIdentity(
  flags: RunFlags,
  nnodes: number,
  agreedName: string | null,
): Pick<RunSettings, 'runName' | 'identitySource'> {
  const runName = flags.runName?.trim() || undefined
  const sessionId = flags.sessionId?.trim() || undefined
  if (runName !== undefined && sessionId !== undefined && runName !== sessionId) {
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `--run-name "${runName}" and --session-id "${sessionId}" differ; give one of them.`,
    )
  }
  const typed = runName ?? sessionId
  // An empty name was typed by somebody, often through an unset shell variable.
  if (typed === undefined && (flags.runName !== undefined || flags.sessionId !== undefined)) {
    checkRunName('')
  }
  const name = typed ?? agreedName
  if (name !== null) checkRunName(name)
  if (name === null && nnodes > 1) {
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `A run on --nnodes ${nnodes} needs the same --run-name on every node; add one.`,
    )
  }
  const identitySource =
    runName !== undefined ? 'run_name' : sessionId !== undefined ? 'session_id' : 'generated'
  return { runName: name, identitySource }
}

function resolveAggregator(
  flags: RunFlags,
  environment: RunSettingsInput['environment'],
  topology: Omit<Topology, 'runName' | 'aggregatorPort'>,
  agreedPort: number | null,
): Pick<
  RunSettings,
  'aggregatorHost' | 'aggregatorBindHost' | 'aggregatorPort' | 'token' | 'allowAnonymous'
> {
  // Several launchers on one host need an agreed port, and no other host to reach it.
  const multiNode = topology.nnodes > 1
  const multiHost = multiNode && topology.task?.hostCount !== 1
  const token = environment[ENV.token] || null
  const bindHost = flags.aggregatorBindHost ?? (multiHost ? '0.0.0.0' : DEFAULTS.host)
  if (!isLoopback(bindHost) && token === null && flags.allowAnonymous !== true) {
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `Listening on "${bindHost}" opens the telemetry port to other hosts; set the same ${ENV.token} on every node, or add --allow-anonymous in a network that you trust.`,
    )
  }
  const port = flags.aggregatorPort
  return {
    aggregatorHost: flags.aggregatorHost ?? (multiHost ? topology.masterAddr : DEFAULTS.host),
    aggregatorBindHost: bindHost,
    aggregatorPort:
      port === undefined
        ? multiNode
          ? (agreedPort ?? DEFAULTS.servePort)
          : 0
        : parseInteger(
            { source: '--aggregator-port', text: port },
            { min: multiNode ? 1 : 0, max: MAX_PORT },
          ),
    token,
    allowAnonymous: flags.allowAnonymous === true,
  }
}

/** True for addresses that only this host can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}
