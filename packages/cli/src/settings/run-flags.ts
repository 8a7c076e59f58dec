import type { DashboardFlags } from '../dashboard/dashboard-settings.js'

/** Flags of `run`, `deep` and `watch` as the parser hands them over: texts, not yet checked. */
export interface RunFlags extends DashboardFlags {
  readonly mode?: string
  readonly interval?: string
  readonly logsDir?: string
  readonly runName?: string
  readonly sessionId?: string
  readonly overwrite?: boolean
  readonly aggregatorHost?: string
  readonly aggregatorBindHost?: string
  readonly aggregatorPort?: string
  readonly nprocPerNode?: string
  readonly nnodes?: string
  readonly nodeRank?: string
  readonly masterAddr?: string
  readonly masterPort?: string
  readonly rdzvBackend?: string
  readonly rdzvEndpoint?: string
  readonly rdzvId?: string
  readonly rdzvConf?: string
  /** Options of torchrun, as typed. */
  readonly torchrun?: readonly string[]
  readonly python?: string
  /** The script is the name of a Python module. */
  readonly module?: boolean
  readonly summaryWindowRows?: string
  readonly finalizeTimeoutSec?: string
  readonly policy?: string
  readonly htmlReport?: boolean
  readonly traceMaxSteps?: string
  readonly profile?: string
  readonly layerBudget?: string
  readonly totalSteps?: string
  /** False when `--no-live` was given. */
  readonly live?: boolean
  /** False when `--no-history` was given. */
  readonly history?: boolean
  readonly disableTraceml?: boolean
  readonly sampler?: readonly string[]
  readonly gpuReader?: readonly string[]
  readonly section?: readonly string[]
  readonly panel?: readonly string[]
  readonly config?: string
  readonly allowAnonymous?: boolean
}
