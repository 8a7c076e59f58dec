import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodePayload } from '@traceml/codec'
import type { Logger } from '@traceml/contracts'
import { retainedRows } from '@traceml/storage'
import { openHistory, openStore } from '@traceml/storage/better-sqlite3'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { envelope, range, stepEnvelope } from './envelopes.js'
import { countRows, loadVectors, readTable, temporaryFolder } from './support.js'

const { retention_rows: RETENTION } = loadVectors<{
  readonly retention_rows: readonly { readonly window: number; readonly expect: number }[]
}>('envelope_control_budget.json')

test.each(RETENTION)('a window of $window keeps $expect rows', ({ window, expect: rows }) => {
  expect(retainedRows(window)).toBe(rows)
})

function integrity(path: string): unknown {
  const database = new Database(path, { readonly: true })
  const result = database.pragma('integrity_check', { simple: true })
  database.close()
  return result
}

test('a row that the database refuses is lost alone', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  openHistory({ path }).finalize()
  const database = new Database(path)
  for (const table of ['process_samples', 'system_samples']) {
    database.exec(`create trigger refuse_${table} before insert on ${table} when new.seq = 2
      begin select raise(abort, 'seq 2 is refused'); end`)
  }
  database.close()
  const warnings: string[] = []
  const logger = { warn: (text: string) => warnings.push(text) } as unknown as Logger
  const writer = openHistory({ path, logger })
  const gpus = [[1, 2, 3, 4, 5, 6]]
  writer.ingest(envelope('ProcessSampler', [{ seq: 1 }, { seq: 2 }, { seq: 3 }]), 1n)
  writer.ingest(
    envelope('SystemSampler', [
      { seq: 1, gpus },
      { seq: 2, gpus },
    ]),
    1n,
  )
  expect(writer.flush()).toBe(4)
  expect(writer.stats()).toMatchObject({
    rowsWritten: 4,
    rowsRejected: 3,
    rowsPending: 0,
    lastError: 'seq 2 is refused',
  })
  expect(writer.finalize().ok).toBe(true)
  expect(warnings).toEqual(['The history refused some rows.'])
  expect(readTable(path, 'process_samples').map(({ seq }) => seq)).toEqual([1, 3])
  expect(readTable(path, 'system_gpu_samples').map(({ seq }) => seq)).toEqual([1])
  expect(integrity(path)).toBe('ok')
})

test('nothing that arrives makes the writer throw', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  const writer = openHistory({ path })
  for (const bytes of [[], [0xc1], [0x91], [0x7b, 0x22], [0xdd, 0xff, 0xff, 0xff, 0xff], [1, 2]]) {
    expect(writer.ingestFrame(Uint8Array.from(bytes), 1n)).toMatchObject({ rows: 0 })
  }
  for (const value of [undefined, null, 5, 'x', [[], null, { meta: 1 }], Symbol('x')]) {
    expect(writer.ingest(value, 1n)).toMatchObject({ rows: 0, accepted: true })
  }
  expect(writer.stats()).toMatchObject({ framesInvalid: 6, rowsPending: 0 })
  expect(writer.ingestFrame(encodePayload(stepEnvelope([1]) as never), 1n).rows).toBe(1)
  expect(writer.finalize().written).toBe(1)
  expect(writer.ingest(stepEnvelope([2]), 1n)).toMatchObject({ rows: 0, accepted: false })
})

test('control messages are handed on and not stored', () => {
  using folder = temporaryFolder()
  const writer = openHistory({ path: join(folder.path, 'telemetry') })
  const control = { _traceml_control: 'rank_finished', global_rank: 3 }
  const alone = writer.ingestFrame(encodePayload(control as never), 1n)
  const batch = writer.ingestFrame(encodePayload([stepEnvelope([1]), control] as never), 1n)
  expect(alone).toEqual({ rows: 0, accepted: true, ignored: 0, controls: [control] })
  expect(batch).toEqual({ rows: 1, accepted: true, ignored: 0, controls: [control] })
  expect(writer.finalize()).toMatchObject({ enqueued: 1, written: 1 })
})

test('a receive time keeps its nanoseconds', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  const writer = openHistory({ path })
  writer.ingest(stepEnvelope([1]), 1_795_406_281_917_867_839n)
  writer.finalize()
  const database = new Database(path, { readonly: true })
  database.defaultSafeIntegers()
  const received = database.prepare('select recv_ts_ns from step_time_samples').pluck().get()
  database.close()
  expect(received).toBe(1_795_406_281_917_867_839n)
})

