import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  fixture,
  queryHistory,
  readManifest,
  readSummary,
  startTraceml,
  temporaryFolder,
  traceml,
} from './fixtures/cli/support.ts'

test('arguments, stdin, stdout and exit code are the script’s own', async () => {
  using folder = temporaryFolder()
  const script = fixture('echo.mjs')
  const end = await traceml(
    ['run', '--mode', 'summary', script, '--mode', 'x', '--lr=0.1', '--', '-v', 'a b'],
    { cwd: folder.path, input: 'some input' },
  )
  expect(end.code).toBe(3)
  const lines = end.stdout.trimEnd().split('\n')
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0]!)).toMatchObject({
    args: ['--mode', 'x', '--lr=0.1', '--', '-v', 'a b'],
    stdin: 'some input',
    name: script,
  })
  expect(end.stderr).toContain('to stderr\n')
})

test('a run leaves a complete session and a report with the steps of the script', async () => {
  using folder = temporaryFolder()
  const end = await traceml(
    ['run', '--run-name', 'first', fixture('traced-loop.mjs'), '--steps', '60', '--step-ms', '4'],
    { cwd: folder.path },
  )
  expect(end.code).toBe(0)
  expect(end.stdout).toBe('first step done\ntraining done\n')
  const session = join(folder.path, 'logs', 'first')
  expect(readManifest(session)).toMatchObject({
    schema_version: 1,
    session_id: 'first',
    run: { run_name: 'first', session_id: 'first', identity_source: 'run_name' },
    status: 'completed',
    training_exit_code: 0,
    launch: { script_path: fixture('traced-loop.mjs'), profile: 'run', ui_mode: 'summary' },
    paths: { session_root: session, db_path: join(session, 'aggregator', 'telemetry') },
    artifacts: { db: join(session, 'aggregator', 'telemetry') },
  })
  expect(readManifest(session)).not.toHaveProperty('telemetry_status')
  const [steps] = queryHistory<{ rows: number; last: number }>(
    session,
    'SELECT count(*) AS rows, max(step) AS last FROM step_time_samples',
  )
  expect(steps).toEqual({ rows: 60, last: 60 })
  expect(end.stderr).toContain(readSummary(session).text.trimEnd())
  expect(end.stderr).toContain('Written: logs/first/final_summary.json')
  expect(end.stderr).toContain('traceml compare logs/first <the new run>')
  expect(readdirSync(session)).not.toContain('aggregator_error.log')
})

test('TypeScript runs, enums included', async () => {
  using folder = temporaryFolder()
  const end = await traceml(['run', fixture('typed.mts'), '--x', '1'], { cwd: folder.path })
  expect(end.stdout).toBe('typescript ran --x 1\n')
  expect(end.code).toBe(0)
})

test('two processes are two ranks', async () => {
  using folder = temporaryFolder()
  const end = await traceml(
    [
      'run',
      '--run-name',
      'ddp',
      '--nproc-per-node',
      '2',
      fixture('traced-loop.mjs'),
      '--steps',
      '20',
    ],
    { cwd: folder.path },
  )
  expect(end.code).toBe(0)
  const rows = queryHistory(
    join(folder.path, 'logs', 'ddp'),
    'SELECT global_rank, local_rank, world_size, count(*) AS steps FROM step_time_samples GROUP BY 1, 2, 3 ORDER BY 1',
  )
  expect(rows).toEqual([
    { global_rank: 0, local_rank: 0, world_size: 2, steps: 20 },
    { global_rank: 1, local_rank: 1, world_size: 2, steps: 20 },
  ])
})

test('one rank that fails ends the others, and its exit code is the run’s', async () => {
  using folder = temporaryFolder()
  const script = [fixture('traced-loop.mjs'), '--fail', 'exit', '--fail-rank', '1']
  const end = await traceml(
    ['run', '--run-name', 'ddp', '--nproc-per-node', '2', ...script, '--steps', '10'],
    { cwd: folder.path },
  )
  expect(end.code).toBe(7)
  expect(readManifest(join(folder.path, 'logs', 'ddp'))).toMatchObject({
    status: 'failed',
    training_exit_code: 7,
  })
})

test('recording stops at --trace-max-steps, the training does not', async () => {
  using folder = temporaryFolder()
  const end = await traceml(
    [
      'run',
      '--run-name',
      'short',
      '--trace-max-steps',
      '5',
      fixture('traced-loop.mjs'),
      '--steps',
      '30',
    ],
    { cwd: folder.path },
  )
  expect(end.stdout).toContain('training done')
  expect(
    queryHistory(
      join(folder.path, 'logs', 'short'),
      'SELECT max(step) AS last FROM step_time_samples',
    ),
  ).toEqual([{ last: 5 }])
})

test.each([
  ['a flag', ['--sampler', fixture('disk-sampler.mjs')], null],
  [
    'a configuration file',
    [],
    `export default { samplers: [${JSON.stringify(fixture('disk-sampler.mjs'))}] }`,
  ],
])('rows of a sampler from %s end up in the history', async (_name, flags, config) => {
  using folder = temporaryFolder()
  if (config !== null) writeFileSync(join(folder.path, 'traceml.config.ts'), config)
  const end = await traceml(
    [
      'run',
      '--run-name',
      'x',
      '--interval',
      '0.1',
      ...flags,
      fixture('traced-loop.mjs'),
      '--steps',
      '60',
    ],
    { cwd: folder.path },
  )
  expect(end.code).toBe(0)
  const rows = queryHistory<{ sampler: string; table_name: string; row_json: string }>(
    join(folder.path, 'logs', 'x'),
    "SELECT sampler, table_name, row_json FROM custom_samples WHERE sampler = 'AcmeTicks' ORDER BY id",
  )
  expect(rows.length).toBeGreaterThanOrEqual(2)
  expect(rows[0]).toMatchObject({ sampler: 'AcmeTicks', table_name: 'ticks' })
  expect(JSON.parse(rows[0]!.row_json)).toMatchObject({ tick: 1, free_bytes: 1024, label: null })
})

