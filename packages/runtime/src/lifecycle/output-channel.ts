import type { OutputSource } from '@traceml/contracts'
import type { SharedState } from '../recorder/shared-layout.js'
import { CONTROL } from '../recorder/shared-layout.js'

const HEADER_BYTES = 5
const PIECE_BYTES = 16_384
const MAX_LINE_CHARACTERS = 65_536

/** Writing end of the channel for captured output, on the training thread. */
export interface OutputChannel {
  /** Queues what was written to stream 1 (stdout) or 2 (stderr); what does not fit is counted. */
  push(stream: number, bytes: Uint8Array): void
}

/** Makes the writing end. Pieces are framed as stream, 32-bit length, bytes. */
export function createOutputChannel({ control, output }: SharedState): OutputChannel {
  const mask = output.length - 1
  let head = Atomics.load(control, CONTROL.outputHead)
  const put = (bytes: Uint8Array): void => {
    const at = head & mask
    const first = Math.min(bytes.length, output.length - at)
    output.set(bytes.subarray(0, first), at)
    output.set(bytes.subarray(first), 0)
    head = (head + bytes.length) | 0
  }
  const header = new Uint8Array(HEADER_BYTES)
  const headerView = new DataView(header.buffer)
  return {
    push(stream, bytes) {
      for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
        const piece = bytes.subarray(start, start + PIECE_BYTES)
        const free = output.length - ((head - Atomics.load(control, CONTROL.outputTail)) | 0)
        if (piece.length + HEADER_BYTES > free) {
          Atomics.add(control, CONTROL.outputDropped, piece.length)
          continue
        }
        header[0] = stream
        headerView.setUint32(1, piece.length)
        put(header)
        put(piece)
        Atomics.store(control, CONTROL.outputHead, head)
      }
    },
  }
}

/** Reading end, on the agent thread. */
export interface OutputReader extends OutputSource {
  /** From now on a last line without an end counts as a line. */
  finish(): void
}

/** Makes the reading end; each stream is cut into lines by itself. */
export function createOutputReader({ control, output }: SharedState): OutputReader {
  const mask = output.length - 1
  const decoders = [new TextDecoder(), new TextDecoder()] as const
  const rests = ['', '']
  let tail = Atomics.load(control, CONTROL.outputTail)
  let finished = false

  const take = (count: number): Uint8Array => {
    const bytes = new Uint8Array(count)
    const at = tail & mask
    const first = Math.min(count, output.length - at)
    bytes.set(output.subarray(at, at + first))
    bytes.set(output.subarray(0, count - first), first)
    tail = (tail + count) | 0
    return bytes
  }
  const addText = (index: 0 | 1, bytes: Uint8Array, lines: string[]): void => {
    const parts = (rests[index] + decoders[index].decode(bytes, { stream: true })).split(/\r?\n/)
    const rest = parts.pop() ?? ''
    lines.push(...parts)
    rests[index] = rest
    if (rest.length > MAX_LINE_CHARACTERS) {
      lines.push(rest)
      rests[index] = ''
    }
  }

  return {
    readLines() {
      const lines: string[] = []
      const end = Atomics.load(control, CONTROL.outputHead)
      while (tail !== end) {
        const header = take(HEADER_BYTES)
        const size = new DataView(header.buffer).getUint32(1)
        addText(header[0] === 2 ? 1 : 0, take(size), lines)
      }
      Atomics.store(control, CONTROL.outputTail, tail)
      if (finished) {
        lines.push(...rests.filter((rest) => rest !== ''))
        rests.fill('')
      }
      return lines
    },
    droppedBytes: () => Atomics.load(control, CONTROL.outputDropped) >>> 0,
    finish: () => {
      finished = true
    },
  }
}
