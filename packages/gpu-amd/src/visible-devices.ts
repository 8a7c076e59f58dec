import type { GpuInfo } from '@traceml/contracts'

/** Lists of positions or UUIDs, applied one after the other; an absent one selects everything. */
export type VisibleLists = readonly (readonly string[])[]

/**
 * The variables that hide GPUs from a ROCm process: the runtime's first, then HIP's, which counts
 * what the first one left.
 *
 * @see https://rocm.docs.amd.com/en/latest/conceptual/gpu-isolation.html
 */
export function parseVisibleDevices(
  environment: Readonly<Record<string, string | undefined>>,
): VisibleLists {
  const hip = environment['HIP_VISIBLE_DEVICES'] ?? environment['CUDA_VISIBLE_DEVICES']
  return [environment['ROCR_VISIBLE_DEVICES'], hip]
    .filter((value) => value !== undefined)
    .map((value) => value.split(',').map((entry) => entry.trim()))
}

/** What is left of a list of GPUs; the first entry that names none ends a list. */
export function selectVisible<Gpu extends { readonly info: GpuInfo }>(
  gpus: readonly Gpu[],
  lists: VisibleLists,
): readonly Gpu[] {
  let left = gpus
  for (const list of lists) {
    const next: Gpu[] = []
    for (const entry of list) {
      const gpu = /^\d+$/.test(entry)
        ? left[Number(entry)]
        : left.find(({ info }) => info.uuid === entry)
      if (gpu === undefined) break
      next.push(gpu)
    }
    left = next
  }
  return left
}
