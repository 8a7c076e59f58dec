import { DEFAULT_GPU_MODULES, ENV } from '@traceml/contracts'
import type { RunSettings } from '../settings/run-settings.js'

/** Where the training sends its telemetry. */
export interface AggregatorAddress {
  readonly host: string
  readonly port: number
  readonly token: string | null
}

type Environment = NodeJS.ProcessEnv

/** Modules of samplers that every run has beside the built-in ones, registered like anybody's. */
const DEFAULT_SAMPLERS: readonly string[] = [import.meta.resolve('@traceml/javascript/sampler')]

/**
 * Environment of the processes of the training: the launcher's own and the settings of the run.
 *
 * @param address - Null: the training runs untraced.
 */
export function trainingEnvironment(options: {
  readonly base: Environment
  readonly settings: RunSettings
  readonly sessionId: string
  readonly address: AggregatorAddress | null
}): Environment {
  const { settings, address } = options
  if (address === null) return untracedEnvironment(options.base)
  const traced: Environment = {
    ...options.base,
    [ENV.disabled]: '0',
    [ENV.profile]: settings.profile,
    [ENV.mode]: settings.mode,
    [ENV.interval]: String(settings.intervalSeconds),
    [ENV.logsDir]: settings.logsDir,
    [ENV.sessionId]: options.sessionId,
    [ENV.aggregatorHost]: address.host,
    [ENV.aggregatorPort]: String(address.port),
    [ENV.summaryWindowRows]: String(settings.summaryWindowRows),
    [ENV.traceMaxSteps]: settings.traceMaxSteps === null ? '' : String(settings.traceMaxSteps),
    [ENV.expectedWorldSize]: String(settings.nnodes * settings.nprocPerNode),
    [ENV.historyEnabled]: settings.historyEnabled ? '1' : '0',
    [ENV.samplerModules]: JSON.stringify([...DEFAULT_SAMPLERS, ...settings.samplerModules]),
  }
  if (settings.gpuModules.length > 0) {
    traced[ENV.gpuModules] = JSON.stringify([...DEFAULT_GPU_MODULES, ...settings.gpuModules])
  }
  delete traced[RUNTIME_OWNER]
  if (settings.profile === 'deep') traced[ENV.layerBudget] = String(settings.layerBudget)
  else delete traced[ENV.layerBudget]
  if (address.token === null) delete traced[ENV.token]
  else traced[ENV.token] = address.token
  return traced
}

/**
 * Set by the runtime of a traced process for its children. A run that a traced script starts is a
 * run of its own.
 */
const RUNTIME_OWNER = 'TRACEML_RUNTIME_OWNER'

/** `base` without any variable of ours, and with tracing switched off. */
export function untracedEnvironment(base: Environment): Environment {
  const own = Object.entries(base).filter(([name]) => !name.startsWith('TRACEML_'))
  return { ...Object.fromEntries(own), [ENV.disabled]: '1' }
}

/**
 * The variables that distributed launchers set, for the process with the local rank `localRank`.
 * Empty for a single process: that may be one rank of somebody else's launcher.
 */
export function rankEnvironment(
  settings: Pick<
    RunSettings,
    'nnodes' | 'nprocPerNode' | 'nodeRank' | 'masterAddr' | 'masterPort' | 'task'
  >,
  localRank: number,
): Environment {
  const worldSize = settings.nnodes * settings.nprocPerNode
  if (worldSize === 1) return {}
  const { task } = settings
  const nodeRank = task?.nodeRank ?? settings.nodeRank
  return {
    RANK: String(settings.nodeRank * settings.nprocPerNode + localRank),
    LOCAL_RANK: String(task?.localRank ?? localRank),
    WORLD_SIZE: String(worldSize),
    LOCAL_WORLD_SIZE: String(task?.localWorldSize ?? settings.nprocPerNode),
    GROUP_RANK: String(nodeRank),
    NODE_RANK: String(nodeRank),
    MASTER_ADDR: settings.masterAddr,
    MASTER_PORT: String(settings.masterPort),
  }
}
