import type { DisplayMode, Profile } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { defaultSamplerRegistry, defaultSamplerSpecs, selectSamplers } from './default-registry.js'

const single = { globalRank: 0, localRank: 0, worldSize: 1, localWorldSize: 1, nodeRank: 0 }
const rank = (localRank: number) => ({
  ...single,
  globalRank: localRank,
  localRank,
  worldSize: 2,
  localWorldSize: 2,
})
const KEYS = [
  'system',
  'runtime_environment',
  'process',
  'stdout_stderr',
  'step_time',
  'step_memory',
  'gpu_devices',
  'layer_memory',
  'layer_forward_memory',
  'layer_backward_memory',
  'layer_forward_time',
  'layer_backward_time',
]
const keys = (...numbers: number[]) => numbers.map((number) => KEYS[number - 1])

test.each([
  ['watch', 'cli', single, keys(1, 2, 3, 4, 7)],
  ['watch', 'dashboard', single, keys(1, 2, 3, 4, 7)],
  ['watch', 'summary', single, keys(1, 2, 3, 7)],
  ['run', 'cli', single, keys(1, 2, 3, 4, 5, 6, 7)],
  ['run', 'summary', single, keys(1, 2, 3, 5, 6, 7)],
  ['deep', 'summary', single, keys(1, 2, 3, 5, 6, 8, 9, 10, 11, 12, 7)],
  ['deep', 'summary', rank(1), keys(2, 3, 5, 6, 8, 9, 10, 11, 12)],
  ['run', 'cli', rank(1), keys(2, 3, 4, 5, 6)],
  ['run', 'cli', rank(0), keys(1, 2, 3, 4, 5, 6, 7)],
  ['unknown', 'cli', single, keys(1, 2, 3, 4, 7)],
])('profile %s, mode %s', (profile, mode, identity, expected) => {
  const selected = selectSamplers(defaultSamplerSpecs, {
    profile: profile as Profile,
    mode: mode as DisplayMode,
    identity: { ...identity, hostname: 'h', pid: 1 },
  })
  expect(selected.map((spec) => spec.key)).toEqual(expected)
})

test('names on the wire, in registry order', () => {
  const made = defaultSamplerRegistry()
    .list()
    .map((spec) => `${spec.key}: ${spec.create().samplerName}`)
  expect(made).toEqual([
    'system: SystemSampler',
    'runtime_environment: RuntimeEnvironmentSampler',
    'process: ProcessSampler',
    'stdout_stderr: Stdout/Stderr',
    'step_time: StepTimeSampler',
    'step_memory: StepMemorySampler',
    'layer_memory: LayerMemorySampler',
    'layer_forward_memory: LayerForwardMemorySampler',
    'layer_backward_memory: LayerBackwardMemorySampler',
    'layer_forward_time: LayerForwardTimeSampler',
    'layer_backward_time: LayerBackwardTimeSampler',
    'gpu_devices: GpuDevicesSampler',
  ])
})

test('two registries share nothing', () => {
  const first = defaultSamplerRegistry()
  first.add('acme/disk', { ...first.get('process'), key: 'acme/disk' })
  expect(defaultSamplerRegistry().ids().toSorted()).toEqual(KEYS.toSorted())
})
