import {
  DEFAULTS,
  errorMessage,
  type Logger,
  noopLogger,
  type StepTimeRequest,
  type StepTimeSnapshot,
  type TrainingStrategy,
} from '@traceml/contracts'
import type { SqliteHandle } from '../handle.js'
import { readStrategy } from '../read/strategy.js'
import { loadRetention } from '../retention/load.js'
import type { PartitionKey } from '../retention/partitions.js'
import { effectiveWindowRows, retainedRows } from '../retention/retained-rows.js'
import { Retention } from '../retention/retention.js'
import { builder } from '../schema/builder.js'
import { writeFacts } from '../schema/meta.js'
import { migrate } from '../schema/migrate.js'
import { SAMPLE_TABLES, type SampleTable } from '../schema/tables.js'
import { createTranscoder, type Transcoder } from '../transcode/frame.js'
import { StepWindows } from '../window/step-windows.js'
import { recordIds, recordSteps, recordStrategy } from './apply.js'
import { closeHistory } from './finalize.js'
import { type InsertOutcome, type Inserts, insertRows, prepareInserts } from './flush.js'
import { createItemCounts, type ItemCounts, ingestPayload, ingestValue } from './ingest.js'
import {
  clearRows,
  countRows,
  createPending,
  markRows,
  type Pending,
  rollbackRows,
  TABLE,
} from './pending.js'
import { prepareTransaction, type Transaction } from './transaction.js'
import type {
  FinalizeResult,
  HistoryWriter,
  HistoryWriterOptions,
  HistoryWriterStats,
  IngestResult,
  ProgressSnapshot,
} from './types.js'

const MIB = 1_048_576
/** Rows that one flush deletes at most, besides twice as many as it writes. */
const PRUNE_BUDGET = 2048

/** The writer over an open connection, which it owns from here on. */
export function createHistoryWriter(
  handle: SqliteHandle,
  path: string,
  options: HistoryWriterOptions = {},
): HistoryWriter {
  return new SqliteHistoryWriter(handle, path, options)
}

class SqliteHistoryWriter implements HistoryWriter {
  readonly path: string
  readonly #handle: SqliteHandle
  readonly #logger: Logger
  readonly #whenFull: 'flush' | 'drop'
  readonly #maxMessages: number
  readonly #maxRows: number
  readonly #pending: Pending = createPending()
  readonly #transcoder: Transcoder = createTranscoder()
  readonly #inserts: Inserts
  readonly #transaction: Transaction
  readonly #retention: Retention
  readonly #windows: StepWindows
  readonly #written = new Float64Array(SAMPLE_TABLES.length)
  #strategy: TrainingStrategy
  #pendingMessages = 0
  #enqueued = 0
  #dropped = 0
  #invalid = 0
  #rejected = 0
  #flushes = 0
  #flushesFailed = 0
  #failing = false
  #lastError: string | null = null
  #result: FinalizeResult | null = null

  constructor(handle: SqliteHandle, path: string, options: HistoryWriterOptions) {
    this.path = path
    this.#handle = handle
    this.#logger = options.logger ?? noopLogger
    this.#whenFull = options.whenFull ?? 'flush'
    this.#maxMessages = options.maxPendingMessages ?? 50_000
    this.#maxRows = options.maxPendingRows ?? 100_000
    const windowRows = options.windowRows ?? DEFAULTS.summaryWindowRows
    migrate(handle)
    writeFacts(handle, options.facts ?? {})
    this.#inserts = prepareInserts(handle)
    this.#transaction = prepareTransaction(handle, 'immediate')
    this.#retention = new Retention(handle, retainedRows(windowRows))
    loadRetention(handle, this.#retention)
    this.#strategy = readStrategy(handle)
    const budget = { limitBytes: options.windowBytes ?? 192 * MIB, usedBytes: 0 }
    const limit = effectiveWindowRows(windowRows)
    this.#windows = new StepWindows(limit, budget, !hasSteps(handle))
  }

  get pendingRows(): number {
    return countRows(this.#pending)
  }

  ingestFrame(payload: Uint8Array, recvTsNs: bigint): IngestResult {
    return this.#take((counts) => {
      const valid = ingestPayload(payload, recvTsNs, this.#transcoder, this.#pending, counts)
      if (!valid) this.#invalid += 1
      return valid
    })
  }

  ingest(value: unknown, recvTsNs: bigint): IngestResult {
    return this.#take((counts) => {
      ingestValue(value, recvTsNs, this.#pending, counts)
      return true
    })
  }

