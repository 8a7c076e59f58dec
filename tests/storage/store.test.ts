import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeStepEvents } from '@traceml/analysis'
import type { StepTimeSnapshot } from '@traceml/contracts'
import { createStore, INDEXES, type SqliteHandle } from '@traceml/storage'
import { openHistory, openStore } from '@traceml/storage/better-sqlite3'
import { checkStore } from '@traceml/testing'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { envelope, range, stepEnvelope } from './envelopes.js'
import {
  copyDatabase,
  countRows,
  DATABASES,
  loadVectors,
  readTable,
  rowsOf,
  temporaryFolder,
} from './support.js'

const ALL = { windowRows: 100_000 }

test('this store keeps the contract of stores', async () => {
  using folder = temporaryFolder()
  let files = 0
  await checkStore(async (envelopes) => {
    files += 1
    const path = join(folder.path, `telemetry-${files}`)
    const writer = openHistory({ path })
    for (const each of envelopes) {
      writer.ingest(each, 1n)
      writer.flush()
    }
    writer.finalize()
    return openStore(path)
  })
  expect(files).toBeGreaterThan(0)
})

test.each(DATABASES)('the database %s of another implementation reads whole', async (name) => {
  using folder = temporaryFolder()
  const path = copyDatabase(name, folder.path)
  const counts = countRows(path)
  const store = openStore(path)
  const { samples, gpus } = await store.readSystem(ALL)
  const processes = await store.readProcess(ALL)
  const steps = await store.readStepTime({ windowSize: 100_000 })
  const memory = await store.readStepMemory(ALL)
  await store.close()
  expect(samples).toHaveLength(counts['system_samples'] ?? 0)
  expect(gpus).toHaveLength(counts['system_gpu_samples'] ?? 0)
  if (counts['step_time_samples'] === undefined) {
    expect(steps).toMatchObject({ globalRanks: [], ranks: [], trainingStrategy: 'ddp' })
    expect(memory).toMatchObject({ rows: [], latestStep: null, ranksSeen: 0, gpuAvailable: null })
    return
  }
  const ranked = (table: string) =>
    readTable(path, table).filter(({ global_rank }) => global_rank !== null)
  expect(processes.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(
    ranked('process_samples').map(({ id }) => id),
  )
  // What the analysis decodes from the text, row by row, of the newest row of each rank and step.
  const newest = new Map<string, unknown>()
  for (const row of ranked('step_time_samples')) {
    if (row['step'] === null || row['events_json'] === '') continue
    newest.set(`${row['global_rank']}/${row['step']}`, row['events_json'])
  }
  const decodable = [...newest.values()].filter((text) => isStep(text as string))
  expect(rowsOf(steps)).toHaveLength(decodable.length)
  const memorySteps = new Set(
    ranked('step_memory_samples')
      .filter((row) => row['step'] !== null && row['peak_alloc_bytes'] !== null)
      .map((row) => `${row['global_rank']}/${row['step']}`),
  )
  expect(memory.rows).toHaveLength(memorySteps.size)
})

function isStep(text: string): boolean {
  try {
    return decodeStepEvents(JSON.parse(text.replaceAll(/\bNaN\b|-?Infinity/g, 'null'))) !== null
  } catch {
    return false
  }
}

test('a file of this implementation has the tables, columns and indexes of the other', () => {
  using folder = temporaryFolder()
  const theirs = copyDatabase('real_single300', folder.path)
  const ours = join(folder.path, 'telemetry')
  openHistory({ path: ours }).finalize()
  const [mine, other] = [ours, theirs].map((path) => new Database(path, { readonly: true })) as [
    Database.Database,
    Database.Database,
  ]
  const tables = Object.keys(countRows(theirs))
  expect(tables).toHaveLength(7)
  for (const table of tables) {
    const columns = (database: Database.Database) =>
      (database.pragma(`table_info(${table})`) as { name: string; type: string; notnull: number }[])
        .filter(({ name }) => !name.startsWith('live_'))
        .map(({ name, type, notnull }) => [name, type.toUpperCase(), notnull])
    expect(columns(mine)).toEqual(columns(other))
    const indexes = (database: Database.Database) =>
      (database.pragma(`index_list(${table})`) as { name: string }[])
        .map(({ name }) => [
          name,
          (database.pragma(`index_xinfo(${name})`) as { name: string | null; desc: number }[]).map(
            (column) => [column.name, column.desc],
          ),
        ])
        .toSorted()
    expect(indexes(mine)).toEqual(indexes(other))
  }
  mine.close()
  other.close()
})

test('writing goes on in a database of the other implementation', async () => {
  using folder = temporaryFolder()
  const path = copyDatabase('real_single300', folder.path)
  const before = countRows(path)
  const writer = openHistory({ path })
  writer.ingest(stepEnvelope(range(301, 310)), 1n)
  writer.ingest(envelope('StepMemorySampler', [{ step: 301, live_bytes: 5 }]), 1n)
  expect(writer.finalize().ok).toBe(true)
  expect(countRows(path)).toMatchObject({
    step_time_samples: before['step_time_samples']! + 10,
    step_memory_samples: before['step_memory_samples']! + 1,
  })
  const store = openStore(path)
  const snapshot = await store.readStepTime({ windowSize: 20 })
  expect([...snapshot.ranks[0]!.steps]).toEqual(range(291, 310))
  expect((await store.readStepMemory(ALL)).rows).toMatchObject([{ step: 301, live_bytes: 5 }])
  await store.close()
})

/** The schema of releases before the identity columns. */
function oldDatabase(path: string): void {
  const database = new Database(path)
  const id = 'id integer primary key autoincrement, recv_ts_ns integer not null, rank integer'
  database.exec(`
    create table raw_messages (${id}, sampler text, payload_mp blob not null);
    create table system_samples (${id}, sample_ts_s real, seq integer, cpu_percent real,
      ram_used_bytes real, ram_total_bytes real, gpu_available integer, gpu_count integer,
      gpu_util_avg real, gpu_util_peak real);
    create table system_gpu_samples (${id}, sample_ts_s real, seq integer,
      gpu_idx integer not null, util real, mem_used_bytes real, mem_total_bytes real,
      temperature_c real, power_usage_w real);
    create table process_samples (${id}, pid integer, sample_ts_s real, seq integer,
      cpu_percent real, cpu_logical_core_count integer, ram_used_bytes real, ram_total_bytes real,
      gpu_available integer, gpu_count integer, gpu_device_index integer, gpu_mem_used_bytes real,
      gpu_mem_reserved_bytes real, gpu_mem_total_bytes real);
    create table step_time_samples (${id}, sample_ts_s real, seq integer, step integer,
      events_json text not null, runtime_pid integer);
    create table step_memory_samples (${id}, sample_ts_s real, seq integer, model_id integer,
      device text, step integer, peak_alloc_bytes real, peak_reserved_bytes real);
    insert into raw_messages values (1, 1, 0, 'x', x'00');
    insert into step_time_samples values (1, 1, 0, 1.0, 1, 1, '{}', 7);
    insert into system_samples (recv_ts_ns, rank, seq, cpu_percent) values (1, 0, 1, 50.0);
    insert into system_gpu_samples (recv_ts_ns, rank, seq, gpu_idx, util) values (1, 0, 1, 0, 9.0);
    insert into process_samples (recv_ts_ns, rank, seq, cpu_percent) values (1, 0, 1, 5.0);
  `)
  database.close()
}

test('an old file reads as far as it goes, and can be written on', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'old')
  oldDatabase(path)
  const old = openStore(path)
  await expect(old.readStepTime({ windowSize: 5 })).rejects.toMatchObject({
    code: 'TRACEML_STORAGE_SCHEMA',
    message: expect.stringContaining('global_rank'),
  })
  expect((await old.readSystem(ALL)).samples).toMatchObject([{ cpu_percent: 50, node_rank: null }])
  expect((await old.readSystem(ALL)).gpus).toMatchObject([{ util: 9, power_limit_w: null }])
  expect(await old.readProcess(ALL)).toEqual([])
  expect(await old.readCustom({ sampler: 'x' })).toEqual([])
  await old.close()

  const writer = openHistory({ path })
  writer.ingest(stepEnvelope([1, 2], { global_rank: 1, hostname: 'w' }), 2n)
  expect(writer.finalize()).toMatchObject({ ok: true, written: 2 })
  expect(readTable(path, 'raw_messages')).toHaveLength(1)
  expect(readTable(path, 'step_time_samples')).toMatchObject([
    { global_rank: null, hostname: null, runtime_pid: 7 },
    { global_rank: 1, hostname: 'w', runtime_pid: null },
    {},
  ])
  const store = openStore(path)
  expect((await store.readStepTime({ windowSize: 5 })).globalRanks).toEqual([1])
  await store.close()
})

