import {
  DEFAULTS,
  errorMessage,
  type Logger,
  noopLogger,
  type StepTimeRequest,
  type StepTimeSnapshot,
  type TrainingStrategy,
  type WindowRequest,
} from '@traceml/contracts'
import type { SqliteHandle } from '../handle.js'
import { createLiveRowCollector, type LiveRowCollector } from '../live/row-collector.js'
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
import { type MemorySteps, MemoryWindows } from '../window/memory-windows.js'
import { StepWindows } from '../window/step-windows.js'
import { recordIds, recordMemory, recordSteps, recordStrategy } from './apply.js'
import { closeHistory } from './finalize.js'
import {
  type InsertOutcome,
  type Inserts,
  insertRows,
  isSpaceError,
  prepareInserts,
} from './flush.js'
import { createItemCounts, type ItemCounts, ingestPayload, ingestValue } from './ingest.js'
import {
  countRows,
  createPending,
  dropFirstRows,
  firstRows,
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

/** Rows of one transaction: what does not fit on a small disk must not be all that there is. */
const MAX_TRANSACTION_ROWS = 8192

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
  readonly #memory: MemoryWindows
  readonly #onRows: HistoryWriterOptions['onRows']
  readonly #collector: LiveRowCollector = createLiveRowCollector()
  /** Rows of each table that live views have already. */
  #shown: number[] = SAMPLE_TABLES.map(() => 0)
  readonly #written = new Float64Array(SAMPLE_TABLES.length)
  #strategy: TrainingStrategy
  #rowsAtOnce = MAX_TRANSACTION_ROWS
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
    this.#onRows = options.onRows
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
    this.#windows = new StepWindows(limit, budget, !hasRows(handle, 'step_time_samples'))
    this.#memory = new MemoryWindows(limit, budget, !hasRows(handle, 'step_memory_samples'))
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
    this.#showRows()
    let written = 0
    let madeRoom = false
    while (this.pendingRows > 0) {
      const part = firstRows(this.#pending, this.#rowsAtOnce)
      const outcome = this.#write(part)
      if ('ids' in outcome) {
        written += this.#apply(part, outcome)
        this.#rowsAtOnce = Math.min(MAX_TRANSACTION_ROWS, this.#rowsAtOnce * 2)
        madeRoom = false
      } else if (!isSpaceError(outcome.error) || (madeRoom && this.#rowsAtOnce === 1)) {
        this.#refused(outcome.error)
        return written
      } else if (madeRoom) {
        // Where the whole does not fit, a part of it may.
        this.#rowsAtOnce = Math.max(1, Math.floor(Math.min(this.#rowsAtOnce, countRows(part)) / 2))
      } else {
        this.#checkpoint()
        madeRoom = true
      }
    }
    this.#pendingMessages = 0
    this.#failing = false
    return written
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

  stepMemorySnapshot(request: WindowRequest): MemorySteps | null {
    return this.#memory.snapshot(request.windowRows, this.#result === null)
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

  /** Writes a part in one transaction, or undoes all of it. */
  #write(part: Pending): InsertOutcome | { readonly error: unknown } {
    try {
      this.#transaction.begin()
      const outcome = insertRows(this.#handle, this.#inserts, part)
      this.#retention.prune(Math.max(PRUNE_BUDGET, countRows(part) * 2))
      this.#transaction.commit()
      this.#inserts.layerLists.commit()
      return outcome
    } catch (error) {
      this.#transaction.rollback()
      this.#inserts.layerLists.rollback()
      this.#retention.rollback()
      return { error }
    }
  }

  /**
   * Makes room on a full disk: a page that is in the log many times is in the file once. Goes only
   * as far as it can without waiting for readers.
   */
  #checkpoint(): void {
    try {
      this.#handle.pragma('wal_checkpoint(PASSIVE)')
    } catch {
      // There was no room for that either; the next attempt to write says so.
    }
  }

  #apply(part: Pending, outcome: InsertOutcome): number {
    this.#flushes += 1
    // Forgetting comes first: what was planned was planned on the ids of before this flush.
    this.#commitPruned()
    recordIds(part, outcome, this.#retention)
    recordSteps(part, outcome, this.#windows)
    recordMemory(part, outcome, this.#memory)
    this.#strategy = recordStrategy(part, outcome, this.#strategy)
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
    // Messages are not told apart here: as many count as written as is their share of the rows.
    const share = 1 - countRows(part) / this.pendingRows
    this.#pendingMessages = Math.ceil(this.#pendingMessages * share)
    this.#shown = this.#shown.map((count, table) =>
      Math.max(0, count - (part.rows[table]?.length ?? 0)),
    )
    dropFirstRows(this.#pending, part)
    return written
  }

  /** Live views get every row once, also those that the database will refuse. */
  #showRows(): void {
    if (this.#onRows === undefined) return
    const batch = this.#collector.collect(this.#pending, this.#shown)
    this.#shown = [...markRows(this.#pending)]
    if (batch !== null) this.#onRows(batch)
  }

  #refused(error: unknown): void {
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
      if (table === TABLE.stepMemory) this.#memory.pruned(Number(key), lastId)
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

function hasRows(handle: SqliteHandle, table: SampleTable): boolean {
  const query = builder.selectFrom(table).select('id').limit(1).compile()
  return handle.prepare(query.sql).get(...query.parameters) !== undefined
}
