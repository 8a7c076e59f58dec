import type {
  RuntimeIdentity,
  Sampler,
  SamplerSpec,
  TrainingEnvironment,
  WireRow,
} from '@traceml/contracts'
import { SAMPLER_NAMES } from '@traceml/contracts'

const TABLE = SAMPLER_NAMES.runtimeEnvironment.table

/** One row per process, sent when the training has said what it is, or completed its first step. */
export function createRuntimeEnvironmentSampler(): Sampler {
  let sent = false
  return {
    apiVersion: 1,
    kind: 'sampler',
    id: 'runtime-environment',
    samplerName: SAMPLER_NAMES.runtimeEnvironment.sampler,
    sample(sink, context) {
      if (sent || context.steps === null) return
      const environment = context.steps.environment()
      if (environment === null && context.steps.completedSteps() === 0) return
      sent = true
      sink.emit(TABLE, {
        seq: 0,
        ts: context.clock.wallSeconds(),
        ...environmentColumns(context.identity, environment),
      })
    },
  }
}

/** {@link createRuntimeEnvironmentSampler} in the default registry. */
export const runtimeEnvironmentSpec: SamplerSpec = {
  apiVersion: 1,
  kind: 'sampler-spec',
  key: 'runtime_environment',
  create: createRuntimeEnvironmentSampler,
  drainOnRecordingStop: true,
}

/** How the ranks of a run are spread. */
export function topologyOf(
  identity: RuntimeIdentity,
): 'single_process' | 'multi_node' | 'single_node_multi_process' {
  if (identity.worldSize <= 1) return 'single_process'
  return identity.worldSize > identity.localWorldSize ? 'multi_node' : 'single_node_multi_process'
}

/** The columns that describe the run; what the training said wins over what its topology implies. */
export function environmentColumns(
  identity: RuntimeIdentity,
  environment: TrainingEnvironment | null,
): WireRow {
  const topology = topologyOf(identity)
  const stated =
    environment !== null && environment.trainingStrategy !== 'unknown' ? environment : null
  const base = { topology, distributed_initialized: false, distributed_backend: null }
  if (stated !== null) {
    return {
      ...base,
      training_strategy: stated.trainingStrategy,
      strategy_source: stated.strategySource,
      strategy_confidence: stated.strategyConfidence,
    }
  }
  return topology === 'single_process'
    ? {
        ...base,
        training_strategy: 'single_process',
        strategy_source: 'topology',
        strategy_confidence: 'high',
      }
    : {
        ...base,
        training_strategy: 'distributed_unknown',
        strategy_source: 'topology',
        strategy_confidence: 'low',
      }
}