test('a path without a history is an error, and stays without one', () => {
  using folder = temporaryFolder()
  const missing = join(folder.path, 'missing')
  const notes = join(folder.path, 'notes')
  writeFileSync(
    notes,
    'no database, though it has more than the hundred bytes of a header'.repeat(3),
  )
  for (const path of [missing, notes, folder.path]) {
    expect(() => openStore(path, { readonly: true })).toThrow(
      expect.objectContaining({
        code: 'TRACEML_STORAGE_OPEN',
        message: expect.stringContaining(path),
      }),
    )
  }
  expect(readdirSync(folder.path)).toEqual(['notes'])
})

test('a table of another purpose is refused by the writer', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  const database = new Database(path)
  database.exec('create table step_time_samples (id integer primary key, name text)')
  database.close()
  expect(() => openHistory({ path })).toThrow(
    expect.objectContaining({ code: 'TRACEML_STORAGE_SCHEMA' }),
  )
})

/** A handle that notes every statement that is prepared, and the plan of every SELECT. */
function watch(database: Database.Database): { handle: SqliteHandle; plans: string[][] } {
  const plans: string[][] = []
  const handle: SqliteHandle = {
    prepare(sql) {
      if (/^\s*(with|select)/i.test(sql)) {
        const values = [...sql.matchAll(/\?/g)].map(() => 1)
        const plan = database.prepare(`explain query plan ${sql}`).all(values) as {
          detail: string
        }[]
        plans.push(plan.map(({ detail }) => detail))
      }
      return database.prepare(sql)
    },
    pragma: (source, options) => database.pragma(source, options),
    get inTransaction() {
      return database.inTransaction
    },
    close: () => database.close(),
  }
  return { handle, plans }
}

