import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import {
  type CommandEnd,
  fixture,
  queryHistory,
  readSummary,
  startNode,
  startProgram,
  startTraceml,
  temporaryFolder,
  traceml,
  waitFor,
} from './fixtures/cli/support.ts'
import { type ClientVersion, pythonWith, skipWithoutPython } from './python-support/environments.ts'

// The released Python client against our server, and each side's commands on the other's files.
const python = pythonWith('newest')
const theirs = join(dirname(python), 'traceml')
const train = fileURLToPath(new URL('fixtures/python/train.py', import.meta.url))
const preload = new URL('../../packages/tfjs/dist/preload.js', import.meta.url).href

// PyTorch takes its time to load on a busy machine.
vi.setConfig({ testTimeout: 300_000 })
skipWithoutPython()

interface Served {
  readonly client: CommandEnd
  readonly server: CommandEnd
}

/** Serves while `command` runs, with the variables that the server's greeting names. */
async function served(
  cwd: string,
  command: readonly [string, ...string[]],
  flags: readonly string[] = [],
): Promise<Served> {
  const server = startTraceml(
    ['serve', '--run-name', 'served', '--aggregator-port', '0', ...flags],
    { cwd },
  )
  let greeting = ''
  server.child.stderr?.on('data', (text: string) => {
    greeting += text
  })
  await server.printed('start the training with')
  const variables = [...greeting.matchAll(/(TRACEML_[A-Z_]+)=(\S+)/g)].map(
    ([, name = '', value = '']) => [name, value] as const,
  )
  const env = { ...Object.fromEntries(variables), TRACEML_INTERVAL: '0.5' }
  const [program, ...args] = command
  const client = await startProgram(program, args, { cwd, env }).end
  if (!flags.includes('--exit-when-finished')) server.child.kill('SIGINT')
  return { client, server: await server.end }
}

function storedSteps(session: string): readonly unknown[] {
  return queryHistory(
    session,
    'SELECT global_rank AS rank, count(*) AS n, max(step) AS last FROM step_time_samples GROUP BY 1 ORDER BY 1',
  )
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await waitFor('there is a free port', () => server.listening)
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return String(port)
}

test('every step of a Python training arrives, and the report comes by itself', async () => {
  using folder = temporaryFolder()
  const { client, server } = await served(
    folder.path,
    [python, train, '150'],
    ['--exit-when-finished'],
  )
  expect(client).toMatchObject({ code: 0, stdout: 'disabled False\ndone\n' })
  expect(server.code).toBe(0)
  const session = join(folder.path, 'logs', 'served')
  expect(storedSteps(session)).toEqual([{ rank: 0, n: 150, last: 150 }])
  const [others] = queryHistory<Record<string, number>>(
    session,
    `SELECT (SELECT count(*) FROM system_samples) > 0 AS system,
       (SELECT count(*) FROM process_samples) > 0 AS process,
       (SELECT count(*) FROM step_memory_samples) AS memory`,
  )
  expect(others).toEqual({ system: 1, process: 1, memory: 150 })
  const summary = readSummary(session)
  expect(server.stderr).toContain(summary.text.trimEnd())
  expect(summary.text).toMatch(/average of 150 steps, CPU clock/)
  // All the phases of the loop were measured: a verdict, not a complaint about missing data.
  expect(summary.primary_diagnosis.status).not.toMatch(/INSUFFICIENT|INCOMPLETE|NO DATA/)
})

test.each<ClientVersion>(['newest', '0.3.6'])(
  'a training with the client %s can ask for its summary in the middle',
  async (version) => {
    using folder = temporaryFolder()
    const { client } = await served(folder.path, [pythonWith(version), train, '150', 'summary'])
    expect(client.code).toBe(0)
    expect(client.stdout).toMatch(/^disabled False\nverdict [A-Z- ]+\ndone\n$/)
    expect(storedSteps(join(folder.path, 'logs', 'served'))).toEqual([
      { rank: 0, n: 150, last: 150 },
    ])
  },
)

test('two ranks under torchrun', async () => {
  using folder = temporaryFolder()
  const launcher = ['-m', 'torch.distributed.run', '--nproc_per_node=2']
  const command = [python, ...launcher, `--master_port=${await freePort()}`, train, '80'] as const
  // The ranks say how many they are.
  const { client, server } = await served(folder.path, [...command], ['--exit-when-finished'])
  expect(client.code).toBe(0)
  expect(server.code).toBe(0)
  const session = join(folder.path, 'logs', 'served')
  expect(storedSteps(session)).toEqual([
    { rank: 0, n: 80, last: 80 },
    { rank: 1, n: 80, last: 80 },
  ])
  expect(readSummary(session).text).toContain('80 steps of 2 ranks')
})