  flush(): number {
    if (this.#result !== null) return 0
    const rows = countRows(this.#pending)
    if (rows === 0) {
      this.#pendingMessages = 0
      return 0
    }
    let outcome: InsertOutcome
    try {
      this.#transaction.begin()
      outcome = insertRows(this.#handle, this.#inserts, this.#pending)
      this.#retention.prune(Math.max(PRUNE_BUDGET, rows * 2))
      this.#transaction.commit()
    } catch (error) {
      this.#refused(error)
      return 0
    }
    this.#failing = false
    this.#flushes += 1
    return this.#apply(outcome)
  }

  stats(): HistoryWriterStats {
    const byTable = SAMPLE_TABLES.map((table, index) => [table, this.#written[index] as number])
    return {
      path: this.path,
      rowsWritten: this.#rowsWritten(),
      rowsRejected: this.#rejected,
      messagesDropped: this.#dropped,
      lastError: this.#lastError,
      messagesEnqueued: this.#enqueued,
      framesInvalid: this.#invalid,
      rowsPending: this.pendingRows,
      flushes: this.#flushes,
      flushesFailed: this.#flushesFailed,
      rowsWrittenByTable: Object.fromEntries(byTable) as Record<SampleTable, number>,
    }
  }

  progressSnapshot(): ProgressSnapshot {
    return { ranks: this.#windows.progress(), rowsWritten: this.#rowsWritten() }
  }

  stepTimeSnapshot(request: StepTimeRequest): StepTimeSnapshot | null {
    return this.#windows.snapshot(request, this.#strategy, this.#result === null)
  }

  finalize(): FinalizeResult {
    if (this.#result !== null) return this.#result
    const started = performance.now()
    this.flush()
    const unwritten = this.pendingRows > 0 ? this.#pendingMessages : 0
    const { pruneError, checkpointError } = closeHistory(
      this.#handle,
      () => this.#pruneAll(),
      this.#logger,
    )
    const error =
      unwritten > 0
        ? `${unwritten} messages could not be written to ${this.path}: ${this.#lastError}; free space or give another path.`
        : checkpointError
    this.#result = {
      ok: error === null,
      elapsed_sec: (performance.now() - started) / 1000,
      enqueued: this.#enqueued,
      written: this.#rowsWritten(),
      dropped: this.#dropped,
      queue_size: unwritten,
      checkpoint_ok: checkpointError === null,
      error,
      prune_ok: pruneError === null,
      prune_error: pruneError,
      checkpoint_error: checkpointError,
    }
    return this.#result
  }

  /** Buffers a message by `read`, unless the buffer is full, and counts it. */
  #take(read: (counts: ItemCounts) => boolean): IngestResult {
    const counts = createItemCounts()
    const closed = this.#result !== null
    if (!closed && this.#isFull() && this.#whenFull === 'flush' && !this.#failing) this.flush()
    const full = closed || this.#isFull()
    const mark = markRows(this.#pending)
    const before = countRows(this.#pending)
    const valid = read(counts)
    const rows = countRows(this.#pending) - before
    if (full) rollbackRows(this.#pending, mark)
    if (counts.telemetry && full && !closed) this.#dropped += 1
    if (counts.telemetry && !full) {
      this.#enqueued += 1
      this.#pendingMessages += 1
    }
    const { ignored, controls } = counts
    return { rows: full ? 0 : rows, accepted: valid && !full, ignored, controls }
  }

  #isFull(): boolean {
    return this.#pendingMessages >= this.#maxMessages || this.pendingRows >= this.#maxRows
  }

  #apply(outcome: InsertOutcome): number {
    // Forgetting comes first: what was planned was planned on the ids of before this flush.
    this.#commitPruned()
    recordIds(this.#pending, outcome, this.#retention)
    recordSteps(this.#pending, outcome, this.#windows)
    this.#strategy = recordStrategy(this.#pending, outcome, this.#strategy)
    let written = 0
    for (const [table, ids] of outcome.ids.entries()) {
      const count = ids.length - countZeros(ids)
      this.#written[table] = (this.#written[table] as number) + count
      written += count
    }
    if (outcome.rejected > 0) {
      this.#rejected += outcome.rejected
      this.#lastError = outcome.rejection ?? this.#lastError
      this.#logger.warn('The history refused some rows.', {
        rows: outcome.rejected,
        error: outcome.rejection,
      })
    }
    clearRows(this.#pending)
    this.#pendingMessages = 0
    return written
  }

  #refused(error: unknown): void {
    this.#transaction.rollback()
    this.#retention.rollback()
    this.#flushesFailed += 1
    this.#lastError = errorMessage(error)
    if (!this.#failing) {
      this.#logger.error('The history cannot be written; its rows wait for the next attempt.', {
        path: this.path,
        error: this.#lastError,
      })
    }
    this.#failing = true
  }

  #pruneAll(): void {
    try {
      this.#transaction.begin()
      this.#retention.pruneAll()
      this.#transaction.commit()
    } catch (error) {
      this.#transaction.rollback()
      this.#retention.rollback()
      throw error
    }
    this.#commitPruned()
  }

  #commitPruned(): void {
    this.#retention.commit((table: number, key: PartitionKey, lastId: number) => {
      if (table === TABLE.stepTime) this.#windows.pruned(Number(key), lastId)
    })
  }

  #rowsWritten(): number {
    return this.#written.reduce((sum, count) => sum + count, 0)
  }
}

function countZeros(ids: Float64Array): number {
  let zeros = 0
  for (const id of ids) if (id === 0) zeros += 1
  return zeros
}

function hasSteps(handle: SqliteHandle): boolean {
  const query = builder.selectFrom('step_time_samples').select('id').limit(1).compile()
  return handle.prepare(query.sql).get(...query.parameters) !== undefined
}
