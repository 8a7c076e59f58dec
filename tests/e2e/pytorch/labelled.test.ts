import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { readSummary, temporaryFolder, traceml } from '../fixtures/cli/support.ts'
import { skipWithout, stepsByRank, torchPython } from '../python-support/environments.ts'

/**
 * Small PyTorch trainings that know nothing of us and have one known fault each, or none. The
 * verdict of each is compared with the truth, and the table of both is printed.
 */
interface Run {
  readonly name: string
  readonly script: string
  /** What is wrong with it, in words. */
  readonly truth: string
  /** Verdicts that say so; the first is the usual one. */
  readonly says: readonly [string, ...string[]]
  /** Steps that it has. */
  readonly steps: number
  /** What names the culprit further: the phase, or the rank. */
  readonly phase?: string
  readonly rank?: number
  readonly ranks?: number
  readonly args?: readonly string[]
  /** How the host's memory is judged; looked at ten times a second then. */
  readonly process?: 'PROCESS MEMORY RISING' | 'calm'
}

const HEALTHY = ['COMPUTE-BOUND', 'BALANCED'] as const

const RUNS: readonly Run[] = [
  run('slow_loader', 'loading a sample is slow', ['INPUT-BOUND'], 60),
  run('slow_collate', 'collating a batch is slow', ['INPUT-BOUND'], 60),
  run('few_workers', 'too few workers', ['INPUT-BOUND'], 60),
  run('workers_made_anew', 'workers start again each epoch', ['INPUT-BOUND'], 60),
  run('accumulate_slow_loader', 'slow loading of micro-batches', ['INPUT-BOUND'], 30),
  run('tiny_batches', 'batches cost more than compute', ['INPUT-BOUND'], 38),
  run('own_generator_wrapped', 'a slow generator, wrapped', ['INPUT-BOUND'], 60),
  run('own_generator', 'a slow generator, unknown to us', ['RESIDUAL-HEAVY'], 60),
  run('checkpoint_often', 'a checkpoint every third step', ['RESIDUAL-HEAVY'], 60),
  run('log_every_step', 'a slow log every step', ['RESIDUAL-HEAVY'], 60),
  run('python_metrics', 'metrics in Python hold the interpreter', ['RESIDUAL-HEAVY'], 60),
  run('slow_copy', 'a slow copy of each batch', ['RESIDUAL-HEAVY'], 60),
  { ...run('slow_optimizer', 'a slow optimizer', ['COMPUTE-BOUND'], 40), phase: 'optimizer' },
  { ...run('slow_forward', 'a slow forward pass', ['COMPUTE-BOUND'], 40), phase: 'forward' },
  run('big_validation', 'validation, which is no step', HEALTHY, 60),
  {
    ...run('leak_in_a_list', 'a leak of host memory, steps are well', HEALTHY, 200),
    process: 'PROCESS MEMORY RISING',
  },
  { ...ranks('loader', 2, 'rank 2 loads slowly'), says: ['INPUT STRAGGLER'] },
  { ...ranks('forward', 1, 'rank 1 has a slow forward pass'), says: ['COMPUTE STRAGGLER'] },
  { ...ranks('uneven', 3, 'rank 3 has larger batches'), says: ['COMPUTE STRAGGLER', 'STRAGGLER'] },
  run('healthy_plain', 'nothing', HEALTHY, 40),
  run('healthy_mixed_precision', 'nothing', HEALTHY, 40),
  { ...run('healthy_epochs', 'nothing', HEALTHY, 75), process: 'calm' },
  { ...run('keeps_losses', 'nothing: losses are kept as numbers', HEALTHY, 200), process: 'calm' },
  run('healthy_gan', 'nothing', HEALTHY, 40),
  { ...ranks('none', 0, 'nothing'), says: HEALTHY, name: 'healthy_ddp' },
]

function run(name: string, truth: string, says: Run['says'], steps: number): Run {
  return { name, script: `${name}.py`, truth, says, steps }
}

function ranks(fault: string, rank: number, truth: string): Omit<Run, 'says'> {
  const args = [fault, String(rank)]
  const base = { name: `ddp_${fault}`, script: 'ddp.py', truth, steps: 50, ranks: 4, args }
  return fault === 'none' ? base : { ...base, rank }
}

interface Summary {
  readonly process: { readonly issues: readonly { readonly status: string }[] }
  readonly step_time: {
    readonly diagnosis: {
      readonly status: string
      readonly phase: string | null
      readonly ranks: readonly number[]
    }
  }
}

const table: string[] = []
const scripts = fileURLToPath(new URL('runs/', import.meta.url))

skipWithout(torchPython)

// A machine that stalls in the middle of a short run falsifies it: it may be repeated. What takes
// time in these scripts sleeps, so two of them may run at once.
describe.concurrent('the verdict is the truth', { retry: 2 }, () => {
  test.each(RUNS)('$name: $truth', async (expected) => {
    using folder = temporaryFolder()
    const { script, ranks: count = 1, args = [] } = expected
    const options = ['run', '--python', torchPython, '--run-name', 'x']
    const often = expected.process === undefined ? [] : ['--interval', '0.1']
    const spread = count > 1 ? ['--nproc-per-node', String(count)] : []
    const path = join(scripts, script)
    const end = await traceml([...options, ...often, ...spread, path, ...args], {
      cwd: folder.path,
    })
    expect(end.code, end.stderr).toBe(0)

    const session = join(folder.path, 'logs', 'x')
    const {
      process: { issues },
      step_time: { diagnosis },
    } = readSummary(session) as unknown as Summary
    const isRising = issues.some(({ status }) => status === 'PROCESS MEMORY RISING')
    const memory = expected.process === undefined ? '' : isRising ? 'memory rising' : 'memory calm'
    table.push(
      [
        expected.name.padEnd(26),
        expected.truth.padEnd(42),
        diagnosis.status.padEnd(18),
        memory.padEnd(14),
        expected.says.includes(diagnosis.status) ? 'true' : 'FALSE',
      ].join(' '),
    )
    expect(expected.says).toContain(diagnosis.status)
    if (expected.process !== undefined) expect(isRising).toBe(expected.process !== 'calm')
    if (expected.phase !== undefined) expect(diagnosis.phase).toBe(expected.phase)
    if (expected.rank !== undefined) expect(diagnosis.ranks).toContain(expected.rank)
    const byRank = Array.from({ length: count }, (_, rank) => [rank, expected.steps])
    expect(stepsByRank(session)).toEqual(Object.fromEntries(byRank))
  })
})

afterAll(() => {
  if (table.length > 0) process.stdout.write(`\n${table.join('\n')}\n\n`)
})
