import { describe, expect, test } from 'vitest'
import type { TraceMLConfig } from '../config/define-config.js'
import { resolveRunSettings } from './resolve-run-settings.js'
import type { RunFlags } from './run-flags.js'
import type { RunSettings } from './run-settings.js'

function resolve(
  flags: RunFlags = {},
  environment: Record<string, string> = {},
  config: TraceMLConfig = {},
): RunSettings {
  const loaded = { path: '/project/traceml.config.ts', config }
  return resolveRunSettings({ profile: 'run', flags, environment, loaded, cwd: '/project/work' })
}

test('without any setting the defaults apply', () => {
  expect(resolve()).toEqual({
    profile: 'run',
    mode: 'summary',
    intervalSeconds: 2,
    logsDir: '/project/work/logs',
    runName: null,
    identitySource: 'generated',
    overwrite: false,
    aggregatorHost: '127.0.0.1',
    aggregatorBindHost: '127.0.0.1',
    aggregatorPort: 0,
    nprocPerNode: 1,
    nnodes: 1,
    nodeRank: 0,
    masterAddr: '127.0.0.1',
    masterPort: 29_500,
    task: null,
    torchrunOptions: [],
    summaryWindowRows: 10_000,
    finalizeTimeoutSeconds: 300,
    policy: 'robust',
    layerBudget: 0.05,
    traceMaxSteps: null,
    totalSteps: null,
    historyEnabled: true,
    htmlReport: false,
    samplerModules: [],
    gpuModules: [],
    sectionModules: [],
    panelModules: [],
    dashboard: { host: '127.0.0.1', port: 8765, autoOpen: true },
    token: null,
    allowAnonymous: false,
  })
})

test.each([
  [
    'flag over environment and file',
    { interval: '1' },
    { TRACEML_INTERVAL: '5' },
    { interval: 7 },
    1,
  ],
  ['environment over file', {}, { TRACEML_INTERVAL: '0.5' }, { interval: 7 }, 0.5],
  ['an empty variable is not set', {}, { TRACEML_INTERVAL: '' }, { interval: 7 }, 7],
  ['file over default', {}, {}, { interval: 7 }, 7],
])('precedence: %s', (_name, flags, environment, config, expected) => {
  expect(resolve(flags, environment as Record<string, string>, config).intervalSeconds).toBe(
    expected,
  )
})

test('a folder is relative to whoever named it', () => {
  expect(resolve({}, {}, { logsDir: 'out' }).logsDir).toBe('/project/out')
  expect(resolve({ logsDir: 'out' }, {}, { logsDir: 'x' }).logsDir).toBe('/project/work/out')
  expect(resolve({}, { TRACEML_LOGS_DIR: '/tmp/logs' }).logsDir).toBe('/tmp/logs')
})

test.each([
  [{ runName: ' trial_017 ' }, 'trial_017', 'run_name'],
  [{ sessionId: 'legacy_run' }, 'legacy_run', 'session_id'],
  [{ runName: 'same', sessionId: 'same' }, 'same', 'run_name'],
])('run identity of %o', (flags, runName, identitySource) => {
  expect(resolve(flags)).toMatchObject({ runName, identitySource })
})

