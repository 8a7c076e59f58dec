import type { Sampler, SamplerContext, SamplerSpec, StepSource } from '@traceml/contracts'
import { errorMessage } from '@traceml/contracts'
import type { RingStepSource } from '../recorder/step-source.js'
import type { RateLimitedLog } from './rate-limited-log.js'
import type { RowCollector } from './telemetry-batch.js'
import { createRowCollector } from './telemetry-batch.js'

const FAILURE_LIMIT = 10

/** Makes a promise that ends the wait for a slow sampler; called only when one is slow. */
export type Limit = () => Promise<unknown>

/** One sampler in the agent: calls it, catches what it throws, keeps its rows. */
export interface SamplerRunner {
  readonly key: string
  readonly samplerName: string
  /** True for a sampler that ticks often and goes on after the recording limit. */
  readonly drains: boolean
  readonly rows: RowCollector
  /** True once it was given up on. */
  readonly isOff: boolean
  start(limit: Limit): Promise<void>
  /** Takes one sample; resolves when it is done or `limit` resolves. Never rejects. */
  run(limit: Limit): Promise<void>
  hasPending(): boolean
  stop(limit: Limit): Promise<void>
}

/** Options of {@link createSamplerRunner}. */
export interface SamplerRunnerOptions {
  readonly spec: SamplerSpec
  readonly sampler: Sampler
  /** Its `steps` are replaced by a view that notes which readers are this sampler's. */
  readonly context: SamplerContext
  readonly steps: RingStepSource | null
  readonly log: RateLimitedLog
}

/** Makes the runner of one sampler. */
export function createSamplerRunner(options: SamplerRunnerOptions): SamplerRunner {
  const { spec, sampler, log } = options
  const readers = new Set<string>()
  const steps = options.steps === null ? null : trackReaders(options.steps, readers)
  const context: SamplerContext = { ...options.context, steps }
  const rows = createRowCollector(spec.maxRowsPerFlush ?? null)
  let failures = 0
  let off = false
  let busy: Promise<void> | null = null

  const switchOff = (): void => {
    off = true
    for (const reader of readers) options.steps?.forget(reader)
  }
  const failed = (error: unknown): void => {
    failures += 1
    log(`sampler:${spec.key}`, `The sampler ${spec.key} failed`, {
      error: errorMessage(error),
      failures,
    })
    if (failures < FAILURE_LIMIT || off) return
    switchOff()
    log(`off:${spec.key}`, `The sampler ${spec.key} failed ${failures} times and is off from now`)
  }
  const settle = (work: Promise<void>): Promise<void> => {
    const running = work
      .then(
        () => {
          failures = 0
        },
        (error: unknown) => failed(error),
      )
      .finally(() => {
        busy = null
      })
    busy = running
    return running
  }
  const call = async (action: () => void | Promise<void>, limit: Limit) => {
    try {
      const result = action()
      if (result === undefined) failures = 0
      else await Promise.race([settle(Promise.resolve(result)), limit()])
    } catch (error) {
      failed(error)
    }
  }

  return {
    key: spec.key,
    samplerName: sampler.samplerName,
    drains: spec.drainOnRecordingStop === true,
    rows,
    get isOff() {
      return off
    },
    async start(limit) {
      if (sampler.start === undefined) return
      await call(() => sampler.start?.(context), limit)
      if (failures > 0) switchOff()
    },
    async run(limit) {
      // A sample that still runs is not joined by a second one; its rows come with a later batch.
      if (off || busy !== null) return
      await call(() => sampler.sample(rows, context), limit)
    },
    hasPending() {
      if (off) return false
      try {
        return busy !== null || (sampler.hasPending?.() ?? false)
      } catch {
        return false
      }
    },
    async stop(limit) {
      await call(() => sampler.stop?.(rows), limit)
    },
  }
}

/** The same steps, noting every reader's name so that it can be taken off the list. */
function trackReaders(source: RingStepSource, readers: Set<string>): StepSource {
  return {
    read(reader, visit) {
      readers.add(reader)
      source.read(reader, visit)
    },
    hasUnread: (reader) => source.hasUnread(reader),
    droppedSteps: () => source.droppedSteps(),
    completedSteps: () => source.completedSteps(),
    environment: () => source.environment(),
  }
}
