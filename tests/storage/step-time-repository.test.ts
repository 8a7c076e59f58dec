import { join } from 'node:path'
import type { StepTimeSnapshot } from '@traceml/contracts'
import type { HistoryWriter } from '@traceml/storage'
import { openHistory, openStore } from '@traceml/storage/better-sqlite3'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { loadVectors, type Row, rowsOf, temporaryFolder } from './support.js'

interface SnapshotVector {
  readonly global_ranks: readonly number[]
  readonly training_strategy: string
  readonly cursor: { readonly last_row_id: number | null; readonly latest_step: number | null }
  readonly identities: Row
  readonly rows: readonly Row[]
}

interface RepositoryCase {
  readonly name: string
  readonly request: {
    readonly window_size: number
    readonly lookback_factor: number
    readonly rank_filter: readonly number[] | null
  }
  readonly db_rows: readonly Row[]
  readonly training_strategies: readonly string[]
  readonly live: SnapshotVector
  readonly summary: SnapshotVector
}

const CASES = loadVectors<readonly RepositoryCase[]>('step_time_repository.json')

/** Writes these rows, ids included, into a file that is finished or still open for writing. */
function buildDatabase(path: string, vector: RepositoryCase, finished: boolean): HistoryWriter {
  const writer = openHistory({ path })
  if (finished) writer.finalize()
  const database = new Database(path)
  for (const row of vector.db_rows) {
    const columns = Object.keys(row).filter((column) => column !== 'events')
    database
      .prepare(
        `insert into step_time_samples (${columns}) values (${columns.map((name) => `@${name}`)})`,
      )
      .run(row)
  }
  for (const strategy of vector.training_strategies) {
    database
      .prepare('insert into runtime_environment (recv_ts_ns, training_strategy) values (1, ?)')
      .run(strategy)
  }
  database.close()
  return writer
}

function comparable(snapshot: StepTimeSnapshot): SnapshotVector {
  return {
    global_ranks: snapshot.globalRanks,
    training_strategy: snapshot.trainingStrategy,
    cursor: {
      last_row_id: snapshot.cursor.lastRowId,
      latest_step: snapshot.cursor.latestStep,
    },
    identities: snapshot.identities,
    rows: rowsOf(snapshot),
  }
}

function expected(vector: SnapshotVector): SnapshotVector {
  return { ...vector, rows: vector.rows.map(({ source_id: _, ...row }) => row) }
}

describe.each([
  ['a finished file', true],
  ['a file that is being written', false],
])('%s', (_, finished) => {
  test.each(CASES)('$name', async (vector) => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'telemetry')
    const writer = buildDatabase(path, vector, finished)
    const store = openStore(path)
    const request = {
      windowSize: vector.request.window_size,
      lookbackFactor: vector.request.lookback_factor,
      rankFilter: vector.request.rank_filter,
    }
    expect(comparable(await store.readStepTime(request))).toEqual(expected(vector.summary))
    const live = await store.readStepTimeLive(request, null)
    expect(comparable(live)).toEqual(expected(vector.live))
    expect(await store.readStepTimeLive(request, live)).toBe(live)
    await store.close()
    writer.finalize()
  })
})

test('all vectors of the reference are here', () => {
  expect(CASES).toHaveLength(24)
})
