import type { RunSettings } from '../settings/run-settings.js'
import type { Target } from '../target/target.js'
import { nodeArguments } from './plans/node-plan.js'
import { pythonArguments, startsByTorchrun, withPythonClient } from './plans/python-plan.js'
import {
  type AggregatorAddress,
  rankEnvironment,
  trainingEnvironment,
} from './training-environment.js'

/** The processes that a run starts on this node. */
export interface TrainingPlan {
  /** Absolute path. */
  readonly program: string
  readonly args: readonly string[]
  /** One process for each; local rank = position. */
  readonly environments: readonly NodeJS.ProcessEnv[]
}

/** What a plan is made from. */
export interface TrainingPlanOptions {
  readonly target: Target
  /** Arguments of the script, untouched. */
  readonly args: readonly string[]
  readonly settings: RunSettings
  readonly sessionId: string
  /** Where the training sends its telemetry; null: it runs untraced. */
  readonly address: AggregatorAddress | null
  /** The environment that the launcher was started with. */
  readonly base: NodeJS.ProcessEnv
}

/**
 * Decides what is started: one process of Node or Python per rank, or one process that starts the
 * ranks itself (`torch.distributed.run`, or a command of the user).
 */
export function planTraining(options: TrainingPlanOptions): TrainingPlan {
  const { target, settings } = options
  const environment = trainingEnvironment(options)
  if (target.kind === 'node') {
    const args = nodeArguments({ ...options, target })
    return { program: process.execPath, args, environments: perRank(environment, settings) }
  }
  const traced = options.address !== null ? withPythonClient(environment) : environment
  if (target.kind === 'command') {
    return { program: target.path, args: options.args, environments: [traced] }
  }
  const args = pythonArguments({ ...options, target })
  const environments = startsByTorchrun(settings) ? [traced] : perRank(traced, settings)
  return { program: target.interpreter, args, environments }
}

function perRank(environment: NodeJS.ProcessEnv, settings: RunSettings): NodeJS.ProcessEnv[] {
  return Array.from({ length: settings.nprocPerNode }, (_, localRank) => ({
    ...environment,
    ...rankEnvironment(settings, localRank),
  }))
}
