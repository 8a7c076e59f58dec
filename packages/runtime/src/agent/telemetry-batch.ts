import { encodePayload, MessageWriter } from '@traceml/codec'
import type { EnvelopeMeta, RowSink, WireRow } from '@traceml/contracts'

/** Rows of one table that travel together. */
interface RowChunk {
  readonly table: string
  /** MessagePack maps, one after another. */
  readonly bytes: Uint8Array
  readonly rowCount: number
}

/** An envelope whose rows are encoded already. */
export interface EncodedEnvelope {
  readonly meta: EnvelopeMeta
  readonly chunks: readonly RowChunk[]
}

/** A frame ready for the wire. */
export interface TelemetryFrame {
  readonly bytes: Uint8Array
  readonly rowCount: number
}

/** Collects the rows of one sampler between two batches. */
export interface RowCollector extends RowSink {
  readonly isEmpty: boolean
  /** Rows refused since the start because a tick had too many. */
  readonly refusedRows: number
  /** The chunks since the last call, oldest first, tables in the order of their first row. */
  take(): readonly RowChunk[]
}

/** Rows that a sampler may emit between two batches, so that a runaway one cannot fill memory. */
const MAX_PENDING_ROWS = 200_000

/**
 * Makes a collector that keeps rows as bytes.
 * @param maxRows - Keep only so many of the newest rows of each table, or null for all.
 */
export function createRowCollector(maxRows: number | null): RowCollector {
  const tables = new Map<string, RowChunk[]>()
  let pending = 0
  let refused = 0
  const add = (table: string, bytes: Uint8Array, rowCount: number): void => {
    if (pending + rowCount > MAX_PENDING_ROWS) {
      refused += rowCount
      return
    }
    const chunks = tables.get(table)
    if (chunks === undefined) tables.set(table, [{ table, bytes, rowCount }])
    else chunks.push({ table, bytes, rowCount })
    pending += rowCount
    if (maxRows !== null && chunks !== undefined && chunks.length > maxRows) {
      chunks.shift()
      pending -= 1
    }
  }
  const collector = {
    emit: (table: string, row: WireRow): void => add(table, encodePayload(row), 1),
    get isEmpty(): boolean {
      return pending === 0
    },
    get refusedRows(): number {
      return refused
    },
    take(): readonly RowChunk[] {
      const chunks = [...tables.values()].flat()
      tables.clear()
      pending = 0
      return chunks
    },
  }
  if (maxRows !== null) return collector
  return Object.assign(collector, {
    emitEncoded: (table: string, rows: Uint8Array, rowCount: number): void => {
      if (rowCount > 0) add(table, rows.slice(), rowCount)
    },
  })
}

/**
 * Frames of at most about `maxBytes` each that hold the envelopes in their order. An envelope too
 * large for one frame continues in the next under the same `meta`.
 */
export function buildFrames(
  envelopes: readonly EncodedEnvelope[],
  maxBytes: number,
): readonly TelemetryFrame[] {
  const frames: TelemetryFrame[] = []
  let open: { meta: EnvelopeMeta; chunks: RowChunk[] }[] = []
  let size = 0
  const close = (): void => {
    if (open.length > 0) frames.push(encodeEnvelopes(open))
    open = []
    size = 0
  }
  for (const { meta, chunks } of envelopes) {
    let current: { meta: EnvelopeMeta; chunks: RowChunk[] } | null = null
    for (const chunk of chunks) {
      if (size > 0 && size + chunk.bytes.length > maxBytes) {
        close()
        current = null
      }
      if (current === null) {
        current = { meta, chunks: [] }
        open.push(current)
      }
      current.chunks.push(chunk)
      size += chunk.bytes.length
    }
  }
  close()
  return frames
}

function encodeEnvelopes(envelopes: readonly EncodedEnvelope[]): TelemetryFrame {
  const writer = new MessageWriter()
  let rows = 0
  writer.beginFrame()
  writer.arrayHeader(envelopes.length)
  for (const { meta, chunks } of envelopes) {
    const tables = groupByTable(chunks)
    writer.mapHeader(2)
    writer.text('meta')
    writer.value(meta)
    writer.text('body')
    writer.mapHeader(1)
    writer.text('tables')
    writer.mapHeader(tables.size)
    for (const [table, parts] of tables) {
      const count = parts.reduce((sum, part) => sum + part.rowCount, 0)
      writer.text(table)
      writer.arrayHeader(count)
      for (const part of parts) writer.raw(part.bytes)
      rows += count
    }
  }
  return { bytes: writer.endFrame(), rowCount: rows }
}

function groupByTable(chunks: readonly RowChunk[]): Map<string, RowChunk[]> {
  const tables = new Map<string, RowChunk[]>()
  for (const chunk of chunks) {
    const known = tables.get(chunk.table)
    if (known === undefined) tables.set(chunk.table, [chunk])
    else known.push(chunk)
  }
  return tables
}
