import { pythonClient } from '@traceml/pytorch'
import { expect, test } from 'vitest'
import { resolveRunSettings } from '../settings/resolve-run-settings.js'
import type { RunFlags } from '../settings/run-flags.js'
import type { Target } from '../target/target.js'
import { planTraining, type TrainingPlan } from './training-plan.js'

const python: Target = {
  kind: 'python',
  interpreter: '/venv/bin/python',
  path: '/project/train.py',
  module: null,
}
const address = { host: '127.0.0.1', port: 4000, token: null }

function plan(
  flags: RunFlags,
  target: Target = python,
  base: NodeJS.ProcessEnv = {},
  environment: Record<string, string> = {},
): TrainingPlan {
  const settings = resolveRunSettings({
    profile: 'run',
    flags: { allowAnonymous: true, runName: 'x', ...flags },
    environment,
    loaded: { path: null, config: {} },
    cwd: '/project',
  })
  return planTraining({ target, args: ['--lr', '1'], settings, sessionId: 'x', address, base })
}

test('one process of Python is started as the user would, with our client on its path', () => {
  const { program, args, environments } = plan({}, python, { PYTHONPATH: '/mine' })
  expect(program).toBe('/venv/bin/python')
  expect(args).toEqual(['/project/train.py', '--lr', '1'])
  expect(environments).toHaveLength(1)
  expect(environments[0]).toMatchObject({
    PYTHONPATH: `${pythonClient().sitePath}:/mine`,
    TRACEML_AGGREGATOR_PORT: '4000',
    TRACEML_SESSION_ID: 'x',
  })
  expect(environments[0]).not.toHaveProperty('RANK')
})

test('several are started by torchrun of the same Python', () => {
  const { program, args, environments } = plan(
    { nprocPerNode: '4', torchrun: ['--max-restarts=2'] },
    { ...python, path: null, module: 'jobs.train' },
  )
  expect(program).toBe('/venv/bin/python')
  expect(args).toEqual([
    ...['-m', 'torch.distributed.run', '--nnodes=1', '--nproc_per_node=4', '--node_rank=0'],
    ...['--master_addr=127.0.0.1', '--master_port=29500', '--max-restarts=2'],
    ...['-m', 'jobs.train', '--lr', '1'],
  ])
  expect(environments).toHaveLength(1)
  expect(environments[0]).toMatchObject({ TRACEML_EXPECTED_WORLD_SIZE: '4' })
  expect(environments[0]).not.toHaveProperty('RANK')
})

test('a node of several, and a rendezvous instead of an address', () => {
  const flags = { nnodes: '2', nodeRank: '1', masterAddr: '10.0.0.1', masterPort: '3000' }
  expect(plan(flags).args.slice(2, 7)).toEqual([
    ...['--nnodes=2', '--nproc_per_node=1', '--node_rank=1'],
    ...['--master_addr=10.0.0.1', '--master_port=3000'],
  ])
  const rendezvous = { rdzvBackend: 'c10d', rdzvEndpoint: '10.0.0.1:3000', rdzvId: 'job' }
  expect(plan({ ...flags, ...rendezvous }).args.slice(2, 8)).toEqual([
    ...['--nnodes=2', '--nproc_per_node=1'],
    ...['--rdzv_backend=c10d', '--rdzv_endpoint=10.0.0.1:3000', '--rdzv_id=job'],
    '/project/train.py',
  ])
})

test('a task of Slurm is a rank and needs no torchrun', () => {
  const environment = {
    ...{ SLURM_JOB_ID: '7', SLURM_STEP_ID: '0', SLURM_STEP_NUM_NODES: '2', SLURM_NODEID: '1' },
    ...{ SLURM_JOB_NODELIST: 'n[1-2]', SLURM_STEP_NUM_TASKS: '4', SLURM_STEP_TASKS_PER_NODE: '2' },
    ...{ SLURM_PROCID: '3', SLURM_LOCALID: '1', SLURM_STEP_TASKS_PER_NODE: '2(x2)' },
  }
  const { args, environments } = plan({}, python, {}, environment)
  expect(args).toEqual(['/project/train.py', '--lr', '1'])
  expect(environments[0]).toMatchObject({
    ...{ RANK: '3', LOCAL_RANK: '1', WORLD_SIZE: '4', LOCAL_WORLD_SIZE: '2', GROUP_RANK: '1' },
    ...{ MASTER_ADDR: 'n1', MASTER_PORT: '15014' },
  })
})

test('any other program gets what a Python below it needs', () => {
  const { program, args, environments } = plan({}, { kind: 'command', path: '/bin/launch' })
  expect([program, ...args]).toEqual(['/bin/launch', '--lr', '1'])
  expect(environments[0]).toMatchObject({ PYTHONPATH: pythonClient().sitePath })
})

test('untraced, nothing of ours is there but the variable that says so', () => {
  const settings = resolveRunSettings({
    profile: 'run',
    flags: {},
    environment: {},
    loaded: { path: null, config: {} },
    cwd: '/project',
  })
  const { environments } = planTraining({
    ...{ target: python, args: [], settings, sessionId: '', address: null },
    base: { HOME: '/home/x', TRACEML_TOKEN: 'old' },
  })
  expect(environments).toEqual([{ HOME: '/home/x', TRACEML_DISABLED: '1' }])
})
