import { join } from 'node:path'
import { LATE_TABLES, SAMPLE_TABLES } from '@traceml/storage'
import { openHistory } from '@traceml/storage/better-sqlite3'
import { describe, expect, test } from 'vitest'
import { countRows, loadVectors, type Row, readTable, temporaryFolder } from './support.js'

interface ProjectionCase {
  readonly name: string
  readonly config: { readonly summary_window_rows?: number; readonly max_queue?: number }
  readonly messages: readonly unknown[]
  readonly frames_hex: readonly string[]
  readonly expect: {
    readonly tables: Readonly<Record<string, readonly Row[]>>
    readonly enqueued: number
    readonly written: number
    readonly dropped: number
    readonly ok: boolean
    readonly batch_failed: boolean
  }
}

const CASES = loadVectors<readonly ProjectionCase[]>('projection.json')
const SHARED_TABLES = SAMPLE_TABLES.filter(
  (table) => table !== 'custom_samples' && !LATE_TABLES.includes(table),
)

/**
 * Where this implementation does better than the one that made the vectors, by case, table and
 * position: senders without a float type write whole floats as integers, so 1.0 is an integer here.
 */
const BETTER: Readonly<Record<string, (tables: Record<string, Row[]>) => void>> = {
  wrong_types: (tables) => {
    Object.assign(tables['process_samples']![0]!, { seq: 1, gpu_device_index: 0 })
  },
  events_normalisation: (tables) => {
    const events = tables['step_time_samples']![0]!['events'] as Record<string, Record<string, Row>>
    Object.assign(events['a']!['cpu']!, { n_calls: 2 })
  },
}

/** What the vectors expect, in the form in which tables are read here. */
function expectedTables(vector: ProjectionCase): Record<string, Row[]> {
  const tables: Record<string, Row[]> = {}
  for (const table of SHARED_TABLES) {
    tables[table] = (vector.expect.tables[table] ?? []).map((row) => structuredClone(row))
  }
  BETTER[vector.name]?.(tables)
  for (const row of tables['step_time_samples']!) {
    row['events'] = JSON.parse(JSON.stringify(row['events']))
    delete row['events_json']
  }
  return tables
}

function actualTables(path: string): Record<string, Row[]> {
  return Object.fromEntries(
    SHARED_TABLES.map((table) => {
      const rows = readTable(path, table).map((row) => {
        const { recv_ts_ns: _, live_bytes: __, live_tensor_count: ___, ...columns } = row
        if (table !== 'step_time_samples') return columns
        const { events_json, ...others } = columns
        return { ...others, events: JSON.parse(events_json as string) }
      })
      return [table, rows]
    }),
  )
}

describe.each(['frames', 'decoded messages'])('from %s', (route) => {
  test.each(CASES.filter((vector) => !vector.expect.batch_failed))('$name', (vector) => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'telemetry')
    const { summary_window_rows: windowRows, max_queue: maxPendingMessages } = vector.config
    const writer = openHistory({
      path,
      ...(windowRows === undefined ? {} : { windowRows }),
      ...(maxPendingMessages === undefined ? {} : { maxPendingMessages, whenFull: 'drop' }),
    })
    if (route === 'frames') {
      for (const frame of vector.frames_hex) {
        writer.ingestFrame(Buffer.from(frame, 'hex').subarray(4), 5n)
      }
    } else for (const message of vector.messages) writer.ingest(message, 5n)
    const result = writer.finalize()
    const { rowsWrittenByTable, rowsRejected } = writer.stats()
    const written = SHARED_TABLES.reduce((sum, table) => sum + rowsWrittenByTable[table], 0)

    expect(actualTables(path)).toEqual(expectedTables(vector))
    expect(result).toMatchObject({
      ok: vector.expect.ok,
      enqueued: vector.expect.enqueued,
      dropped: vector.expect.dropped,
      queue_size: 0,
      error: null,
    })
    expect(written).toBe(vector.expect.written)
    expect(rowsRejected).toBe(0)
  })

  test('an integer beyond 64 bits costs that value, not its batch', () => {
    const vector = CASES.find(({ expect: { batch_failed } }) => batch_failed)!
    using folder = temporaryFolder()
    const path = join(folder.path, 'telemetry')
    const writer = openHistory({ path })
    if (route === 'frames') {
      for (const frame of vector.frames_hex) {
        writer.ingestFrame(Buffer.from(frame, 'hex').subarray(4), 5n)
      }
    } else for (const message of vector.messages) writer.ingest(message, 5n)
    expect(writer.finalize()).toMatchObject({ ok: true, enqueued: 3, written: 3 })
    expect(readTable(path, 'process_samples').map(({ seq }) => seq)).toEqual([1, null, 3])
  })
})

test('all vectors of the reference are here', () => {
  expect(CASES).toHaveLength(26)
  expect(CASES.filter((vector) => vector.expect.batch_failed)).toHaveLength(1)
  for (const name of Object.keys(BETTER)) expect(CASES.map((vector) => vector.name)).toContain(name)
})

test('a sampler without a table of its own is kept as JSON', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  const writer = openHistory({ path })
  const row = { ts: 4.5, text: 'é', list: [1, null], big: 2n ** 60n, bytes: new Uint8Array(2) }
  const meta = { sampler: 'acme/disk', global_rank: 3, pid: 7, timestamp: 9 }
  writer.ingest([{ meta, body: { tables: { disks: [row, {}, 'no row'] } } }], 5n)
  writer.finalize()
  expect(countRows(path)['custom_samples']).toBe(2)
  expect(readTable(path, 'custom_samples')).toMatchObject([
    { sampler: 'acme/disk', table_name: 'disks', global_rank: 3, pid: 7, sample_ts_s: 4.5 },
    { sample_ts_s: 9, row_json: '{}' },
  ])
  expect(JSON.parse(readTable(path, 'custom_samples')[0]!['row_json'] as string)).toEqual({
    ts: 4.5,
    text: 'é',
    list: [1, null],
    big: '1152921504606846976',
    bytes: null,
  })
})
