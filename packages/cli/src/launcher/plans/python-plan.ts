import { delimiter } from 'node:path'
import { pythonClient } from '@traceml/pytorch'
import type { RunSettings } from '../../settings/run-settings.js'
import type { Target } from '../../target/target.js'

/**
 * Arguments for Python that start the script or module, through `torch.distributed.run` of the same
 * interpreter when it is to start the ranks.
 */
export function pythonArguments(options: {
  readonly target: Extract<Target, { kind: 'python' }>
  readonly args: readonly string[]
  readonly settings: RunSettings
}): readonly string[] {
  const { target, settings, args } = options
  const script = target.module === null ? [target.path ?? ''] : ['-m', target.module]
  if (!startsByTorchrun(settings)) return [...script, ...args]
  return ['-m', 'torch.distributed.run', ...torchrunArguments(settings), ...script, ...args]
}

/** Whether the ranks of this node are started by torchrun. */
export function startsByTorchrun(settings: RunSettings): boolean {
  if (settings.task !== null) return false
  const { nprocPerNode, nnodes, torchrunOptions } = settings
  return nprocPerNode > 1 || nnodes > 1 || torchrunOptions.length > 0
}

/** In the spelling with underscores, which every release of torchrun knows. */
function torchrunArguments(settings: RunSettings): readonly string[] {
  const meets = settings.torchrunOptions.some((option) => /^--(rdzv|standalone)/.test(option))
  return [
    `--nnodes=${settings.nnodes}`,
    `--nproc_per_node=${settings.nprocPerNode}`,
    // A rendezvous finds ranks, address and port by itself.
    ...(meets
      ? []
      : [
          `--node_rank=${settings.nodeRank}`,
          `--master_addr=${settings.masterAddr}`,
          `--master_port=${settings.masterPort}`,
        ]),
    ...settings.torchrunOptions,
  ]
}

/** The environment in which every Python that is started finds our client. */
export function withPythonClient(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = environment['PYTHONPATH']
  const { sitePath } = pythonClient()
  return { ...environment, PYTHONPATH: others ? `${sitePath}${delimiter}${others}` : sitePath }
}
