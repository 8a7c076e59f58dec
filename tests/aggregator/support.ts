import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AggregatorHandle,
  type AggregatorOptions,
  type FinalizeResult,
  type SummaryRequest,
  startAggregator,
} from '@traceml/aggregator'
import type { Logger, RankFinishedMessage, TelemetryEnvelope, WireRow } from '@traceml/contracts'
import { createTelemetryClient, type TelemetryClient } from '@traceml/transport'
import Database from 'better-sqlite3'

export interface TestRun {
  readonly directory: string
  readonly aggregator: AggregatorHandle
  /** Every summary that was asked for. */
  readonly summaries: SummaryRequest[]
  /** Warnings and errors that the aggregator logged. */
  readonly messages: string[]
  client(rank?: number): TelemetryClient
  count(table: string): number
  finalize(deadlineMs?: number): Promise<FinalizeResult>
  [Symbol.asyncDispose](): Promise<void>
}

/** A folder that is removed at the end. */
export function temporaryFolder(): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'traceml-aggregator-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export function collectingLogger(messages: string[]): Logger {
  const logger: Logger = {
    debug: () => {},
    info: () => {},
    warn: (message) => messages.push(message),
    error: (message) => messages.push(message),
    child: () => logger,
  }
  return logger
}

/** A real aggregator in a temporary folder, with a report that counts the rows of the history. */
export async function startRun(options: Partial<AggregatorOptions> = {}): Promise<TestRun> {
  const folder = temporaryFolder()
  const directory = options.sessionDirectory ?? join(folder.path, 'run')
  const summaries: SummaryRequest[] = []
  const messages: string[] = []
  const aggregator = await startAggregator({
    sessionId: 'run',
    sessionDirectory: directory,
    inline: true,
    logger: collectingLogger(messages),
    async generateSummary(request) {
      summaries.push(request)
      return writeReport(request)
    },
    ...options,
  })
  const clients: TelemetryClient[] = []
  return {
    directory,
    aggregator,
    summaries,
    messages,
    client(rank = 0) {
      const client = createTelemetryClient({
        host: '127.0.0.1',
        port: aggregator.port,
        sessionId: 'run',
        identity: { globalRank: rank },
        token: options.token ?? null,
      })
      clients.push(client)
      return client
    },
    count: (table) => countRows(join(directory, 'aggregator', 'telemetry'), table),
    finalize: (deadlineMs = 10_000) => aggregator.finalize({ deadlineMs, trainingEnded: true }),
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.shutdown(0)))
      await aggregator.stop()
      folder[Symbol.dispose]()
    },
  }
}

/** Writes the two files of a report that says how many process rows there are. */
export function writeReport(request: SummaryRequest): {
  readonly jsonPath: string
  readonly textPath: string
  readonly text: string
} {
  const rows = countRows(request.databasePath, 'process_samples')
  const text = `rows: ${rows}`
  const jsonPath = join(request.sessionDirectory, 'final_summary.json')
  const textPath = join(request.sessionDirectory, 'final_summary.txt')
  writeFileSync(jsonPath, JSON.stringify({ rows, final: request.final }))
  writeFileSync(textPath, text)
  return { jsonPath, textPath, text }
}

export function countRows(path: string, table: string): number {
  const database = new Database(path, { fileMustExist: true })
  try {
    return database.prepare(`select count(*) from ${table}`).pluck().get() as number
  } finally {
    database.close()
  }
}

export function selectAll(path: string, query: string): unknown[] {
  const database = new Database(path, { fileMustExist: true })
  try {
    return database.prepare(query).all()
  } finally {
    database.close()
  }
}

/** An envelope of one rank. */
export function envelope(
  rank: number,
  sampler: string,
  table: string,
  rows: readonly WireRow[],
): TelemetryEnvelope {
  return {
    meta: {
      rank,
      global_rank: rank,
      local_rank: rank,
      world_size: 4,
      local_world_size: 4,
      node_rank: 0,
      hostname: 'test-host',
      pid: 100 + rank,
      sampler,
      timestamp: 1000.5,
    },
    body: { tables: { [table]: rows } },
  }
}

/** One process row of a rank. */
export function processRow(rank: number, seq: number): TelemetryEnvelope {
  return envelope(rank, 'ProcessSampler', 'ProcessTable', [
    { seq, ts: 1000 + seq, pid: 100 + rank, cpu: 12.5, cpu_cores: 2, ram_used: 5, ram_total: 10 },
  ])
}

/** One completed step of a rank. */
export function stepRow(rank: number, step: number): TelemetryEnvelope {
  return envelope(rank, 'StepTimeSampler', 'StepTimeTable', [
    {
      seq: step,
      timestamp: 1000 + step,
      step,
      events: {
        '_traceml_internal:forward_time': {
          cpu: { is_gpu: false, duration_ms: 2, cpu_ms: 2, gpu_ms: null, n_calls: 1 },
        },
        '_traceml_internal:step_time': {
          cpu: { is_gpu: false, duration_ms: 5, cpu_ms: 5, gpu_ms: null, n_calls: 1 },
        },
      },
    },
  ])
}

export function rankFinished(rank: number): RankFinishedMessage {
  return {
    _traceml_control: 'rank_finished',
    global_rank: rank,
    world_size: 4,
    node_rank: 0,
    hostname: 'test-host',
    timestamp: 2000,
  }
}

/** A bare socket, as clients that know nothing of acks use it. */
export async function dial(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}
