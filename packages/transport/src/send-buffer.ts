import { joinBytes } from './join-bytes.js'

/** What a {@link SendBuffer} holds and has let go. */
interface SendBufferStats {
  readonly bytes: number
  readonly frames: number
  readonly deliveredFrames: number
  readonly droppedFrames: number
  readonly droppedRows: number
}

/** Limits of a {@link SendBuffer}. */
export interface SendBufferLimits {
  readonly maxBytes: number
  readonly maxFrames: number
}

/** Frames waiting to be sent or confirmed, oldest first, within fixed limits. */
export interface SendBuffer {
  /** Adds a frame; `keep` frames (controls) are never the ones that a full buffer drops. */
  add(frame: Uint8Array, rows: number, keep: boolean): void
  /** Unsent frames joined up to about `maxBytes` (at least one), now counted as sent; or null. */
  take(maxBytes: number): { readonly bytes: Uint8Array; readonly frames: number } | null
  /** The oldest `count` sent frames arrived. */
  confirm(count: number): void
  /** The connection is gone: everything unconfirmed is unsent again. */
  rewind(): void
  /** Gives up on everything left, counting it. */
  abandon(): void
  /** Number of the newest frame; see {@link SendBuffer.settledThrough}. */
  readonly newest: number
  /** Every frame up to this number is confirmed or dropped. */
  readonly settledThrough: number
  stats(): SendBufferStats
}

interface Entry {
  /** Null once its memory was given back to make room. */
  frame: Uint8Array | null
  readonly number: number
  readonly rows: number
  readonly keep: boolean
  sent: boolean
}

/** Creates an empty buffer. Every operation is O(1) amortised. */
export function createSendBuffer(limits: SendBufferLimits): SendBuffer {
  let entries: Entry[] = []
  /** Index of the oldest entry, of the first unsent one, and of the next to drop. */
  let head = 0
  let unsent = 0
  let victim = 0
  let newest = 0
  let bytes = 0
  let frames = 0
  let delivered = 0
  let droppedFrames = 0
  let droppedRows = 0

  const countDrop = (entry: Entry): void => {
    droppedFrames += 1
    droppedRows += entry.rows
  }

  const free = (entry: Entry): void => {
    if (entry.frame === null) return
    bytes -= entry.frame.length
    frames -= 1
    entry.frame = null
  }

  /** A sent frame is only known to be lost when its connection breaks before the ack. */
  const dropOldest = (): boolean => {
    victim = Math.max(victim, head)
    // The newest frame itself always stays: a buffer that holds nothing delivers nothing.
    for (; victim < entries.length - 1; victim += 1) {
      const entry = entries[victim]
      if (entry === undefined || entry.keep || entry.frame === null) continue
      free(entry)
      if (!entry.sent) countDrop(entry)
      return true
    }
    return false
  }

  const compact = (): void => {
    while (head < entries.length) {
      const entry = entries[head]
      if (entry === undefined || entry.sent || entry.frame !== null) break
      head += 1
    }
    unsent = Math.max(unsent, head)
    if (head < 1024 || head * 2 < entries.length) return
    entries = entries.slice(head)
    unsent -= head
    victim = Math.max(0, victim - head)
    head = 0
  }

  return {
    get newest() {
      return newest
    },
    get settledThrough() {
      const oldest = entries[head]
      return oldest === undefined ? newest : oldest.number - 1
    },
    add(frame, rows, keep) {
      newest += 1
      entries.push({ number: newest, frame, rows, keep, sent: false })
      bytes += frame.length
      frames += 1
      while ((bytes > limits.maxBytes || frames > limits.maxFrames) && dropOldest()) {
        // Room is made one frame at a time.
      }
      compact()
    },
    take(maxBytes) {
      const parts: Uint8Array[] = []
      let size = 0
      while (unsent < entries.length) {
        const entry = entries[unsent]
        const frame = entry?.frame
        if (entry !== undefined && frame) {
          if (parts.length > 0 && size + frame.length > maxBytes) break
          entry.sent = true
          parts.push(frame)
          size += frame.length
        }
        unsent += 1
      }
      const only = parts[0]
      if (only === undefined) return null
      return {
        bytes: parts.length === 1 ? only : joinBytes(parts, size),
        frames: parts.length,
      }
    },
    confirm(count) {
      let left = count
      while (left > 0 && head < unsent) {
        const entry = entries[head]
        head += 1
        if (entry === undefined || !entry.sent) continue
        left -= 1
        delivered += 1
        free(entry)
      }
      compact()
    },
    rewind() {
      const kept: Entry[] = []
      for (const entry of entries.slice(head)) {
        if (entry.frame !== null) kept.push({ ...entry, sent: false })
        else if (entry.sent) countDrop(entry)
      }
      entries = kept
      head = 0
      unsent = 0
      victim = 0
    },
    abandon() {
      for (const entry of entries.slice(head)) {
        if (entry.frame !== null || entry.sent) countDrop(entry)
        free(entry)
      }
      entries = []
      head = 0
      unsent = 0
      victim = 0
    },
    stats: () => ({
      bytes,
      frames,
      deliveredFrames: delivered,
      droppedFrames,
      droppedRows,
    }),
  }
}
