import type { GpuInfo, GpuProcess, Sampler, SamplerContext, SamplerSpec } from '@traceml/contracts'
import { errorMessage, SAMPLER_NAMES } from '@traceml/contracts'

const TABLE = SAMPLER_NAMES.gpuDevices.table

/**
 * One row per GPU of the run: which device of the host stands at which position of the system rows.
 * A further row whenever the processes on it changed. No rows where no GPU can be read.
 */
export function createGpuDevicesSampler(): Sampler {
  let gpus: readonly GpuInfo[] = []
  let told: (string | null)[] = []
  return {
    apiVersion: 1,
    kind: 'sampler',
    id: 'gpu-devices',
    samplerName: SAMPLER_NAMES.gpuDevices.sampler,
    async start(context) {
      gpus = await openGpus(context)
      told = gpus.map(() => null)
    },
    sample(sink, context) {
      if (gpus.length === 0) return
      const processes = context.gpu?.readProcesses?.() ?? []
      gpus.forEach((gpu, position) => {
        const running = processes[position] ?? null
        const key = JSON.stringify(running?.map(({ pid }) => pid) ?? [])
        if (key === told[position]) return
        told[position] = key
        sink.emit(TABLE, {
          ts: context.clock.wallSeconds(),
          gpu_idx: position,
          host_index: gpu.index,
          uuid: gpu.uuid,
          name: gpu.name,
          mem_total: gpu.memoryTotalBytes,
          processes: running?.map(processRow) ?? null,
        })
      })
    },
  }
}

function processRow({ pid, memoryUsedBytes }: GpuProcess): {
  readonly pid: number
  readonly mem_used: number | null
} {
  return { pid, mem_used: memoryUsedBytes }
}

async function openGpus(context: SamplerContext): Promise<readonly GpuInfo[]> {
  if (context.gpu === null) return []
  try {
    return await context.gpu.open()
  } catch (error) {
    context.logger.warn('GPUs could not be opened; none is named', { error: errorMessage(error) })
    return []
  }
}

/** {@link createGpuDevicesSampler} in the default registry: once per node. */
export const gpuDevicesSpec: SamplerSpec = {
  apiVersion: 1,
  kind: 'sampler-spec',
  key: 'gpu_devices',
  create: createGpuDevicesSampler,
  rankZeroOnly: true,
}
