import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  aggregatorOf,
  fixture,
  queryHistory,
  readManifest,
  readSummary,
  startTraceml,
  TRACEML,
  temporaryFolder,
  traceml,
} from './fixtures/cli/support.ts'

const loop = fixture('traced-loop.mjs')

/** A file system of `megabytes`, or null where this user may not mount one. */
function mountSmallDisk(megabytes: number): ({ readonly path: string } & Disposable) | null {
  const path = mkdtempSync(join(tmpdir(), 'traceml-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path])
  if (mounted.status !== 0) {
    rmSync(path, { recursive: true, force: true })
    return null
  }
  return {
    path,
    [Symbol.dispose]: () => {
      spawnSync('umount', ['-l', path])
      rmSync(path, { recursive: true, force: true })
    },
  }
}

test('the disk is full: the training is unaffected and what was stored stays readable', async (context) => {
  using disk = mountSmallDisk(1)
  if (disk === null) {
    context.skip('this user may not mount a tmpfs')
    return
  }
  const logs = join(disk.path, 'logs')
  mkdirSync(logs)
  const end = await traceml(
    ['run', '--logs-dir', logs, '--run-name', 'full', loop, '--steps', '6000', '--step-ms', '0.5'],
    { cwd: disk.path },
  )
  expect(end).toMatchObject({ code: 0, stdout: 'first step done\ntraining done\n' })
  expect(end.stderr).toMatch(/traceml: [^\n]*(full|disk|written)[^\n]*\n/i)
  const [stored] = queryHistory<{ n: number }>(
    join(logs, 'full'),
    'SELECT count(*) AS n FROM step_time_samples',
  )
  expect(stored!.n).toBeGreaterThan(0)
  expect(stored!.n).toBeLessThan(6000)
  // On a full disk the report can only be shown.
  expect(end.stderr).toContain('TraceML Run Summary | full')
  expect(readManifest(join(logs, 'full'))).toMatchObject({
    status: 'completed',
    telemetry_status: 'degraded',
  })
})

const HUGE_FRAME = Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xff]), Buffer.alloc(64)])
const TRUNCATED_FRAME = Buffer.concat([Buffer.from([0, 0, 4, 0]), Buffer.alloc(10, 0x93)])

/** Sends bytes to the port and keeps the connection; true when the server then ends it. */
async function closedByServer(port: number, bytes: Buffer): Promise<boolean> {
  const peer = connect(port, '127.0.0.1')
  await once(peer, 'connect')
  peer.on('error', () => {})
  peer.resume()
  const closed = once(peer, 'close').then(() => true)
  if (bytes === TRUNCATED_FRAME) peer.end(bytes)
  else peer.write(bytes)
  return closed
}

test.each<[string, Buffer]>([
  ['garbage', Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) & 0xff))],
  ['a frame that ends in the middle', TRUNCATED_FRAME],
  ['a frame of 4 GiB', HUGE_FRAME],
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
])('%s on the telemetry port costs the run nothing', async (_name, bytes) => {
  using folder = temporaryFolder()
  const session = join(folder.path, 'logs', 'x')
  const run = startTraceml(['run', '--run-name', 'x', loop, '--steps', '100', '--step-ms', '8'], {
    cwd: folder.path,
  })
  const { port } = await aggregatorOf(session)
  await run.printed('first step done')
  expect(await closedByServer(port, bytes)).toBe(true)
  // All of that happened while the training was sending.
  expect(run.child.exitCode).toBeNull()
  const end = await run.end
  expect(end).toMatchObject({ code: 0, stdout: 'first step done\ntraining done\n' })
  expect(queryHistory(session, 'SELECT count(*) AS n FROM step_time_samples')).toEqual([{ n: 100 }])
  expect(readSummary(session).telemetry).toMatchObject({ steps_recorded: 100, missing_ranks: [] })
})

test('a peer that sends half a frame and stays does not delay the report', async () => {
  using folder = temporaryFolder()
  const session = join(folder.path, 'logs', 'x')
  const run = startTraceml(['run', '--run-name', 'x', loop, '--steps', '50', '--step-ms', '8'], {
    cwd: folder.path,
  })
  const { port } = await aggregatorOf(session)
  const peer = connect(port, '127.0.0.1')
  await once(peer, 'connect')
  peer.on('error', () => {})
  peer.write(TRUNCATED_FRAME)
  const end = await run.end
  peer.destroy()
  expect(end.code).toBe(0)
  // Waiting for the peer would take 300 s.
  expect(end.ms).toBeLessThan(60_000)
  expect(readSummary(session).telemetry).toMatchObject({ steps_recorded: 50, missing_ranks: [] })
})

test('a training whose output nobody reads ends as it would without us, with a report', async () => {
  using folder = temporaryFolder()
  const script = [fixture('prints.mjs'), '--steps', '60']
  // `head` goes away after the first line.
  const command = (words: readonly string[]): readonly string[] => [
    '-c',
    'set -o pipefail; "$@" | head -n 1',
    'bash',
    process.execPath,
    ...words,
  ]
  const options = { cwd: folder.path, encoding: 'utf8' } as const
  const plain = spawnSync('bash', command(script), options)
  const traced = spawnSync('bash', command([TRACEML, 'run', '--run-name', 'x', ...script]), options)
  expect(plain).toMatchObject({ status: 1, stdout: 'step 1 of 60\n' })
  expect(traced).toMatchObject({ status: plain.status, stdout: plain.stdout })
  expect(readManifest(join(folder.path, 'logs', 'x'))).toMatchObject({
    status: 'failed',
    training_exit_code: 1,
  })
  expect(readSummary(join(folder.path, 'logs', 'x')).text).toContain('TraceML Run Summary')
})

test('progress lines that nobody reads do not end the run', async () => {
  using folder = temporaryFolder()
  const script = [fixture('prints.mjs'), '--style', 'none', '--steps', '300']
  const command = [process.execPath, TRACEML, 'run', '--mode', 'cli', '--run-name', 'x', ...script]
  // Only stderr goes to a reader that leaves at once.
  const piped = spawnSync('bash', ['-c', '"$@" 2> >(head -c 1 > /dev/null)', 'bash', ...command], {
    cwd: folder.path,
    encoding: 'utf8',
  })
  expect(piped).toMatchObject({ status: 0, stdout: 'training done\n' })
  expect(readManifest(join(folder.path, 'logs', 'x'))['status']).toBe('completed')
})