test('a live read is two SELECTs that never pass over the table', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  const writer = openHistory({ path })
  for (const rank of [0, 1]) writer.ingest(stepEnvelope(range(1, 500), { global_rank: rank }), 1n)
  writer.flush()
  const { handle, plans } = watch(new Database(path, { readonly: true }))
  const store = createStore(handle)
  const first = await store.readStepTimeLive({ windowSize: 10, lookbackFactor: 4 }, null)
  expect(first.ranks.map(({ steps }) => steps[0])).toEqual([461, 461])
  expect(plans).toHaveLength(2)
  for (const detail of plans[0]!) expect(detail).not.toMatch(/^SCAN (step_time_samples|t|s)\b/)
  expect(plans[0]!.join()).toContain('idx_step_time_samples_global_rank_step_id')
  expect(INDEXES.find(({ name }) => plans[0]!.join().includes(name))?.built).toBe('start')
  const { plans: again, handle: other } = watch(new Database(path, { readonly: true }))
  const second = createStore(other)
  const before = await second.readStepTimeLive({ windowSize: 10 }, null)
  again.length = 0
  writer.ingest(stepEnvelope(range(501, 520)), 1n)
  writer.flush()
  const after = await second.readStepTimeLive({ windowSize: 10 }, before)
  expect([...after.ranks[0]!.steps]).toEqual(range(511, 520))
  expect(again).toHaveLength(2)
  for (const detail of again[0]!) expect(detail).not.toMatch(/^SCAN (step_time_samples|t|s)\b/)
  await second.close()
  await store.close()
  writer.finalize()
})

