import type {
  GpuReader,
  GpuReading,
  Logger,
  Sampler,
  SamplerContext,
  SamplerSpec,
} from '@traceml/contracts'
import { errorMessage, SAMPLER_NAMES } from '@traceml/contracts'
import type { CpuTimes } from './internal/host-cpu.js'
import { busyPercent, parseProcStat, readOsCpuTimes } from './internal/host-cpu.js'
import type { HostMemory } from './internal/host-memory.js'
import { parseMemInfo, readOsMemory } from './internal/host-memory.js'
import { openProcFile } from './internal/proc-file.js'
import { createRateWindow } from './internal/rate-window.js'

const TABLE = SAMPLER_NAMES.system.table

/**
 * One row per tick about the host: processor, memory, GPUs. What could not be read is null, never
 * zero; the first processor figure is null until it covers half a second.
 */
export function createSystemSampler(): Sampler {
  const stat = openProcFile('/proc/stat')
  const memInfo = openProcFile('/proc/meminfo')
  const window = createRateWindow<CpuTimes>()
  let gpu: GpuReader | null = null
  let gpuCount = 0
  let seq = 0

  const readCpu = (): CpuTimes | null => {
    const text = stat.read()
    return text === null ? readOsCpuTimes() : parseProcStat(text)
  }
  const readMemory = (): HostMemory => {
    const text = memInfo.read()
    return (text === null ? null : parseMemInfo(text)) ?? readOsMemory()
  }
  const cpuPercent = (nowMs: number): number | null => {
    const times = readCpu()
    if (times === null) return null
    const span = window.advance(times, nowMs)
    return span === null ? null : busyPercent(span.base, times)
  }

  return {
    apiVersion: 1,
    kind: 'sampler',
    id: 'system',
    samplerName: SAMPLER_NAMES.system.sampler,
    async start(context) {
      const times = readCpu()
      if (times !== null) window.prime(times, context.clock.monotonicMs())
      gpuCount = await openGpus(context)
      gpu = gpuCount > 0 ? context.gpu : null
    },
    sample(sink, context) {
      seq += 1
      const ts = context.clock.wallSeconds()
      const memory = readMemory()
      sink.emit(TABLE, {
        seq,
        ts,
        cpu: cpuPercent(context.clock.monotonicMs()),
        ram_used: memory.usedBytes,
        ram_total: memory.totalBytes,
        gpu_available: gpuCount > 0,
        gpu_count: gpuCount,
        gpus: gpu === null ? [] : readGpus(gpu, gpuCount, context.logger),
      })
    },
    stop() {
      stat.close()
      memInfo.close()
      gpu?.close()
    },
  }
}

/** {@link createSystemSampler} in the default registry: once per node. */
export const systemSpec: SamplerSpec = {
  apiVersion: 1,
  kind: 'sampler-spec',
  key: 'system',
  create: createSystemSampler,
  rankZeroOnly: true,
  maxRowsPerFlush: 1,
}

async function openGpus(context: SamplerContext): Promise<number> {
  if (context.gpu === null) return 0
  try {
    return (await context.gpu.open()).length
  } catch (error) {
    context.logger.warn('GPUs could not be opened; none is reported', {
      vendor: context.gpu.vendor,
      error: errorMessage(error),
    })
    return 0
  }
}

/** One list per GPU in the wire's order; a failed reading is nulls at its place. */
function readGpus(gpu: GpuReader, count: number, logger: Logger): (number | null)[][] {
  let readings: readonly GpuReading[] = []
  try {
    readings = gpu.read()
  } catch (error) {
    logger.warn('GPUs could not be read', { vendor: gpu.vendor, error: errorMessage(error) })
  }
  return Array.from({ length: count }, (_, index) => {
    const reading = readings[index]
    return [
      reading?.utilPercent ?? null,
      reading?.memoryUsedBytes ?? null,
      reading?.memoryTotalBytes ?? null,
      reading?.temperatureCelsius ?? null,
      reading?.powerWatts ?? null,
      reading?.powerLimitWatts ?? null,
    ]
  })
}
