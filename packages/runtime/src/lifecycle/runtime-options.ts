import { join, resolve } from 'node:path'
import type { DisplayMode, Profile, RuntimeIdentity } from '@traceml/contracts'
import { ConfigError, DEFAULT_GPU_MODULES, DEFAULTS, ENV } from '@traceml/contracts'
import type { Environment } from './identity.js'
import { resolveIdentity } from './identity.js'
import { randomHex } from './random-hex.js'

/** Everything that a runtime needs to know; resolved once, at start. */
export interface RuntimeOptions {
  readonly sessionId: string
  /** Absolute folder that holds the sessions. */
  readonly logsDir: string
  /** Where the aggregator listens. */
  readonly host: string
  readonly port: number
  readonly token: string | null
  readonly profile: Profile
  readonly mode: DisplayMode
  /** Seconds between two samples of host and process. */
  readonly intervalSeconds: number
  /** The last step that is recorded; null for all. */
  readonly traceMaxSteps: number | null
  /** Modules whose default export is a sampler: absolute paths or `file:` URLs. */
  readonly samplerModules: readonly string[]
  /** Packages, paths or `file:` URLs of modules that export `createGpuReader`. */
  readonly gpuModules: readonly string[]
  readonly historyEnabled: boolean
  readonly identity: RuntimeIdentity
  /** Bytes of the ring of steps, a power of two; default 4 MiB. */
  readonly ringBytes?: number
  /** Bytes that may wait for the network; default 32 MiB. */
  readonly maxBufferedBytes?: number
}

/** What a caller may say in code; the rest comes from the environment, then from the defaults. */
export type RuntimeOptionOverrides = Partial<RuntimeOptions>

const PROFILES: readonly Profile[] = ['run', 'watch', 'deep']
const MODES: readonly DisplayMode[] = ['summary', 'cli', 'dashboard']

/** Marks the process that records, so that its children do not start a second runtime. */
export const OWNER_VARIABLE = 'TRACEML_RUNTIME_OWNER'

/**
 * The options that a launcher handed to this process, or null when there is nothing to do: no
 * launcher, `TRACEML_DISABLED=1`, or this is a child of a process that records already.
 *
 * @throws {ConfigError} `TRACEML_CONFIG_INVALID` for a value that cannot be used.
 */
export function runtimeOptionsFromEnv(env: Environment): RuntimeOptions | null {
  if (isDisabled(env) || isOwnedByParent(env)) return null
  if (filled(env[ENV.aggregatorPort]) === null || filled(env[ENV.sessionId]) === null) return null
  return resolveRuntimeOptions({}, env)
}

/**
 * Options of a runtime: what is given wins over the environment, which wins over the defaults.
 *
 * @throws {ConfigError} `TRACEML_CONFIG_INVALID` for a value that cannot be used.
 */
export function resolveRuntimeOptions(
  given: RuntimeOptionOverrides,
  env: Environment,
): RuntimeOptions {
  const resolved: RuntimeOptions = {
    sessionId: given.sessionId ?? filled(env[ENV.sessionId]) ?? newSessionId(new Date()),
    logsDir: resolve(given.logsDir ?? filled(env[ENV.logsDir]) ?? DEFAULTS.logsDir),
    host: given.host ?? filled(env[ENV.aggregatorHost]) ?? DEFAULTS.host,
    port: given.port ?? numberFrom(env, ENV.aggregatorPort) ?? DEFAULTS.servePort,
    token: given.token ?? filled(env[ENV.token]),
    profile: given.profile ?? oneOf(env, ENV.profile, PROFILES) ?? 'run',
    mode: given.mode ?? oneOf(env, ENV.mode, MODES) ?? 'summary',
    intervalSeconds:
      given.intervalSeconds ?? numberFrom(env, ENV.interval) ?? DEFAULTS.intervalSeconds,
    traceMaxSteps: given.traceMaxSteps ?? numberFrom(env, ENV.traceMaxSteps),
    samplerModules: given.samplerModules ?? modulesFrom(env, ENV.samplerModules) ?? [],
    gpuModules: given.gpuModules ?? modulesFrom(env, ENV.gpuModules) ?? DEFAULT_GPU_MODULES,
    historyEnabled: given.historyEnabled ?? env[ENV.historyEnabled] !== '0',
    identity: given.identity ?? resolveIdentity(env),
    ...(given.ringBytes === undefined ? {} : { ringBytes: given.ringBytes }),
    ...(given.maxBufferedBytes === undefined ? {} : { maxBufferedBytes: given.maxBufferedBytes }),
  }
  check(resolved)
  return resolved
}

/** Folder of the run's session. */
export function sessionDirectory(options: RuntimeOptions): string {
  return join(options.logsDir, options.sessionId)
}

/** Folder of this rank's files within the session. */
export function rankDirectory(options: RuntimeOptions): string {
  return join(sessionDirectory(options), `rank_${Math.max(0, options.identity.globalRank)}`)
}

/** True when the kill switch is set. */
export function isDisabled(env: Environment): boolean {
  return env[ENV.disabled] === '1'
}

/** Value of {@link OWNER_VARIABLE} for this process. */
export function ownerMark(env: Environment): string {
  return `${process.pid}:${env['RANK'] ?? ''}`
}

/**
 * True in a child of a process that records. A child that was given another `RANK` is a rank of
 * its own, not an accident.
 */
export function isOwnedByParent(env: Environment): boolean {
  const mark = env[OWNER_VARIABLE]
  if (mark === undefined || mark === ownerMark(env)) return false
  return mark.slice(mark.indexOf(':') + 1) === (env['RANK'] ?? '')
}

/** A session id of the moment, `session_<date>_<time>_<6 hex>` in local time. */
export function newSessionId(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`
  return `session_${date}_${time}_${randomHex(3)}`
}

function check(options: RuntimeOptions): void {
  const { port, intervalSeconds, traceMaxSteps } = options
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw invalid('aggregator port', port, 'a whole number from 1 to 65535')
  }
  if (!(intervalSeconds > 0 && intervalSeconds <= 86_400)) {
    throw invalid('sampling interval', intervalSeconds, 'seconds above 0 and at most 86400')
  }
  if (traceMaxSteps !== null && !(Number.isSafeInteger(traceMaxSteps) && traceMaxSteps > 0)) {
    throw invalid('number of steps to record', traceMaxSteps, 'a whole number above 0')
  }
}

function filled(text: string | undefined): string | null {
  return text === undefined || text.trim() === '' ? null : text.trim()
}

function numberFrom(env: Environment, name: string): number | null {
  const text = filled(env[name])
  if (text === null) return null
  const value = Number(text)
  if (Number.isNaN(value)) throw invalid(`environment variable ${name}`, text, 'a number')
  return value
}

function oneOf<T extends string>(env: Environment, name: string, allowed: readonly T[]): T | null {
  const text = filled(env[name])
  if (text === null) return null
  const found = allowed.find((value) => value === text)
  if (found === undefined) {
    throw invalid(`environment variable ${name}`, text, `one of ${allowed.join(', ')}`)
  }
  return found
}

function modulesFrom(env: Environment, name: string): readonly string[] | null {
  const text = filled(env[name])
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  } catch {
    // Falls through to the error below, which shows the text.
  }
  throw invalid(`environment variable ${name}`, text, 'a JSON list of paths')
}

function invalid(what: string, value: unknown, wanted: string): ConfigError {
  return new ConfigError(
    'TRACEML_CONFIG_INVALID',
    `The ${what} is ${JSON.stringify(value)}; give ${wanted}.`,
    { details: { value: String(value) } },
  )
}
