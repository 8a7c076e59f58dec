import type { DisplayMode } from '@traceml/contracts'
import type { PolicySetName } from '@traceml/diagnostics'

/**
 * What a `traceml.config.ts` (`.mts`, `.js`, `.mjs`) may say. Flags and environment variables win
 * over it.
 */
export interface TraceMLConfig {
  /** How the run is shown: `summary` (default), `cli` or `dashboard`. */
  readonly mode?: DisplayMode
  /** Seconds between two samples, above 0. Default 2. */
  readonly interval?: number
  /** Folder of the session folders, relative to the configuration file. Default `./logs`. */
  readonly logsDir?: string
  /** Modules that export samplers: paths relative to the configuration file, or package names. */
  readonly samplers?: readonly string[]
  /** Modules that read GPUs of other vendors, by `createGpuReader`; named like those of samplers. */
  readonly gpus?: readonly string[]
  /** Modules that export sections of the report; named like those of samplers. */
  readonly sections?: readonly string[]
  /** Modules that export panels of the live views; named like those of samplers. */
  readonly panels?: readonly string[]
  /** Address of the dashboard; any other than loopback is opened by a token. Default 127.0.0.1. */
  readonly dashboardHost?: string
  /** Port of the dashboard, tried first; 0 for any. Default 8765. */
  readonly dashboardPort?: number
  /** Open a browser where somebody sits at the machine. Default true. */
  readonly dashboardAutoOpen?: boolean
  /** Newest rows of each rank that the summary reads, at least 1. Default 10000. */
  readonly summaryWindowRows?: number
  /** Thresholds of the verdicts: `robust` (default) or `compatible` with existing reports. */
  readonly policy?: PolicySetName
  /** Write the report as a page, too: `final_summary.html`. Default false. */
  readonly htmlReport?: boolean
  /** Stop recording after this many steps, at least 1. Default: never. */
  readonly traceMaxSteps?: number
  /** Part of step time that measuring layers may cost (profile `deep`), above 0, at most 1. Default 0.05. */
  readonly layerBudget?: number
  /** Steps that the training makes, at least 1: live views then say when it will be done. */
  readonly totalSteps?: number
  /** Seconds that the end of a run may take, above 0. Default 300. */
  readonly finalizeTimeoutSec?: number
  /** Keep the history that summaries are made from. Default true. */
  readonly history?: boolean
}

/** Checks and infers a {@link TraceMLConfig}; returns its argument. */
export function defineConfig(config: TraceMLConfig): TraceMLConfig {
  return config
}
