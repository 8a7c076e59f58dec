import { expect, test } from 'vitest'
import { resolveRunSettings } from './resolve-run-settings.js'
import type { RunFlags } from './run-flags.js'
import type { RunSettings } from './run-settings.js'
import { firstHostOf, tasksOnNode } from './slurm-lists.js'

const JOB = {
  TRACEML_TOKEN: 'secret',
  SLURM_JOB_ID: '4711',
  SLURM_NNODES: '2',
  SLURM_JOB_NODELIST: 'gpu[08-11,20]',
}
const STEP = { ...JOB, SLURM_STEP_ID: '0', SLURM_STEP_NUM_NODES: '2' }

function resolve(environment: Record<string, string>, flags: RunFlags = {}): RunSettings {
  const loaded = { path: null, config: {} }
  return resolveRunSettings({ profile: 'run', flags, environment, loaded, cwd: '/project' })
}

test.each([
  ['gpu[08-11,20],login1', 'gpu08'],
  ['node7', 'node7'],
  ['a,b', 'a'],
  ['rack[2,5]-ib', 'rack2-ib'],
  ['', null],
])('first host of %o', (list, host) => {
  expect(firstHostOf(list)).toBe(host)
})

test.each([
  ['4(x2),3', 0, 4],
  ['4(x2),3', 1, 4],
  ['4(x2),3', 2, 3],
  ['4(x2),3', 3, null],
  ['1', 0, 1],
  ['', 0, null],
])('tasks of %o on node %d', (list, node, tasks) => {
  expect(tasksOnNode(list, node)).toBe(tasks)
})

test('the body of a batch script is one process, whatever the job has', () => {
  expect(resolve({ ...JOB, SLURM_NODEID: '0', SLURM_PROCID: '0' })).toMatchObject({
    nnodes: 1,
    nodeRank: 0,
    task: null,
    runName: null,
  })
})

test('one task a node starts the ranks of its node', () => {
  const environment = { ...STEP, SLURM_NODEID: '1', SLURM_PROCID: '1', SLURM_STEP_NUM_TASKS: '2' }
  expect(resolve(environment, { nprocPerNode: '4' })).toMatchObject({
    nnodes: 2,
    nodeRank: 1,
    nprocPerNode: 4,
    masterAddr: 'gpu08',
    masterPort: 24_422,
    aggregatorHost: 'gpu08',
    aggregatorBindHost: '0.0.0.0',
    aggregatorPort: 24_423,
    runName: 'slurm-4711',
    identitySource: 'generated',
    task: null,
  })
})

test('several tasks a node are one rank each', () => {
  const environment = {
    ...STEP,
    SLURM_NODEID: '1',
    SLURM_PROCID: '5',
    SLURM_LOCALID: '1',
    SLURM_STEP_NUM_TASKS: '7',
    SLURM_STEP_TASKS_PER_NODE: '4,3',
  }
  expect(resolve(environment)).toMatchObject({
    nnodes: 7,
    nodeRank: 5,
    nprocPerNode: 1,
    task: { nodeRank: 1, localRank: 1, localWorldSize: 3, hostCount: 2 },
  })
})

test('several tasks on one node need no port that other hosts can reach', () => {
  const environment = {
    ...STEP,
    SLURM_STEP_NUM_NODES: '1',
    SLURM_NODEID: '0',
    SLURM_PROCID: '1',
    SLURM_STEP_NUM_TASKS: '2',
  }
  const { TRACEML_TOKEN: _token, ...open } = environment
  expect(resolve(open)).toMatchObject({
    nnodes: 2,
    aggregatorHost: '127.0.0.1',
    aggregatorBindHost: '127.0.0.1',
  })
})

test('flags win over Slurm', () => {
  const environment = { ...STEP, SLURM_NODEID: '1', SLURM_PROCID: '5', SLURM_STEP_NUM_TASKS: '8' }
  const flags = { nnodes: '1', nprocPerNode: '2', runName: 'mine', masterAddr: 'other' }
  expect(resolve(environment, flags)).toMatchObject({
    nnodes: 1,
    nodeRank: 0,
    nprocPerNode: 2,
    masterAddr: 'other',
    runName: 'mine',
    aggregatorPort: 0,
    task: null,
  })
})
