import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import {
  type CommandEnd,
  queryHistory,
  readSummary,
  startProgram,
  TRACEML,
  temporaryFolder,
} from './fixtures/cli/support.ts'
import { pythonWith, skipWithoutPython, stepsByRank } from './python-support/environments.ts'
import { makeTwoNodes, type TwoNodes } from './python-support/two-nodes.ts'

// Two hosts that share a network and nothing else; each has a launcher and a folder of its own.
const python = pythonWith('newest')
const ddp = fileURLToPath(new URL('fixtures/python/ddp.py', import.meta.url))
const existing = fileURLToPath(new URL('fixtures/python/train.py', import.meta.url))

// PyTorch takes its time to load on a busy machine.
vi.setConfig({ testTimeout: 300_000 })
skipWithoutPython()

interface Launch {
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  readonly flags?: readonly string[]
  readonly script: readonly string[]
}

function launch(nodes: TwoNodes, node: 0 | 1, options: Launch): Promise<CommandEnd> {
  const [program, ...before] = nodes.on(node)
  const flags = [
    ...['--python', python, '--interval', '0.5', '--logs-dir', `logs-${node}`],
    ...(options.flags ?? []),
  ]
  const env = { GLOO_SOCKET_IFNAME: nodes.networkInterface, ...options.env }
  return startProgram(
    program,
    [...before, process.execPath, TRACEML, 'run', ...flags, ...options.script],
    { cwd: options.folder, env },
  ).end
}

test('two nodes of two ranks: all of them are in the report of node 0', async (context) => {
  using nodes = makeTwoNodes()
  if (nodes === null) return context.skip('network namespaces cannot be made here')
  using folder = temporaryFolder()
  const options = { folder: folder.path, env: { TRACEML_TOKEN: 'secret' } }
  const flags = ['--nnodes', '2', '--nproc-per-node', '2', '--run-name', 'two']
  const script = [ddp, '40', '--slow-loader', '3']
  const ends = await Promise.all(
    ([0, 1] as const).map((node) =>
      launch(nodes, node, {
        ...options,
        flags: [...flags, '--node-rank', String(node), '--master-addr', nodes.addresses[0]],
        script,
      }),
    ),
  )
  expect(ends.map(({ code }) => code)).toEqual([0, 0])
  const session = join(folder.path, 'logs-0', 'two')
  expect(stepsByRank(session)).toEqual({ 0: 40, 1: 40, 2: 40, 3: 40 })
  const summary = readSummary(session)
  expect(summary['meta']).toMatchObject({ mode: 'multi_node', world_size: 4, nodes_observed: 2 })
  expect(summary.primary_diagnosis).toMatchObject({ status: 'INPUT STRAGGLER' })
  expect(summary.primary_diagnosis).toHaveProperty(
    'summary',
    expect.stringMatching(/\br(ank )?3\b/),
  )
  expect(summary.telemetry).toMatchObject({ finished_ranks: [0, 1, 2, 3], expected_ranks: 4 })
  expect(queryHistory(session, 'SELECT DISTINCT node_rank FROM system_samples ORDER BY 1')).toEqual(
    [{ node_rank: 0 }, { node_rank: 1 }],
  )
})

test('two tasks of Slurm with an existing client, which has no token', async (context) => {
  using nodes = makeTwoNodes()
  if (nodes === null) return context.skip('network namespaces cannot be made here')
  using folder = temporaryFolder()
  const ends = await Promise.all(
    ([0, 1] as const).map((node) =>
      launch(nodes, node, {
        folder: folder.path,
        env: {
          SLURM_JOB_ID: '4711',
          SLURM_STEP_ID: '0',
          SLURM_NNODES: '2',
          SLURM_JOB_NODELIST: nodes.addresses[0],
          SLURM_STEP_TASKS_PER_NODE: '1(x2)',
          SLURM_NODEID: String(node),
          SLURM_PROCID: String(node),
          SLURM_LOCALID: '0',
        },
        flags: ['--allow-anonymous'],
        script: [existing, '50'],
      }),
    ),
  )
  expect(ends.map(({ code }) => code)).toEqual([0, 0])
  const session = join(folder.path, 'logs-0', 'slurm-4711')
  expect(stepsByRank(session)).toEqual({ 0: 50, 1: 50 })
  expect(readSummary(session).telemetry).toMatchObject({ finished_ranks: [0, 1] })
})
