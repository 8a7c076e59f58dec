import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import {
  newSessionId,
  OWNER_VARIABLE,
  rankDirectory,
  resolveRuntimeOptions,
  runtimeOptionsFromEnv,
} from './runtime-options.js'

const LAUNCHED = { TRACEML_SESSION_ID: 'run-1', TRACEML_AGGREGATOR_PORT: '4242' }

test('what the launcher hands over', () => {
  const options = runtimeOptionsFromEnv({
    ...LAUNCHED,
    TRACEML_AGGREGATOR_HOST: '10.0.0.1',
    TRACEML_LOGS_DIR: 'here',
    TRACEML_PROFILE: 'watch',
    TRACEML_UI_MODE: 'cli',
    TRACEML_INTERVAL: '0.5',
    TRACEML_TRACE_MAX_STEPS: '7',
    TRACEML_TOKEN: 'secret',
    TRACEML_HISTORY_ENABLED: '0',
    TRACEML_SAMPLER_MODULES: '["/a.js"]',
    RANK: '3',
  })
  expect(options).toMatchObject({
    sessionId: 'run-1',
    logsDir: resolve('here'),
    host: '10.0.0.1',
    port: 4242,
    token: 'secret',
    profile: 'watch',
    mode: 'cli',
    intervalSeconds: 0.5,
    traceMaxSteps: 7,
    samplerModules: ['/a.js'],
    historyEnabled: false,
  })
  expect(rankDirectory(options!)).toBe(resolve('here/run-1/rank_3'))
})

test('defaults', () => {
  expect(resolveRuntimeOptions({}, {})).toMatchObject({
    logsDir: resolve('logs'),
    host: '127.0.0.1',
    port: 29_765,
    token: null,
    profile: 'run',
    mode: 'summary',
    intervalSeconds: 2,
    traceMaxSteps: null,
    samplerModules: [],
    historyEnabled: true,
  })
  expect(rankDirectory(resolveRuntimeOptions({ sessionId: 's' }, { RANK: '-1' }))).toMatch(
    /rank_0$/,
  )
})

test.each([
  ['no launcher', {}],
  ['no port', { TRACEML_SESSION_ID: 'x' }],
  ['switched off', { ...LAUNCHED, TRACEML_DISABLED: '1' }],
  ['child of a recording process', { ...LAUNCHED, [OWNER_VARIABLE]: '1:' }],
  ['child with the same rank', { ...LAUNCHED, [OWNER_VARIABLE]: '1:2', RANK: '2' }],
])('nothing to do: %s', (_name, env) => {
  expect(runtimeOptionsFromEnv(env)).toBeNull()
})

test('a child that is given a rank of its own records', () => {
  expect(runtimeOptionsFromEnv({ ...LAUNCHED, [OWNER_VARIABLE]: '1:', RANK: '2' })).not.toBeNull()
})

test.each([
  ['TRACEML_INTERVAL', 'fast'],
  ['TRACEML_INTERVAL', '0'],
  ['TRACEML_AGGREGATOR_PORT', '70000'],
  ['TRACEML_TRACE_MAX_STEPS', '-1'],
  ['TRACEML_TRACE_MAX_STEPS', '1.5'],
  ['TRACEML_PROFILE', 'everything'],
  ['TRACEML_UI_MODE', 'tty'],
  ['TRACEML_SAMPLER_MODULES', 'a.js'],
  ['TRACEML_SAMPLER_MODULES', '[1]'],
])('%s=%s is refused with its value', (name, value) => {
  const read = () => runtimeOptionsFromEnv({ ...LAUNCHED, [name]: value })
  expect(read).toThrow(expect.objectContaining({ code: 'TRACEML_CONFIG_INVALID' }))
  expect(read).toThrow(value)
})

test('a session id says when', () => {
  expect(newSessionId(new Date(2026, 10, 3, 4, 5, 6))).toMatch(
    /^session_20261103_040506_[0-9a-f]{6}$/,
  )
})