test('a live read reuses what the one before decoded', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  const writer = openHistory({ path })
  const write = (steps: readonly number[], rank: number, ms: number): void => {
    writer.ingest(stepEnvelope(steps, { global_rank: rank }, ms), 1n)
    writer.flush()
  }
  const request = { windowSize: 10, lookbackFactor: 2 }
  write(range(1, 50), 0, 1)
  const store = openStore(path)
  const first = await store.readStepTimeLive(request, null)
  expect(await store.readStepTimeLive(request, first)).toBe(first)

  writer.ingest(
    {
      meta: { sampler: 'RuntimeEnvironmentSampler' },
      body: { tables: { RuntimeEnvironmentTable: [{ training_strategy: 'fsdp' }] } },
    },
    1n,
  )
  writer.flush()
  const second = await store.readStepTimeLive(request, first)
  expect(second).toEqual({ ...first, trainingStrategy: 'fsdp' })
  expect(second.ranks).toBe(first.ranks)

  write([50, 51, 52], 0, 9)
  const third = await store.readStepTimeLive(request, second)
  expect(third).not.toBe(second)
  expect(third).toEqual(await store.readStepTimeLive(request, null))
  expect([...third.ranks[0]!.cpuMs[2]!].slice(-4)).toEqual([1, 9, 9, 9])

  writer.ingest(envelope('StepTimeSampler', [{ step: null }], { global_rank: 7 }), 1n)
  writer.flush()
  const fourth = await store.readStepTimeLive(request, third)
  expect(fourth.globalRanks).toEqual([0, 7])
  expect(fourth).toEqual(await store.readStepTimeLive(request, null))
  await store.close()
  writer.finalize()
})

test("a caller's transaction is used and left open", async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  const writer = openHistory({ path })
  writer.ingest(stepEnvelope([1]), 1n)
  writer.flush()
  const database = new Database(path, { readonly: true })
  const store = openStore(database)
  database.exec('begin')
  expect((await store.readStepTime({ windowSize: 5 })).cursor.latestStep).toBe(1)
  writer.ingest(stepEnvelope([2]), 1n)
  writer.flush()
  expect((await store.readStepTime({ windowSize: 5 })).cursor.latestStep).toBe(1)
  expect(database.inTransaction).toBe(true)
  database.exec('commit')
  expect((await store.readStepTime({ windowSize: 5 })).cursor.latestStep).toBe(2)
  expect(database.inTransaction).toBe(false)
  await store.close()
  expect(database.open).toBe(true)
  database.close()
  writer.finalize()
})

interface EventsVector {
  readonly name: string
  readonly input: unknown
  readonly expected: unknown
}

test.each(loadVectors<readonly EventsVector[]>('step_time_events.json'))(
  'stored events: $name',
  async ({ input, expected }) => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'telemetry')
    openHistory({ path }).finalize()
    const database = new Database(path)
    database
      .prepare(
        'insert into step_time_samples (recv_ts_ns, global_rank, step, events_json) values (1, 0, 1, ?)',
      )
      .run(JSON.stringify(input))
    database.close()
    const store = openStore(path)
    const snapshot = await store.readStepTime({ windowSize: 1 })
    await store.close()
    const [row] = rowsOf(snapshot)
    expect(row?.['metrics'] ?? null).toEqual(expected)
  },
)

const liveAction = fc.record({
  rank: fc.nat(2),
  steps: fc.array(fc.nat(30), { maxLength: 8 }),
  bad: fc.boolean(),
  depth: fc.constantFrom(2, 2, 2, 5),
})

test('whatever is added or pruned, a live read that goes on equals a fresh one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(liveAction, { maxLength: 20 }),
      fc.boolean(),
      async (actions, prune) => {
        using folder = temporaryFolder()
        const path = join(folder.path, 'telemetry')
        // Rows of another connection are unknown to this writer's retention: either it or they.
        const writer = openHistory({ path, windowRows: prune ? 8 : 1000 })
        const database = new Database(path)
        const store = openStore(path)
        let previous: StepTimeSnapshot | null = null
        for (const { rank, steps, bad, depth } of actions) {
          writer.ingest(stepEnvelope(steps, { global_rank: rank }, steps.length), 1n)
          writer.flush()
          if (bad && !prune) {
            database
              .prepare(
                'insert into step_time_samples (recv_ts_ns, global_rank, step, events_json) values (1, ?, ?, ?)',
              )
              .run(rank, steps[0] ?? null, steps.length % 2 === 0 ? '' : '[broken')
          }
          const request = { windowSize: depth, lookbackFactor: 2 }
          const fresh = await store.readStepTimeLive(request, null)
          const next: StepTimeSnapshot = await store.readStepTimeLive(request, previous)
          expect(next).toEqual(fresh)
          expect(await store.readStepTimeLive(request, next)).toBe(next)
          previous = next
        }
        await store.close()
        database.close()
        writer.finalize()
      },
    ),
    { numRuns: 25 },
  )
}, 60_000)
