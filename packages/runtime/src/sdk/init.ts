import type { DisplayMode } from '@traceml/contracts'
import { errorMessage, TransportError } from '@traceml/contracts'
import { activeRuntime } from '../active-runtime.js'
import type { RuntimeOptionOverrides } from '../lifecycle/runtime-options.js'
import { isDisabled, isOwnedByParent, resolveRuntimeOptions } from '../lifecycle/runtime-options.js'
import { startRuntime } from '../lifecycle/start-runtime.js'
import { printWarning } from '../lifecycle/warn-once.js'
import type { InitConfig, InitConfigOptions } from './init-config.js'
import { misuse } from './misuse.js'
import { settleInit } from './settle-init.js'

const MISSING_VARIABLE = 'TRACEML_ON_MISSING_AGGREGATOR'
const CONNECT_TIMEOUT_SECONDS = 10

/** Options of {@link init}; what is not given comes from the environment, then from defaults. */
export interface InitOptions extends InitConfigOptions {
  /** Record nothing. Default: `TRACEML_DISABLED` is `1`. */
  readonly disabled?: boolean
  readonly uiMode?: DisplayMode
  /** Seconds between two samples of host and process; default 2. */
  readonly intervalSeconds?: number
  readonly logsDir?: string
  readonly sessionId?: string
  readonly aggregatorHost?: string
  readonly aggregatorPort?: number
  /** The aggregator's token, where it requires one. */
  readonly token?: string
  /** The last step to record. */
  readonly traceMaxSteps?: number
  /**
   * `warn` (default): go on, one line says that nobody answers. `raise`: wait for the aggregator
   * up to `connectTimeoutSeconds` and throw when it does not answer.
   */
  readonly onMissingAggregator?: 'warn' | 'raise'
  /** Only used with `raise`; default 10. */
  readonly connectTimeoutSeconds?: number
}

/**
 * Starts recording this process, if nothing records it already, and settles who finds the phases.
 * Returns within milliseconds. Called again with the same configuration it returns the same
 * object. What goes wrong in here costs one line on stderr and never the training.
 *
 * @example
 * ```ts
 * init({ mode: 'manual' })
 * ```
 * @throws {InputError} `TRACEML_SDK_MISUSE` for a call that contradicts itself or an earlier one.
 * @throws {TransportError} `TRACEML_TRANSPORT_CLOSED` only with `onMissingAggregator: 'raise'`.
 */
export function init(options: InitOptions = {}): InitConfig {
  const off = options.disabled ?? isDisabled(process.env)
  return settleInit(options, off, () => startRecording(options))
}

function startRecording(options: InitOptions): boolean {
  if (activeRuntime() !== null) return true
  // A child of a process that records: its parent is the training.
  if (isOwnedByParent(process.env)) return false
  const policy = missingPolicy(options)
  let runtime: ReturnType<typeof startRuntime>
  try {
    runtime = startRuntime(resolveRuntimeOptions(overridesOf(options), process.env))
  } catch (error) {
    printWarning(`Nothing is recorded: ${errorMessage(error)}`)
    return false
  }
  if (!runtime.active) return false
  const seconds = options.connectTimeoutSeconds ?? CONNECT_TIMEOUT_SECONDS
  if (policy === 'raise' && !runtime.waitForAggregator(seconds * 1000)) {
    void runtime.stop()
    const { host, port } = runtime.options
    throw new TransportError(
      'TRACEML_TRANSPORT_CLOSED',
      `No aggregator answers at ${host}:${port}; start one with "traceml serve", or leave out onMissingAggregator.`,
      { details: { host, port } },
    )
  }
  return true
}

function missingPolicy(options: InitOptions): 'warn' | 'raise' {
  const value = options.onMissingAggregator ?? process.env[MISSING_VARIABLE]?.trim().toLowerCase()
  if (value === undefined || value === '' || value === 'warn') return 'warn'
  if (value === 'raise') return 'raise'
  throw misuse(`The policy for a missing aggregator is "${value}"; use "warn" or "raise".`)
}

function overridesOf(options: InitOptions): RuntimeOptionOverrides {
  const all = {
    mode: options.uiMode,
    intervalSeconds: options.intervalSeconds,
    logsDir: options.logsDir,
    sessionId: options.sessionId,
    host: options.aggregatorHost,
    port: options.aggregatorPort,
    token: options.token,
    traceMaxSteps: options.traceMaxSteps,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}
