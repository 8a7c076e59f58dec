import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { readManifest, readSummary, temporaryFolder, traceml } from './fixtures/cli/support.ts'
import {
  type ClientVersion,
  pythonWith,
  skipWithoutPython,
  stepsByRank,
} from './python-support/environments.ts'

// Scripts that use a released client, started by `traceml run`, in real Pythons with PyTorch.
const train = fileURLToPath(new URL('fixtures/python/train.py', import.meta.url))

// PyTorch takes its time to load on a busy machine.
vi.setConfig({ testTimeout: 300_000 })
skipWithoutPython()

describe.each<ClientVersion>(['newest', '0.3.6'])('with the client %s', (client) => {
  const python = pythonWith(client)

  test('a script reports every step, and gets our summary', async () => {
    using folder = temporaryFolder()
    const args = ['run', '--python', python, '--run-name', 'x', train, '150', 'summary']
    const end = await traceml(args, { cwd: folder.path })
    expect(end.stderr).toContain('TraceML Verdict:')
    expect(end).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^disabled False\nverdict [A-Z- ]+\ndone\n$/),
    })
    const session = join(folder.path, 'logs', 'x')
    expect(stepsByRank(session)).toEqual({ 0: 150 })
    expect(readSummary(session).telemetry).toMatchObject({
      finished_ranks: [0],
      missing_ranks: [],
      messages_dropped: 0,
    })
    expect(readManifest(session)).toMatchObject({
      status: 'completed',
      launch: { script_path: train, interpreter: python, module: null },
    })
  })

  test('three ranks are started by torchrun', async () => {
    using folder = temporaryFolder()
    const ranks = ['--nproc-per-node', '3', '--torchrun', '--max-restarts=0']
    const args = ['run', '--python', python, '--run-name', 'x', ...ranks, train, '60']
    const end = await traceml(args, { cwd: folder.path })
    expect(end.code).toBe(0)
    const lines = end.stdout.trimEnd().split('\n').toSorted()
    expect(lines).toEqual([...Array(3).fill('disabled False'), ...Array(3).fill('done')])
    const session = join(folder.path, 'logs', 'x')
    expect(stepsByRank(session)).toEqual({ 0: 60, 1: 60, 2: 60 })
    expect(readSummary(session).telemetry).toMatchObject({ finished_ranks: [0, 1, 2] })
    expect(readSummary(session).text).toContain('60 steps of 3 ranks')
  })
})

test('a launcher of the user is started as it is, and its ranks are found', async () => {
  using folder = temporaryFolder()
  const torchrun = join(pythonWith('newest'), '..', 'torchrun')
  const command = [torchrun, '--standalone', '--nproc-per-node=2', train, '40']
  const end = await traceml(['run', '--run-name', 'x', ...command], { cwd: folder.path })
  expect(end.code).toBe(0)
  const session = join(folder.path, 'logs', 'x')
  expect(stepsByRank(session)).toEqual({ 0: 40, 1: 40 })
  expect(readSummary(session).telemetry).toMatchObject({ expected_ranks: 2, missing_ranks: [] })
})
