import { DEFAULTS } from '@traceml/contracts'
import { parseInteger, parseText } from './parse-values.js'
import type { RunFlags } from './run-flags.js'
import type { RunSettings } from './run-settings.js'
import { readSlurmTask, type SlurmTask, slurmPorts } from './slurm.js'

/** Where the processes of a run are. */
export type Topology = Pick<
  RunSettings,
  'nprocPerNode' | 'nnodes' | 'nodeRank' | 'masterAddr' | 'masterPort' | 'task'
> & {
  /** Known port of the aggregator, when the launchers have to agree on one. */
  readonly aggregatorPort: number | null
  /** Name that all launchers of the run agree on, or null. */
  readonly runName: string | null
}

const MAX_PORT = 65_535
/** More on one machine is a mistake in typing. */
const MAX_PROCESSES = 1024
const MASTER_PORT = 29_500

/**
 * Ranks and nodes of a run: flags win over what Slurm says, which wins over one process.
 *
 * @throws {ConfigError} for a value that cannot be used.
 */
export function resolveTopology(
  flags: RunFlags,
  environment: Readonly<Record<string, string | undefined>>,
): Topology {
  const slurm = readSlurmTask(environment)
  const base = slurm === null ? singleProcess() : fromSlurm(slurm, flags)
  const nnodes = integer('--nnodes', flags.nnodes, base.nnodes, 1)
  return {
    ...base,
    nprocPerNode: integer(
      '--nproc-per-node',
      flags.nprocPerNode,
      base.nprocPerNode,
      1,
      MAX_PROCESSES,
    ),
    nnodes,
    nodeRank: integer(
      '--node-rank',
      flags.nodeRank,
      Math.min(base.nodeRank, nnodes - 1),
      0,
      nnodes - 1,
    ),
    masterAddr:
      flags.masterAddr === undefined
        ? base.masterAddr
        : parseText({ source: '--master-addr', text: flags.masterAddr }),
    masterPort: integer('--master-port', flags.masterPort, base.masterPort, 1, MAX_PORT),
  }
}

function singleProcess(): Topology {
  return {
    nprocPerNode: 1,
    nnodes: 1,
    nodeRank: 0,
    masterAddr: DEFAULTS.host,
    masterPort: MASTER_PORT,
    task: null,
    aggregatorPort: null,
    runName: null,
  }
}

/** One launcher a node starts the ranks of its node; several a node are one rank each. */
function fromSlurm(slurm: SlurmTask, flags: RunFlags): Topology {
  const isTold =
    flags.nnodes !== undefined || flags.nodeRank !== undefined || flags.nprocPerNode !== undefined
  const isOneRank = slurm.taskCount > slurm.nnodes && !isTold
  const ports = slurmPorts(slurm.jobId)
  const isAlone = slurm.nnodes === 1 && !isOneRank
  return {
    nprocPerNode: 1,
    nnodes: isOneRank ? slurm.taskCount : slurm.nnodes,
    nodeRank: isOneRank ? slurm.taskRank : slurm.nodeRank,
    masterAddr: slurm.nnodes === 1 ? DEFAULTS.host : slurm.firstHost,
    masterPort: ports.masterPort,
    task: isOneRank
      ? {
          nodeRank: slurm.nodeRank,
          localRank: slurm.localTaskRank,
          localWorldSize: slurm.localTaskCount,
          hostCount: slurm.nnodes,
        }
      : null,
    aggregatorPort: isAlone ? null : ports.aggregatorPort,
    runName: isAlone ? null : `slurm-${slurm.jobId}`,
  }
}

function integer(
  source: string,
  text: string | undefined,
  fallback: number,
  min: number,
  max?: number,
): number {
  if (text === undefined) return fallback
  return parseInteger({ source, text }, max === undefined ? { min } : { min, max })
}
