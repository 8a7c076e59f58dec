import type { DisplayMode, Profile } from '@traceml/contracts'
import type { PolicySetName } from '@traceml/diagnostics'
import type { DashboardSettings } from '../dashboard/dashboard-settings.js'

/** Where one rank of a run is. */
interface RankTask {
  readonly nodeRank: number
  readonly localRank: number
  readonly localWorldSize: number
  /** Hosts of the run. */
  readonly hostCount: number
}

/** Everything that a run needs to know; all values checked, all paths absolute. */
export interface RunSettings {
  readonly profile: Profile
  readonly mode: DisplayMode
  /** Seconds between two samples, > 0. */
  readonly intervalSeconds: number
  /** Absolute path of the folder that holds the session folders. */
  readonly logsDir: string
  /** Name given by the user, or null: one is generated. */
  readonly runName: string | null
  readonly identitySource: 'run_name' | 'session_id' | 'generated'
  /** Replace the session folder of an earlier run of this name. */
  readonly overwrite: boolean
  /** Host that training processes connect to. */
  readonly aggregatorHost: string
  /** Address that the aggregator listens on. */
  readonly aggregatorBindHost: string
  /** 0: chosen by the system. */
  readonly aggregatorPort: number
  readonly nprocPerNode: number
  readonly nnodes: number
  readonly nodeRank: number
  readonly masterAddr: string
  readonly masterPort: number
  /**
   * The rank that this launcher is, when somebody else starts one launcher a rank: `nnodes` and
   * `nodeRank` then count ranks. Null: this launcher starts all ranks of its node.
   */
  readonly task: RankTask | null
  /** Passed on to torchrun as they are. */
  readonly torchrunOptions: readonly string[]
  readonly summaryWindowRows: number
  readonly finalizeTimeoutSeconds: number
  /** Which thresholds the verdicts of the report use. */
  readonly policy: PolicySetName
  /** Write the report as a page, too. */
  readonly htmlReport: boolean
  /** Part of step time that measuring layers may cost, above 0, at most 1. Used in profile `deep`. */
  readonly layerBudget: number
  /** Steps to record, or null for all. */
  readonly traceMaxSteps: number | null
  /** Steps that the training makes, or null when nobody said so. */
  readonly totalSteps: number | null
  readonly historyEnabled: boolean
  /** URLs of the sampler modules. */
  readonly samplerModules: readonly string[]
  /** URLs of the modules with readers of GPUs, besides the built-in ones. */
  readonly gpuModules: readonly string[]
  /** URLs of the modules with sections of the report. */
  readonly sectionModules: readonly string[]
  /** URLs of the modules with panels of the live views. */
  readonly panelModules: readonly string[]
  /** Used in mode `dashboard`. */
  readonly dashboard: DashboardSettings
  /** Shared secret of the run's processes, or null. */
  readonly token: string | null
  /** Accept telemetry without the token. */
  readonly allowAnonymous: boolean
}