test('a disabled run leaves nothing behind and no variable of ours', async () => {
  using folder = temporaryFolder()
  const script = join(folder.path, 'env.mjs')
  writeFileSync(
    script,
    'console.log(Object.keys(process.env).filter((name) => name.startsWith("TRACEML_")), process.execArgv)\nprocess.exit(4)\n',
  )
  const end = await traceml(['run', '--disable-traceml', '--run-name', 'x', script], {
    cwd: folder.path,
    env: { TRACEML_INTERVAL: '1' },
  })
  expect(end).toMatchObject({ code: 4, stdout: "[ 'TRACEML_DISABLED' ] []\n", stderr: '' })
  expect(readdirSync(folder.path)).toEqual(['env.mjs'])
})

test('SIGTERM to the launcher reaches the script, which ends in its own way', async () => {
  using folder = temporaryFolder()
  const run = startTraceml(['run', '--run-name', 'x', fixture('catches-sigterm.mjs')], {
    cwd: folder.path,
  })
  await run.printed('waiting')
  run.child.kill('SIGTERM')
  const end = await run.end
  expect(end.code).toBe(5)
  expect(end.stdout).toBe('waiting\ncaught SIGTERM\n')
  expect(readManifest(join(folder.path, 'logs', 'x'))['status']).toBe('interrupted')
})

test('progress lines in cli mode', async () => {
  using folder = temporaryFolder()
  const end = await traceml(
    ['run', '--mode', 'cli', fixture('traced-loop.mjs'), '--steps', '300', '--step-ms', '10'],
    { cwd: folder.path },
  )
  expect(end.stdout).toBe('first step done\ntraining done\n')
  expect(end.stderr).toMatch(/\[traceml\] .*step/)
})

test('watch records host and process, and no steps', async () => {
  using folder = temporaryFolder()
  const end = await traceml(
    ['watch', '--run-name', 'w', '--interval', '0.2', fixture('traced-loop.mjs'), '--steps', '100'],
    { cwd: folder.path },
  )
  expect(end.code).toBe(0)
  const [counts] = queryHistory<{ steps: number; samples: number }>(
    join(folder.path, 'logs', 'w'),
    'SELECT (SELECT count(*) FROM step_time_samples) AS steps, (SELECT count(*) FROM process_samples) AS samples',
  )
  expect(counts?.steps).toBe(0)
  expect(counts?.samples).toBeGreaterThan(0)
})

test('no history means no files but the manifest, and the training runs', async () => {
  using folder = temporaryFolder()
  const end = await traceml(
    ['run', '--no-history', '--run-name', 'x', fixture('traced-loop.mjs'), '--steps', '5'],
    { cwd: folder.path },
  )
  expect(end.code).toBe(0)
  expect(existsSync(join(folder.path, 'logs', 'x', 'final_summary.json'))).toBe(false)
  expect(readManifest(join(folder.path, 'logs', 'x'))['status']).toBe('completed')
})

test('compare, view and the hint for them', async () => {
  using folder = temporaryFolder()
  const options = { cwd: folder.path }
  const loop = [fixture('traced-loop.mjs'), '--steps', '30']
  await traceml(['run', '--run-name', 'a', ...loop], options)
  const second = await traceml(['run', '--run-name', 'b', ...loop], options)
  expect(second.stderr).toContain('Next:    traceml compare logs/a logs/b')

  const compared = await traceml(['compare', 'logs/a', 'logs/b/final_summary.json'], options)
  expect(compared.code).toBe(0)
  const text = readFileSync(join(folder.path, 'compare', 'a_vs_b.txt'), 'utf8')
  expect(compared.stdout).toBe(text)
  expect(compared.stderr).toContain('Written: compare/a_vs_b.json')
  const document = JSON.parse(readFileSync(join(folder.path, 'compare', 'a_vs_b.json'), 'utf8'))
  expect(document).toMatchObject({ schema_version: 2, lhs: { label: 'a' }, rhs: { label: 'b' } })

  await traceml(['compare', 'logs/a', 'logs/b', '--output', 'out/mine.json'], options)
  expect(readdirSync(join(folder.path, 'out')).toSorted()).toEqual(['mine.json', 'mine.txt'])

  const viewed = await traceml(['view', 'logs/a'], options)
  expect(viewed.stdout).toBe(
    readFileSync(join(folder.path, 'logs', 'a', 'final_summary.txt'), 'utf8'),
  )
})

test('--help and --version need nothing else', async () => {
  using folder = temporaryFolder()
  const help = await traceml(['--help'], { cwd: folder.path })
  expect(help).toMatchObject({ code: 0, stderr: '' })
  expect(help.stdout).toContain('traceml run [options] <script> [args...]')
  const version = await traceml(['--version'], { cwd: folder.path })
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/)
  const run = await traceml(['run', '--help'], { cwd: folder.path })
  expect(run.stdout).toContain('--nproc-per-node <count>')
})
