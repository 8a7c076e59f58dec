import {
  errorMessage,
  type LiveEnd,
  type LiveFacts,
  type LivePayload,
  type LiveRunInfo,
  type LiveSource,
  type Logger,
} from '@traceml/contracts'
import { javaScriptLiveSection } from '@traceml/javascript'
import { createLiveSession } from '@traceml/live'
import { openRawRows, openStore } from '@traceml/storage/better-sqlite3'
import { batchOfRows } from './batch-of-rows.js'
import { type Positions, rowsInTime } from './rows-in-time.js'

/** A run that is looked at through its files. */
export interface StoredSourceOptions {
  /** Path of the history. */
  readonly path: string
  readonly run: LiveRunInfo
  /** How the run ended, asked for at every reading; null: it goes on. */
  end(): LiveEnd | null
  readonly logger: Logger
}

/** Shows a history, and what is still being written to it. Who opens it closes it. */
export interface StoredSource extends LiveSource {
  close(): void
}

const MIN_INTERVAL_MS = 1_000
/** Rows between two pauses in which other work may happen. */
const PAUSE_ROWS = 20_000

/**
 * Opens a history for a live view. Resolves when what is stored so far was read.
 *
 * @throws {TraceMLError} TRACEML_STORAGE_OPEN when there is nothing that can be read.
 */
export async function openStoredSource(options: StoredSourceOptions): Promise<StoredSource> {
  const { path, run, logger } = options
  const history = openRawRows(path)
  const strategy = await readStrategy(path)
  const session = createLiveSession({
    run,
    sections: [javaScriptLiveSection],
    monotonicMs: () => performance.now(),
  })
  const positions: Positions = new Map()
  const listeners = new Set<(payload: LivePayload) => void>()
  let rowsRead = 0
  let timer: NodeJS.Timeout | null = null
  let failure: string | null = null

  /** Adds what is new; a pause is a chance to let other work happen. */
  function* readNew(): Generator<void> {
    let sincePause = 0
    for (const { atSeconds, rows } of rowsInTime(history, positions, nowSeconds())) {
      session.add(batchOfRows(rows, strategy), atSeconds)
      for (const { length } of rows.values()) {
        rowsRead += length
        sincePause += length
      }
      if (sincePause < PAUSE_ROWS) continue
      sincePause = 0
      yield
    }
  }
  const facts = (): LiveFacts => {
    const end = options.end()
    const now = end?.ended_at ?? nowSeconds()
    return {
      now_s: now,
      wall_s: now,
      status: end === null ? 'running' : 'ended',
      ranks: null,
      ranks_expected: null,
      end,
      rows_received: rowsRead,
      bytes_received: 0,
      steps_lost: null,
      rows_lost: 0,
      messages_lost: 0,
      backlog_messages: 0,
      notes: failure === null ? [] : [failure],
    }
  }
  const readAll = (): void => {
    try {
      for (const _pause of readNew());
      failure = null
    } catch (error) {
      const message = `The history cannot be read any further: ${errorMessage(error)}`
      if (failure === null) logger.warn(message)
      failure = message
    }
  }
  for (const _pause of readNew()) await new Promise((resolve) => setImmediate(resolve))
  let latest = session.tick(facts())
  let latestMs = performance.now()
  const refresh = (): LivePayload => {
    const isOver = latest.run.status === 'ended'
    if (!isOver && performance.now() - latestMs >= MIN_INTERVAL_MS / 2) {
      readAll()
      latest = session.tick(facts())
      latestMs = performance.now()
    }
    return latest
  }
  const tick = (): void => {
    const before = latest
    const payload = refresh()
    if (payload === before) return
    for (const listener of [...listeners]) listener(payload)
  }
  return {
    payload: refresh,
    subscribe(listener) {
      listeners.add(listener)
      timer ??= setInterval(tick, Math.max(MIN_INTERVAL_MS, (run.interval_s * 1000) / 2))
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0 || timer === null) return
        clearInterval(timer)
        timer = null
      }
    },
    series: async (query = {}) => session.series(query),
    logs: async (query = {}) => session.logs(query),
    close() {
      if (timer !== null) clearInterval(timer)
      history.close()
    },
  }
}

async function readStrategy(path: string): Promise<Parameters<typeof batchOfRows>[1]> {
  const store = openStore(path)
  try {
    return (await store.readStepTimeLive({ windowSize: 1 }, null)).trainingStrategy
  } finally {
    await store.close()
  }
}

function nowSeconds(): number {
  return Date.now() / 1000
}
