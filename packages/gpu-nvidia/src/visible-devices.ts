/** Which GPUs of a host a process may use. */
export type DeviceSelection =
  | { readonly kind: 'all' }
  /** In the order in which the process counts them; possibly none. */
  | { readonly kind: 'some'; readonly devices: readonly SelectedDevice[] }

/** One entry of the list: a position on the host, or the beginning of a UUID. */
export type SelectedDevice =
  | { readonly by: 'index'; readonly index: number }
  | { readonly by: 'uuid'; readonly prefix: string }

/**
 * Reads `CUDA_VISIBLE_DEVICES` as CUDA does: entries are host indices, `GPU-…` or `MIG-…`
 * identifiers, which may be shortened; the first entry that is none of these ends the list, a
 * repeated entry empties it.
 *
 * @param value - The variable; absent means that everything is visible, empty that nothing is.
 * @see https://docs.nvidia.com/cuda/cuda-c-programming-guide/ "CUDA Environment Variables"
 */
export function parseVisibleDevices(value: string | undefined): DeviceSelection {
  if (value === undefined) return { kind: 'all' }
  const devices: SelectedDevice[] = []
  const seen = new Set<string>()
  for (const part of value.split(',')) {
    const text = part.trim()
    const device = parseEntry(text)
    if (device === null) break
    if (seen.has(text)) return { kind: 'some', devices: [] }
    seen.add(text)
    devices.push(device)
  }
  return { kind: 'some', devices }
}

function parseEntry(text: string): SelectedDevice | null {
  if (/^\d+$/.test(text)) return { by: 'index', index: Number(text) }
  // `MIG-GPU-<uuid>/<gi>/<ci>` is the older name of a part of a GPU.
  if (/^(GPU|MIG)-[0-9a-zA-Z/-]+$/.test(text)) return { by: 'uuid', prefix: text }
  return null
}
