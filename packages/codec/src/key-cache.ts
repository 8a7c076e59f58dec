const SLOTS = 512
const MAX_KEY_BYTES = 64

/** Remembers the text of map keys, which repeat in every row. */
export interface KeyCache {
  /** The text of these bytes, or null when it is not remembered. O(size). */
  find(bytes: Uint8Array, start: number, size: number): string | null
  /** Remembers a key; a key of the same slot is forgotten, so memory stays bounded. */
  store(bytes: Uint8Array, start: number, size: number, text: string): void
}

/** Creates a direct-mapped cache of 512 keys of at most 64 bytes. */
export function createKeyCache(): KeyCache {
  const keys: (Uint8Array | undefined)[] = new Array(SLOTS).fill(undefined)
  const texts: string[] = new Array(SLOTS).fill('')

  const slotOf = (bytes: Uint8Array, start: number, size: number): number => {
    const first = bytes[start] ?? 0
    const middle = bytes[start + (size >> 1)] ?? 0
    const last = bytes[start + size - 1] ?? 0
    return (size * 131 + first * 31 + middle * 17 + last * 7) & (SLOTS - 1)
  }

  return {
    find(bytes, start, size) {
      if (size === 0 || size > MAX_KEY_BYTES) return null
      const slot = slotOf(bytes, start, size)
      const key = keys[slot]
      if (key === undefined || key.length !== size) return null
      for (let index = 0; index < size; index += 1) {
        if (key[index] !== bytes[start + index]) return null
      }
      return texts[slot] ?? null
    },
    store(bytes, start, size, text) {
      if (size === 0 || size > MAX_KEY_BYTES) return
      const slot = slotOf(bytes, start, size)
      // A real copy: `slice` of a Node Buffer is a view.
      keys[slot] = new Uint8Array(bytes.subarray(start, start + size))
      texts[slot] = text
    },
  }
}
