import { expect, test } from 'vitest'
import { resolveRunSettings } from '../settings/resolve-run-settings.js'
import type { RunFlags } from '../settings/run-flags.js'
import { describeEnding } from './ending.js'
import { exitCodeOf } from './exit-code.js'
import { statusOf } from './run-status.js'
import {
  rankEnvironment,
  trainingEnvironment,
  untracedEnvironment,
} from './training-environment.js'
import { startTrainingGroup } from './training-group.js'

function settings(flags: RunFlags) {
  return resolveRunSettings({
    profile: 'run',
    flags,
    environment: {},
    loaded: { path: null, config: {} },
    cwd: '/project',
  })
}

test.each([
  [{ code: 0, signal: null }, 0],
  [{ code: 7, signal: null }, 7],
  [{ code: null, signal: 'SIGINT' as const }, 130],
  [{ code: null, signal: 'SIGKILL' as const }, 137],
  [{ code: null, signal: 'SIGTERM' as const }, 143],
])('exit code of %o', (end, expected) => {
  expect(exitCodeOf(end)).toBe(expected)
})

test('a single process may be a rank of another launcher: its variables stay as they are', () => {
  expect(rankEnvironment(settings({}), 0)).toEqual({})
})

test('ranks of the second node', () => {
  const flags = {
    nnodes: '2',
    nodeRank: '1',
    nprocPerNode: '2',
    runName: 'x',
    allowAnonymous: true,
  }
  expect(rankEnvironment(settings({ ...flags, masterAddr: '10.0.0.1' }), 1)).toEqual({
    RANK: '3',
    LOCAL_RANK: '1',
    WORLD_SIZE: '4',
    LOCAL_WORLD_SIZE: '2',
    GROUP_RANK: '1',
    NODE_RANK: '1',
    MASTER_ADDR: '10.0.0.1',
    MASTER_PORT: '29500',
  })
})

test('a traced training is told where to send, an untraced one nothing', () => {
  const base = { HOME: '/home/x', TRACEML_TOKEN: 'old', TRACEML_INTERVAL: '9' }
  const options = { base, settings: settings({ traceMaxSteps: '5' }), sessionId: 's' }
  const address = { host: '127.0.0.1', port: 4000, token: null }
  expect(trainingEnvironment({ ...options, address })).toEqual({
    HOME: '/home/x',
    TRACEML_DISABLED: '0',
    TRACEML_PROFILE: 'run',
    TRACEML_UI_MODE: 'summary',
    TRACEML_INTERVAL: '2',
    TRACEML_LOGS_DIR: '/project/logs',
    TRACEML_SESSION_ID: 's',
    TRACEML_AGGREGATOR_HOST: '127.0.0.1',
    TRACEML_AGGREGATOR_PORT: '4000',
    TRACEML_SUMMARY_WINDOW_ROWS: '10000',
    TRACEML_TRACE_MAX_STEPS: '5',
    TRACEML_EXPECTED_WORLD_SIZE: '1',
    TRACEML_HISTORY_ENABLED: '1',
    TRACEML_SAMPLER_MODULES: JSON.stringify([import.meta.resolve('@traceml/javascript/sampler')]),
  })
  expect(trainingEnvironment({ ...options, address: null })).toEqual(untracedEnvironment(base))
  expect(untracedEnvironment(base)).toEqual({ HOME: '/home/x', TRACEML_DISABLED: '1' })
})

test('the budget for layers is told to ranks of the deep profile only', () => {
  const address = { host: '127.0.0.1', port: 4000, token: null }
  const told = (flags: Parameters<typeof settings>[0]) => {
    const base = { TRACEML_LAYER_BUDGET: '0.5' }
    const environment = trainingEnvironment({
      ...{ base, settings: settings(flags), sessionId: 's', address },
    })
    return [environment['TRACEML_PROFILE'], environment['TRACEML_LAYER_BUDGET']]
  }
  expect(told({ profile: 'deep', layerBudget: '2%' })).toEqual(['deep', '0.02'])
  expect(told({})).toEqual(['run', undefined])
})

test('the first rank that fails decides, and the others are ended', async () => {
  const code = 'if (process.env.RANK === "1") process.exit(9); setInterval(() => {}, 1000)'
  const training = startTrainingGroup({
    program: process.execPath,
    args: ['-e', code],
    environments: [0, 1, 2].map((rank) => ({ PATH: process.env['PATH'], RANK: String(rank) })),
    cwd: '/',
  })
  expect(await training.ended).toEqual({
    exitCode: 9,
    signal: null,
    failedLocalRank: 1,
    startError: null,
  })
  expect(training.isRunning()).toBe(false)
})

test('a rank that ignores the request to end is killed', async () => {
  const code =
    'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);' +
    'if (process.env.RANK === "1") setTimeout(() => process.exit(9), 300)'
  const training = startTrainingGroup({
    program: process.execPath,
    args: ['-e', code],
    environments: [0, 1].map((rank) => ({ PATH: process.env['PATH'], RANK: String(rank) })),
    cwd: '/',
    graceMs: 100,
  })
  expect((await training.ended).exitCode).toBe(9)
})

test('a process that cannot be started is a failed rank', async () => {
  const training = startTrainingGroup({
    program: process.execPath,
    args: ['-e', ''],
    environments: [{}],
    cwd: '/nowhere',
  })
  expect(await training.ended).toMatchObject({
    exitCode: 1,
    startError: expect.stringContaining('ENOENT'),
  })
})

const ENDED = { exitCode: 0, signal: null, failedLocalRank: null, startError: null } as const

test.each([
  [ENDED, null, null, 'completed'],
  [{ ...ENDED, exitCode: 3 }, null, 'failed with exit code 3', 'failed'],
  [{ ...ENDED, exitCode: 139, signal: 'SIGSEGV' }, null, 'ended by SIGSEGV', 'failed'],
  [{ ...ENDED, exitCode: 137, signal: 'SIGKILL' }, null, /memory/, 'failed'],
  [{ ...ENDED, exitCode: 1, startError: 'ENOENT' }, null, 'never started', 'failed'],
  [{ ...ENDED, exitCode: 0 }, 'SIGINT', 'interrupted by SIGINT', 'interrupted'],
  [{ ...ENDED, exitCode: 143, signal: 'SIGTERM' }, 'SIGTERM', /by SIGTERM/, 'interrupted'],
] as const)('%o after %s', (end, signal, text, status) => {
  const ending = describeEnding(end, signal)
  if (text instanceof RegExp) expect(ending).toMatch(text)
  else expect(ending).toBe(text)
  expect(statusOf(end, signal)).toBe(status)
})
