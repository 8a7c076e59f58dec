import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  aggregatorOf,
  fixture,
  queryHistory,
  readSummary,
  startTraceml,
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
})

const HUGE_FRAME = Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xff]), Buffer.alloc(64)])
const TRUNCATED_FRAME = Buffer.concat([Buffer.from([0, 0, 4, 0]), Buffer.alloc(10, 0x93)])

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
  await new Promise<void>((done) => {
    const peer = connect(port, '127.0.0.1', () => peer.end(bytes))
    peer.on('error', () => {})
    peer.on('close', () => done())
    peer.resume()
  })
  const end = await run.end
  expect(end).toMatchObject({ code: 0, stdout: 'first step done\ntraining done\n' })
  expect(queryHistory(session, 'SELECT count(*) AS n FROM step_time_samples')).toEqual([{ n: 100 }])
  expect(readSummary(session).text).not.toBe('')
})