test('a Python training that is killed is reported on, and named as unfinished', async () => {
  using folder = temporaryFolder()
  const { client, server } = await served(folder.path, [python, train, '100', 'kill'])
  expect(client.signal).toBe('SIGKILL')
  expect(server.code).toBe(0)
  const session = join(folder.path, 'logs', 'served')
  expect(storedSteps(session)).toEqual([{ rank: 0, n: 100, last: 100 }])
  expect(readSummary(session).telemetry).toMatchObject({ missing_ranks: [0] })
})

test('its commands read our files, ours read its', async () => {
  using folder = temporaryFolder()
  const options = { cwd: folder.path }
  const loop = fixture('traced-loop.mjs')
  await traceml(['run', '--run-name', 'ours', loop, '--steps', '60'], options)
  const itsRun = await startProgram(
    theirs,
    [
      ...['run', '--run-name', 'theirs', '--finalize-timeout-sec', '20'],
      ...['--aggregator-port', await freePort(), '--master-port', await freePort()],
      ...[train, '--args', '100'],
    ],
    options,
  ).end
  expect(itsRun.code).toBe(0)
  const ours = 'logs/ours/final_summary.json'
  const its = 'logs/theirs/final_summary.json'

  const itsView = await startProgram(theirs, ['view', ours], options).end
  expect(itsView).toMatchObject({ code: 0, stderr: '' })
  const text = readFileSync(join(folder.path, 'logs', 'ours', 'final_summary.txt'), 'utf8')
  expect(itsView.stdout.trimEnd()).toBe(text.trimEnd())
  const ourView = await traceml(['view', its], options)
  expect(ourView.code).toBe(0)
  expect(ourView.stdout).toContain('TraceML Run Summary')

  for (const [lhs, rhs] of [
    [ours, its],
    [its, ours],
  ] as const) {
    const itsCompare = await startProgram(theirs, ['compare', lhs, rhs], options).end
    expect(itsCompare.code).toBe(0)
    expect(itsCompare.stdout).toMatch(/A: (ours|theirs)/)
    const ourCompare = await traceml(['compare', lhs, rhs], options)
    expect(ourCompare.code).toBe(0)
    // The step times of both files were found.
    expect(ourCompare.stdout).toMatch(/Step Time +[\d.]+ ms +[\d.]+ ms/)
  }
})

test('what our runtime sends can be read with its inspect', async () => {
  using folder = temporaryFolder()
  const received: Buffer[] = []
  const server = createServer((peer) => {
    peer.on('data', (part) => received.push(part))
    peer.on('error', () => {})
  }).listen(0, '127.0.0.1')
  await waitFor('there is a port', () => server.listening)
  const { port } = server.address() as { port: number }
  const env = sending(folder.path, String(port))
  const args = ['--import', preload, fixture('traced-loop.mjs'), '--steps', '25']
  const training = await startNode(args, { cwd: folder.path, env }).end
  server.close()
  expect(training.code).toBe(0)
  writeFileSync(join(folder.path, 'frames.msgpack'), Buffer.concat(received))
  const end = await startProgram(theirs, ['inspect', 'frames.msgpack'], { cwd: folder.path }).end
  expect(end.code).toBe(0)
  expect(end.stdout.match(/"step": \d+/g)).toHaveLength(25)
  expect(end.stdout).toContain('"_traceml_control": "rank_finished"')
})

test('our runtime sends to its server', async () => {
  using folder = temporaryFolder()
  const port = await freePort()
  const server = startProgram(
    theirs,
    ['serve', '--run-name', 'served', '--logs-dir', 'logs', '--aggregator-port', port],
    { cwd: folder.path, env: { TRACEML_FINALIZE_TIMEOUT_SEC: '20' } },
  )
  await server.printed('ready on')
  const args = ['--import', preload, fixture('traced-loop.mjs'), '--steps', '60']
  const training = await startNode(args, {
    cwd: folder.path,
    env: sending(folder.path, port),
  }).end
  expect(training).toMatchObject({ code: 0, stderr: '' })
  server.child.kill('SIGINT')
  expect((await server.end).code).toBe(0)
  const session = join(folder.path, 'logs', 'served')
  expect(storedSteps(session)).toEqual([{ rank: 0, n: 60, last: 60 }])
})

function sending(cwd: string, port: string): NodeJS.ProcessEnv {
  return {
    TRACEML_AGGREGATOR_PORT: port,
    TRACEML_SESSION_ID: 'served',
    TRACEML_LOGS_DIR: join(cwd, 'logs'),
    TRACEML_DISABLED: '0',
  }
}
