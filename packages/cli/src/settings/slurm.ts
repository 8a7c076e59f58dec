import { firstHostOf, tasksOnNode } from './slurm-lists.js'

/** What Slurm says of the task that this process is. */
export interface SlurmTask {
  readonly jobId: number
  /** Nodes of the job step. */
  readonly nnodes: number
  readonly nodeRank: number
  /** Tasks of the job step, over all nodes. */
  readonly taskCount: number
  readonly taskRank: number
  /** Tasks of the job step on this node, and which of them this is. */
  readonly localTaskCount: number
  readonly localTaskRank: number
  /** Host of node 0. */
  readonly firstHost: string
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The task that `srun` has started this process as; null outside of one. In the body of a batch
 * script the variables of the job are there, but this process is alone: `SLURM_STEP_ID` tells.
 */
export function readSlurmTask(environment: Environment): SlurmTask | null {
  const jobId = integer(environment['SLURM_JOB_ID'])
  if (jobId === null || integer(environment['SLURM_STEP_ID']) === null) return null
  const nnodes = integer(environment['SLURM_STEP_NUM_NODES'] ?? environment['SLURM_NNODES'])
  const nodeRank = integer(environment['SLURM_NODEID'])
  const nodes = environment['SLURM_STEP_NODELIST'] ?? environment['SLURM_JOB_NODELIST']
  const firstHost = nodes === undefined ? null : firstHostOf(nodes)
  if (nnodes === null || nnodes < 1 || nodeRank === null || firstHost === null) return null
  const taskCount =
    integer(environment['SLURM_STEP_NUM_TASKS'] ?? environment['SLURM_NTASKS']) ?? nnodes
  const perNode = environment['SLURM_STEP_TASKS_PER_NODE'] ?? environment['SLURM_TASKS_PER_NODE']
  return {
    jobId,
    nnodes,
    nodeRank,
    taskCount,
    taskRank: integer(environment['SLURM_PROCID']) ?? nodeRank,
    localTaskCount: tasksOnNode(perNode ?? '', nodeRank) ?? Math.ceil(taskCount / nnodes),
    localTaskRank: integer(environment['SLURM_LOCALID']) ?? 0,
    firstHost,
  }
}

/** Ports below the range that systems give out by themselves, two for each job. */
const FIRST_PORT = 15_000
const PORT_PAIRS = 8_000

/** Ports that all tasks of a job agree on and other jobs on the same host do not use. */
export function slurmPorts(jobId: number): {
  readonly masterPort: number
  readonly aggregatorPort: number
} {
  const masterPort = FIRST_PORT + 2 * (jobId % PORT_PAIRS)
  return { masterPort, aggregatorPort: masterPort + 1 }
}

function integer(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null
}