test('old rows go while a run lasts, in every limited table, and exactly at its end', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  const writer = openHistory({ path, windowRows: 100 })
  const limit = retainedRows(100)
  const gpus = [
    [1, 2, 3, 4, 5, 6],
    [1, 2, 3, 4, 5, 6],
  ]
  for (let first = 1; first <= 1000; first += 10) {
    const seqs = range(first, first + 9)
    for (const rank of [0, 1, 2]) {
      const meta = { global_rank: rank, node_rank: rank }
      const rows = seqs.map((seq) => ({ seq, step: seq }))
      writer.ingest(stepEnvelope(seqs, meta), 1n)
      writer.ingest(envelope('StepMemorySampler', rows, meta), 1n)
      writer.ingest(envelope('ProcessSampler', rows, meta), 1n)
      writer.ingest(envelope('acme', rows, meta), 1n)
      writer.ingest(
        envelope(
          'SystemSampler',
          rows.map((row) => ({ ...row, gpus })),
          meta,
        ),
        1n,
      )
    }
    writer.flush()
    for (const [table, rows] of Object.entries(countRows(path))) {
      const perRow = table === 'system_gpu_samples' ? 2 : 1
      expect(rows).toBeLessThanOrEqual(3 * perRow * (limit + Math.floor(limit / 8) + 20))
    }
  }
  expect(writer.finalize()).toMatchObject({ ok: true, prune_ok: true, written: 3 * 1000 * 7 })
  expect(countRows(path)).toEqual({
    runtime_environment: 0,
    system_samples: 3 * limit,
    system_gpu_samples: 6 * limit,
    process_samples: 3 * limit,
    step_time_samples: 3 * limit,
    step_memory_samples: 3 * limit,
    stdout_stderr_samples: 0,
    custom_samples: 3 * limit,
  })
  const kept = new Set(range(1000 - limit + 1, 1000))
  for (const table of Object.keys(countRows(path))) {
    for (const row of readTable(path, table)) {
      const seq = row['step'] ?? row['seq'] ?? JSON.parse(row['row_json'] as string).seq
      expect(kept).toContain(seq)
    }
  }
  expect(integrity(path)).toBe('ok')
})

test('retention goes on where an earlier writer stopped', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  const gpus = [[1, 2, 3, 4, 5, 6]]
  const write = (first: number, last: number, windowRows: number): void => {
    const writer = openHistory({ path, windowRows })
    for (const node of [0, 1]) {
      const meta = { global_rank: null, rank: node, node_rank: node }
      const rows = range(first, last).map((seq) => ({ seq, gpus }))
      writer.ingest(envelope('SystemSampler', rows, meta), 1n)
      writer.ingest(envelope('ProcessSampler', rows, meta), 1n)
    }
    writer.finalize()
  }
  write(1, 30, 100)
  write(31, 40, 10)
  for (const table of ['system_samples', 'system_gpu_samples', 'process_samples']) {
    const seqs = readTable(path, table).map(({ seq }) => Number(seq))
    expect(seqs.toSorted((a, b) => a - b)).toEqual(range(26, 40).flatMap((seq) => [seq, seq]))
  }
})

test('the end leaves one whole file, whatever it is called twice', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  const writer = openHistory({
    path,
    facts: { productVersion: '1.2.3', sessionId: 'run', startedAt: 12.5 },
  })
  writer.ingest(stepEnvelope(range(1, 50)), 1n)
  writer.flush()
  expect(existsSync(`${path}-wal`)).toBe(true)
  const result = writer.finalize()
  expect(result).toMatchObject({
    ok: true,
    enqueued: 1,
    written: 50,
    dropped: 0,
    queue_size: 0,
    checkpoint_ok: true,
    error: null,
    prune_ok: true,
    prune_error: null,
    checkpoint_error: null,
  })
  expect(result.elapsed_sec).toBeGreaterThan(0)
  expect(writer.finalize()).toBe(result)
  expect(writer.flush()).toBe(0)
  expect(readdirSync(folder.path)).toEqual(['telemetry'])
  const database = new Database(path, { readonly: true })
  expect(database.prepare('select key, value from traceml_meta order by key').raw().all()).toEqual([
    ['product_version', '1.2.3'],
    ['schema_version', '1'],
    ['session_id', 'run'],
    ['started_at', '12.5'],
  ])
  database.close()
})

test('reading a finished history leaves nothing beside it', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  const writer = openHistory({ path })
  writer.ingest(stepEnvelope(range(1, 3), { global_rank: 0 }), 1n)
  expect(writer.finalize().ok).toBe(true)
  const store = openStore(path)
  expect((await store.readStepTime({ windowSize: 10 })).globalRanks).toEqual([0])
  await store.close()
  expect(readdirSync(folder.path)).toEqual(['telemetry'])
})

test('a reader that stays open is said, and loses nothing', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  const writer = openHistory({ path })
  writer.ingest(stepEnvelope([1]), 1n)
  writer.flush()
  const reader = new Database(path, { readonly: true, timeout: 10 })
  reader.exec('begin')
  reader.prepare('select count(*) from step_time_samples').get()
  writer.ingest(stepEnvelope([2]), 1n)
  const result = writer.finalize()
  expect(result).toMatchObject({ ok: false, checkpoint_ok: false, queue_size: 0, written: 2 })
  expect(result.error).toContain('another connection')
  reader.exec('rollback')
  reader.close()
  const store = openStore(path)
  expect((await store.readStepTime({ windowSize: 5 })).ranks[0]?.steps).toHaveLength(2)
  await store.close()
}, 20_000)