test.each<[string, RunFlags, Record<string, string>, RegExp]>([
  ['different names', { runName: 'a', sessionId: 'b' }, {}, /"a" and --session-id "b" differ/],
  ['name with a slash', { runName: 'sweep/run' }, {}, /"sweep\/run" cannot name a folder/],
  ['name with a backslash', { runName: 'a\\b' }, {}, /cannot name a folder/],
  ['name with a blank', { runName: 'a b' }, {}, /cannot name a folder/],
  ['name beyond ASCII', { runName: 'ä' }, {}, /cannot name a folder/],
  ['parent folder', { runName: '..' }, {}, /"\.\." cannot name a folder/],
  ['this folder', { sessionId: '.' }, {}, /cannot name a folder/],
  ['empty name', { runName: '' }, {}, /cannot name a folder/],
  ['no name for two nodes', { nnodes: '2', allowAnonymous: true }, {}, /needs the same --run-name/],
  ['zero interval', { interval: '0' }, {}, /--interval is "0".*above 0/],
  ['negative interval', { interval: '-1' }, {}, /--interval is "-1"/],
  ['interval of a word', {}, { TRACEML_INTERVAL: 'fast' }, /TRACEML_INTERVAL is "fast"/],
  ['infinite interval', { interval: 'Infinity' }, {}, /--interval is "Infinity"/],
  ['port too large', { aggregatorPort: '65536' }, {}, /--aggregator-port is "65536".*0 to 65535/],
  ['port of a fraction', { aggregatorPort: '1.5' }, {}, /--aggregator-port is "1.5"/],
  ['no processes', { nprocPerNode: '0' }, {}, /--nproc-per-node is "0".*from 1 to 1024/],
  ['node rank outside', { nnodes: '2', nodeRank: '2' }, {}, /--node-rank is "2".*0 to 1/],
  ['zero steps', { traceMaxSteps: '0' }, {}, /--trace-max-steps is "0"/],
  ['empty window', { summaryWindowRows: '' }, {}, /--summary-window-rows is ""/],
  ['unknown mode', { mode: 'x' }, {}, /--mode is "x".*summary, cli, dashboard/],
  [
    'summary without history',
    { mode: 'summary', history: false },
    {},
    /"summary" needs the history that --no-history/,
  ],
  ['open port without token', { aggregatorBindHost: '0.0.0.0' }, {}, /opens the telemetry port/],
  ['missing sampler', { sampler: ['./nowhere.js'] }, {}, /nowhere\.js" does not exist/],
  [
    'missing sampler package',
    { sampler: ['@acme/nowhere'] },
    {},
    /"@acme\/nowhere" is not installed/,
  ],
])('refuses: %s', (_name, flags, environment, message) => {
  expect(() => resolve(flags, environment)).toThrow(message)
})

test('no history shows progress instead of a summary', () => {
  expect(resolve({ history: false })).toMatchObject({ mode: 'cli', historyEnabled: false })
  expect(resolve({}, { TRACEML_HISTORY_ENABLED: '0' }).historyEnabled).toBe(false)
})

test('several nodes meet at the master on a known port', () => {
  const flags = { nnodes: '2', nodeRank: '1', masterAddr: '10.0.0.10', runName: 'ddp' }
  expect(resolve(flags, { TRACEML_TOKEN: 'secret' })).toMatchObject({
    aggregatorHost: '10.0.0.10',
    aggregatorBindHost: '0.0.0.0',
    aggregatorPort: 29_765,
    token: 'secret',
  })
})

describe('the deep profile', () => {
  test('is asked for by the command or a flag, never by the environment', () => {
    expect(resolve({ profile: 'deep' }).profile).toBe('deep')
    expect(resolve({ profile: 'run' }).profile).toBe('run')
    expect(resolve({}, { TRACEML_PROFILE: 'deep' }).profile).toBe('run')
    const loaded = { path: null, config: {} }
    const input = { profile: 'deep', flags: {}, environment: {}, loaded, cwd: '/' } as const
    expect(resolveRunSettings(input).profile).toBe('deep')
    expect(() => resolveRunSettings({ ...input, flags: { profile: 'run' } })).toThrowError(
      '"traceml deep" and --profile run contradict each other; use traceml run.',
    )
  })

  test.each([
    [{ layerBudget: '2%' }, {}, {}, 0.02],
    [{ layerBudget: '0.5' }, { TRACEML_LAYER_BUDGET: '3%' }, {}, 0.5],
    [{}, { TRACEML_LAYER_BUDGET: '3%' }, { layerBudget: 0.1 }, 0.03],
    [{}, {}, { layerBudget: 0.1 }, 0.1],
    [{}, {}, {}, 0.05],
  ])('its budget: %j %j %j', (flags, environment, config, budget) => {
    expect(resolve({ profile: 'deep', ...flags }, environment, config).layerBudget).toBe(budget)
  })

  test.each(['0', '0%', '101%', 'little', '', '-1%'])(
    'a budget of %j is refused',
    (layerBudget) => {
      expect(() => resolve({ profile: 'deep', layerBudget })).toThrowError(
        `--layer-budget is "${layerBudget}", which cannot be used; give it a part of step time above 0 and at most all of it, as 5% or 0.05.`,
      )
    },
  )

  test('a budget without it is a mistake, one in the environment waits for it', () => {
    expect(() => resolve({ layerBudget: '5%' })).toThrowError(
      '--layer-budget "5%" is for the deep profile; use traceml deep, or add --profile deep.',
    )
    expect(resolve({}, { TRACEML_LAYER_BUDGET: '3%' }).layerBudget).toBe(0.03)
  })
})
