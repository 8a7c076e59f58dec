import { cpus, totalmem } from 'node:os'
import { cpuUsage, memoryUsage, pid } from 'node:process'
import type { Sampler, SamplerSpec } from '@traceml/contracts'
import { SAMPLER_NAMES } from '@traceml/contracts'
import { roundToTenth } from './internal/host-cpu.js'
import { createRateWindow } from './internal/rate-window.js'

const TABLE = SAMPLER_NAMES.process.table

/**
 * One row per tick about the training process: processor time of all its threads (100 is one full
 * core) and resident memory. The agent thread is one of these threads, so its own share, well under
 * one percent of a core at usual step rates, is included. Child processes are not.
 */
export function createProcessSampler(): Sampler {
  const window = createRateWindow<number>()
  const cores = cpus().length
  const ramTotal = totalmem()
  let seq = 0
  const readCpuMs = (): number => {
    const { user, system } = cpuUsage()
    return (user + system) / 1000
  }
  return {
    apiVersion: 1,
    kind: 'sampler',
    id: 'process',
    samplerName: SAMPLER_NAMES.process.sampler,
    start: (context) => window.prime(readCpuMs(), context.clock.monotonicMs()),
    sample(sink, context) {
      seq += 1
      const usedMs = readCpuMs()
      const span = window.advance(usedMs, context.clock.monotonicMs())
      sink.emit(TABLE, {
        seq,
        ts: context.clock.wallSeconds(),
        pid,
        cpu: span === null ? null : roundToTenth((100 * (usedMs - span.base)) / span.elapsedMs),
        cpu_cores: cores > 0 ? cores : null,
        ram_used: residentBytes(),
        ram_total: ramTotal,
        gpu_available: false,
        gpu_count: 0,
        gpu: null,
      })
    },
  }
}

/** {@link createProcessSampler} in the default registry. */
export const processSpec: SamplerSpec = {
  apiVersion: 1,
  kind: 'sampler-spec',
  key: 'process',
  create: createProcessSampler,
}

function residentBytes(): number | null {
  try {
    const bytes = memoryUsage.rss()
    return bytes > 0 ? bytes : null
  } catch {
    return null
  }
}
