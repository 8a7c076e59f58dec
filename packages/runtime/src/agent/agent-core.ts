import { decodePayload } from '@traceml/codec'
import type { Clock, Exporter, ExportItem, RuntimeIdentity, SamplerSpec } from '@traceml/contracts'
import { envelopeMeta, errorMessage, SAMPLER_NAMES } from '@traceml/contracts'
import type { RingStepSource } from '../recorder/step-source.js'
import type { Limit, SamplerRunner, SamplerRunnerOptions } from './sampler-runner.js'
import { createSamplerRunner } from './sampler-runner.js'
import type { EncodedEnvelope } from './telemetry-batch.js'
import { buildFrames, createRowCollector } from './telemetry-batch.js'

const FRAME_BYTES = 1_048_576
const FRAME_HEADER_BYTES = 4

/** An exporter that may also take encoded frames, length included. */
interface FrameExporter extends Exporter {
  exportFrame?(frame: Uint8Array, rowCount: number): void
}

/** Where recording stands: everything, only what is left of the steps, nothing more. */
type RecordingState = 'RECORDING' | 'DRAINING' | 'COMPLETE'

/** Options of {@link createAgentCore}. */
export interface AgentCoreOptions {
  readonly runners: readonly SamplerRunner[]
  readonly steps: RingStepSource
  /** Told when every sampler had its turn. */
  readonly facts?: { release(): void }
  readonly exporter: FrameExporter
  readonly identity: RuntimeIdentity
  readonly clock: Clock
  /** True once the recording limit is reached. */
  readonly limitReached: () => boolean
  /** Names of samplers that could not even be made. */
  readonly lost?: readonly string[]
  /** What recording a step costs, in whole nanoseconds; asked once, beside the training. */
  readonly stepCostNs?: () => number
}

/** Runs the samplers and hands their rows on. No timers of its own: who owns it calls it. */
export interface AgentCore {
  readonly state: RecordingState
  /** True while the sampler of this key holds what a later call will send. */
  hasPending(key: string): boolean
  /** Once, before the first tick. `limit` bounds the wait for a slow sampler. */
  start(limit: Limit): Promise<void>
  /** Samples everything, as far as the state allows, and sends. */
  tick(limit: Limit): Promise<void>
  /** Samples only what drains the ring, and sends. */
  drain(limit: Limit): Promise<void>
  /** The last tick, then `rank_finished`. */
  finish(limit: Limit): Promise<void>
}

/** Makes the core of the agent. Every method resolves, none rejects. */
export function createAgentCore(options: AgentCoreOptions): AgentCore {
  const { runners, steps, exporter, identity, clock } = options
  const stats = createAgentStats(options)
  let state: RecordingState = 'RECORDING'

  const runAll = async (which: readonly SamplerRunner[], limit: Limit) => {
    for (const runner of which) await runner.run(limit)
  }
  const draining = runners.filter((runner) => runner.drains)
  const publish = (): void => {
    const envelopes: EncodedEnvelope[] = []
    for (const { samplerName, rows } of [...runners, stats]) {
      if (rows.isEmpty) continue
      const meta = envelopeMeta(identity, samplerName, clock.wallSeconds())
      envelopes.push({ meta, chunks: rows.take() })
    }
    for (const { bytes, rowCount } of buildFrames(envelopes, FRAME_BYTES)) {
      if (exporter.exportFrame !== undefined) exporter.exportFrame(bytes, rowCount)
      else exporter.export(decodePayload(bytes.subarray(FRAME_HEADER_BYTES)) as ExportItem[])
    }
    steps.release()
  }
  const advance = (): void => {
    if (state === 'RECORDING' && options.limitReached()) state = 'DRAINING'
    else if (state === 'DRAINING' && !draining.some((runner) => runner.hasPending())) {
      state = 'COMPLETE'
    }
  }

  return {
    get state() {
      return state
    },
    hasPending: (key) => runners.some((runner) => runner.key === key && runner.hasPending()),
    async start(limit) {
      for (const runner of runners) await runner.start(limit)
    },
    async tick(limit) {
      // The state before the samples: the tick that sees the limit still samples everything.
      if (state === 'COMPLETE') return
      await runAll(state === 'RECORDING' ? runners : draining, limit)
      stats.sample()
      publish()
      options.facts?.release()
      advance()
    },
    async drain(limit) {
      if (state === 'COMPLETE') return
      await runAll(draining, limit)
      publish()
      if (state === 'DRAINING') advance()
    },
    async finish(limit) {
      if (state === 'RECORDING') await runAll(runners, limit)
      else await runAll(draining, limit)
      for (const runner of runners) await runner.stop(limit)
      stats.sample()
      publish()
      exporter.export([
        {
          _traceml_control: 'rank_finished',
          global_rank: identity.globalRank,
          world_size: identity.worldSize,
          node_rank: identity.nodeRank,
          hostname: identity.hostname,
          timestamp: clock.wallSeconds(),
        },
      ])
    },
  }
}

/** The samplers that could be made, and the keys of those that could not. */
export interface MadeSamplers {
  readonly made: readonly SamplerRunner[]
  readonly lost: readonly string[]
}

/** Makes the runners of `specs`; a sampler that cannot be made is logged and left out. */
export function makeRunners(
  specs: readonly SamplerSpec[],
  options: Omit<SamplerRunnerOptions, 'spec' | 'sampler'>,
): MadeSamplers {
  const made: SamplerRunner[] = []
  const lost: string[] = []
  for (const spec of specs) {
    try {
      made.push(createSamplerRunner({ ...options, spec, sampler: spec.create() }))
    } catch (error) {
      lost.push(spec.key)
      const message = `The sampler ${spec.key} could not be made and is left out`
      options.log(`create:${spec.key}`, message, { error: errorMessage(error) })
    }
  }
  return { made, lost }
}

/** What the producer recorded and lost: one row at every full tick at which that changed. */
function createAgentStats(options: AgentCoreOptions) {
  const { runners, steps, exporter, clock } = options
  const rows = createRowCollector(null)
  let seq = 0
  let previous = ''
  let stepCostNs: number | null = null
  return {
    samplerName: SAMPLER_NAMES.agentStats.sampler,
    rows,
    sample(): void {
      if (steps.completedSteps() > 0) stepCostNs ??= options.stepCostNs?.() ?? null
      const sent = exporter.stats()
      const refused = runners.reduce((sum, runner) => sum + runner.rows.refusedRows, 0)
      const lost = [
        ...(options.lost ?? []),
        ...runners.filter((runner) => runner.isOff).map((runner) => runner.key),
      ]
      const figures = {
        steps_completed: steps.completedSteps(),
        steps_dropped: steps.droppedSteps(),
        rows_dropped: sent.droppedRows + refused + steps.missedSteps(),
        batches_dropped: sent.droppedBatches,
        ...(stepCostNs === null ? {} : { step_cost_ns: stepCostNs }),
        ...(lost.length === 0 ? {} : { lost_samplers: lost }),
      }
      const now = JSON.stringify(figures)
      if (now === previous) return
      previous = now
      seq += 1
      rows.emit(SAMPLER_NAMES.agentStats.table, { seq, ts: clock.wallSeconds(), ...figures })
    },
  }
}