test.each([
  ['flush', { messagesDropped: 0, rowsWritten: 4, rowsPending: 1 }],
  ['drop', { messagesDropped: 3, rowsWritten: 0, rowsPending: 2 }],
] as const)('a full buffer with the policy %s', (whenFull, expected) => {
  using folder = temporaryFolder()
  const writer = openHistory({
    path: join(folder.path, 'telemetry'),
    maxPendingMessages: 2,
    whenFull,
  })
  for (const step of range(1, 5)) writer.ingest(stepEnvelope([step]), 1n)
  expect(writer.stats()).toMatchObject(expected)
  writer.finalize()
})

test('a path that cannot be a history is named', () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'notes.txt')
  writeFileSync(
    file,
    'these are some notes, and more than a hundred bytes of them, so it is no database at all, is it?',
  )
  for (const path of [file, join(file, 'below'), folder.path]) {
    expect(() => openHistory({ path })).toThrow(
      expect.objectContaining({
        code: 'TRACEML_STORAGE_OPEN',
        message: expect.stringContaining(path),
      }),
    )
  }
})

/** A file system of some MiB, where this process may make one. */
function smallFileSystem(path: string, megabytes: number): boolean {
  try {
    mkdirSync(path)
    const size = `size=${megabytes}m`
    execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', path], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test('a full disk is survived: rows wait, what is too much is counted, the file stays whole', ({
  skip,
}) => {
  using folder = temporaryFolder()
  const mount = join(folder.path, 'small')
  if (!smallFileSystem(mount, 2)) skip('mounting a small file system needs root')
  try {
    const path = join(mount, 'telemetry')
    const errors: string[] = []
    const logger = { error: (text: string) => errors.push(text), warn: () => {} }
    const writer = openHistory({
      path,
      maxPendingRows: 2000,
      logger: logger as unknown as Logger,
    })
    for (let first = 1; first <= 20_000; first += 100) {
      writer.ingest(stepEnvelope(range(first, first + 99)), 1n)
      writer.flush()
    }
    const stats = writer.stats()
    expect(stats.lastError).toMatch(/full/)
    // A message is taken while there is room for its first row.
    expect(stats.rowsPending).toBeGreaterThanOrEqual(2000)
    expect(stats.rowsPending).toBeLessThan(2100)
    expect(stats.rowsWritten + stats.rowsPending + 100 * stats.messagesDropped).toBe(20_000)
    expect(stats.flushesFailed).toBeGreaterThan(1)
    expect(errors).toHaveLength(1)
    const result = writer.finalize()
    expect(result).toMatchObject({ ok: false, dropped: stats.messagesDropped })
    expect(result.queue_size).toBe(Math.ceil(stats.rowsPending / 100))
    expect(result.error).toContain(path)
    expect(countRows(path)['step_time_samples']).toBe(stats.rowsWritten)
    expect(integrity(path)).toBe('ok')
  } finally {
    execFileSync('umount', [mount])
  }
}, 60_000)

test('rows that wait together are more than the disk holds: those that fit are stored', ({
  skip,
}) => {
  using folder = temporaryFolder()
  const mount = join(folder.path, 'small')
  if (!smallFileSystem(mount, 1)) skip('mounting a small file system needs root')
  try {
    const path = join(mount, 'telemetry')
    const errors: string[] = []
    const logger = { error: (text: string) => errors.push(text), warn: () => {} }
    const writer = openHistory({ path, logger: logger as unknown as Logger })
    // One flush of three megabytes, as after a pause of a fast loop.
    writer.ingest(stepEnvelope(range(1, 6000)), 1n)
    const written = writer.flush()
    expect(written).toBeGreaterThan(300)
    expect(writer.pendingRows).toBe(6000 - written)
    expect(writer.stats()).toMatchObject({ rowsWritten: written, flushesFailed: 1 })
    expect(errors).toHaveLength(1)

    // Memory knows exactly what the file holds, and readers see it while the disk is full.
    const snapshot = writer.stepTimeSnapshot({ windowSize: 10_000 })
    expect(Array.from(snapshot?.ranks[0]?.steps ?? [])).toEqual(range(1, written))
    expect(countRows(path)['step_time_samples']).toBe(written)
    expect(writer.finalize()).toMatchObject({ ok: false, queue_size: 1, written })
    expect(countRows(path)['step_time_samples']).toBe(written)
    expect(integrity(path)).toBe('ok')
  } finally {
    execFileSync('umount', [mount])
  }
}, 60_000)
