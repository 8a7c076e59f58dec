import type {
  DisplayMode,
  Profile,
  Registry,
  RuntimeIdentity,
  SamplerSpec,
} from '@traceml/contracts'
import { createRegistry } from '@traceml/contracts'
import { gpuDevicesSpec } from './gpu-devices.js'
import { layerMemorySpec } from './layers/layer-memory.js'
import {
  layerBackwardMemorySpec,
  layerBackwardTimeSpec,
  layerForwardMemorySpec,
  layerForwardTimeSpec,
} from './layers/layer-pass.js'
import { processSpec } from './process.js'
import { runtimeEnvironmentSpec } from './runtime-environment.js'
import { stdoutStderrSpec } from './stdout-stderr.js'
import { stepMemorySpec } from './step-memory.js'
import { stepTimeSpec } from './step-time.js'
import { systemSpec } from './system.js'

/** The built-in samplers in the order in which they sample and travel. */
export const defaultSamplerSpecs: readonly SamplerSpec[] = [
  systemSpec,
  runtimeEnvironmentSpec,
  processSpec,
  stdoutStderrSpec,
  stepTimeSpec,
  stepMemorySpec,
  layerMemorySpec,
  layerForwardMemorySpec,
  layerBackwardMemorySpec,
  layerForwardTimeSpec,
  layerBackwardTimeSpec,
  gpuDevicesSpec,
]

/** A new registry with the built-in samplers; add your own behind them. */
export function defaultSamplerRegistry(): Registry<SamplerSpec> {
  const registry = createRegistry<SamplerSpec>('sampler')
  for (const spec of defaultSamplerSpecs) registry.add(spec.key, spec)
  return registry
}

/** What decides whether a sampler runs in this process. */
export interface SamplerSelection {
  readonly profile: Profile
  readonly mode: DisplayMode
  readonly identity: RuntimeIdentity
}

/** The samplers that this process should run, in the order given. */
export function selectSamplers(
  specs: readonly SamplerSpec[],
  { profile, mode, identity }: SamplerSelection,
): readonly SamplerSpec[] {
  const secondary = identity.worldSize > 1 && identity.localRank !== 0
  return specs.filter(
    (spec) =>
      (spec.profiles?.includes(profile) ?? true) &&
      (spec.modes?.includes(mode) ?? true) &&
      !(spec.rankZeroOnly === true && secondary),
  )
}
