import type { FrameBatch } from './history/history-port.js'

const MAX_BYTES = 512 * 1024
const MAX_FRAMES = 4096

/** Gathers the payloads of one turn of the event loop, so that a hand-over is worth its cost. @internal */
export interface BatchCollector {
  /** Adds a payload; it is copied before this turn of the event loop ends. */
  add(payload: Uint8Array): void
  /** Frames of a connection that are dealt with once the current batch is written. */
  mark(connectionId: number, frames: number): void
  /** The current batch must be written at once. */
  hurry(): void
  /** Hands on what is there. */
  seal(): void
}

/** Creates a collector that hands batches to `send`. @internal */
export function createBatchCollector(send: (batch: FrameBatch) => void): BatchCollector {
  let payloads: Uint8Array[] = []
  let bytes = 0
  let marks = new Map<number, number>()
  let urgent = false
  let scheduled = false

  const seal = (): void => {
    if (payloads.length === 0 && marks.size === 0 && !urgent) return
    const data = new Uint8Array(bytes)
    const lengths = new Uint32Array(payloads.length)
    let offset = 0
    for (const [index, payload] of payloads.entries()) {
      data.set(payload, offset)
      lengths[index] = payload.length
      offset += payload.length
    }
    const batch: FrameBatch = {
      data,
      lengths,
      marks: [...marks].flat(),
      recvTsNs: BigInt(Date.now()) * 1_000_000n,
      urgent,
    }
    payloads = []
    bytes = 0
    marks = new Map()
    urgent = false
    send(batch)
  }

  const schedule = (): void => {
    if (scheduled) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      seal()
    })
  }

  return {
    add(payload) {
      payloads.push(payload)
      bytes += payload.length
      schedule()
    },
    mark(connectionId, frames) {
      marks.set(connectionId, frames)
      if (bytes >= MAX_BYTES || payloads.length >= MAX_FRAMES) seal()
      else schedule()
    },
    hurry() {
      urgent = true
      schedule()
    },
    seal,
  }
}
