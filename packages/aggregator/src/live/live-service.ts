import {
  errorMessage,
  type LiveEnd,
  type LiveEngine,
  type LiveFacts,
  type LivePayload,
  type LiveRowBatch,
  type LiveSource,
  type Logger,
} from '@traceml/contracts'

/** A payload this young is good enough for whoever asks, in seconds. */
const FRESH_S = 0.5

/** What a tick has to know of the run besides its rows. @internal */
export type LiveFactsReader = () => Omit<
  LiveFacts,
  'now_s' | 'wall_s' | 'status' | 'end' | 'rows_received'
>

/** What a live service is made of. @internal */
export interface LiveServiceOptions {
  readonly engine: LiveEngine
  /** Seconds between two payloads while somebody looks on. */
  readonly intervalS: number
  readonly clock: { monotonicMs(): number; wallSeconds(): number }
  readonly facts: LiveFactsReader
  readonly logger: Logger
}

/** The live side of an aggregator. @internal */
export interface LiveService extends LiveSource {
  /** Takes in new rows. Never throws: a live view must not cost the history a row. */
  add(batch: LiveRowBatch): void
  /** Computes the first payload; false when the engine cannot even do that, and is of no use. */
  prime(): boolean
  /** Says where the run is in its life; the end is kept, and shown at once. */
  setStatus(status: LiveFacts['status'], end?: LiveEnd): void
  /** Ends the ticks; what was shown last stays to be asked for. */
  stop(): void
}

/** Creates the service; beyond the first payload it computes nothing until somebody looks. @internal */
export function createLiveService(options: LiveServiceOptions): LiveService {
  const { engine, clock, logger } = options
  const intervalMs = Math.max(100, options.intervalS * 1000)
  const listeners = new Set<(payload: LivePayload) => void>()
  let timer: NodeJS.Timeout | null = null
  let latest: LivePayload | null = null
  let latestMs = Number.NEGATIVE_INFINITY
  let status: LiveFacts['status'] = 'running'
  let end: LiveEnd | null = null
  let rowsReceived = 0
  let stopped = false
  let failure: string | null = null

  const nowS = (): number => clock.monotonicMs() / 1000

  const compute = (): LivePayload => {
    latestMs = clock.monotonicMs()
    latest = engine.tick({
      ...options.facts(),
      now_s: nowS(),
      wall_s: clock.wallSeconds(),
      status,
      end,
      rows_received: rowsReceived,
    })
    return latest
  }

  const guard = (what: string, work: () => void): void => {
    try {
      work()
    } catch (error) {
      const message = errorMessage(error)
      if (message !== failure) logger.error(`${what}; the run is not affected`, { error: message })
      failure = message
    }
  }

  const tick = (): void => {
    if (listeners.size === 0) {
      disarm()
      return
    }
    guard('the live view could not be computed', () => {
      const payload = compute()
      for (const listener of [...listeners]) tell(listener, payload)
    })
  }

  const tell = (listener: (payload: LivePayload) => void, payload: LivePayload): void => {
    try {
      listener(payload)
    } catch (error) {
      listeners.delete(listener)
      logger.error('a live view failed and was switched off; the run is not affected', {
        error: errorMessage(error),
      })
    }
  }

  const arm = (): void => {
    if (timer !== null || stopped) return
    timer = setInterval(tick, intervalMs)
    timer.unref()
  }
  const disarm = (): void => {
    if (timer !== null) clearInterval(timer)
    timer = null
  }

  return {
    add(batch) {
      guard('rows could not be taken into the live view', () => {
        rowsReceived += countRows(batch)
        engine.add(batch, nowS())
      })
    },
    prime() {
      guard('the live view cannot be computed and is switched off', compute)
      return latest !== null
    },
    payload() {
      const isFresh = clock.monotonicMs() - latestMs < FRESH_S * 1000
      const isOver = stopped && latest !== null
      if (!isFresh && !isOver) guard('the live view could not be computed', compute)
      // There is one since `prime`.
      return latest ?? compute()
    },
    subscribe(listener) {
      listeners.add(listener)
      arm()
      return () => {
        listeners.delete(listener)
      }
    },
    series: async (query = {}) => engine.series(query),
    logs: async (query = {}) => engine.logs(query),
    setStatus(next, nextEnd) {
      status = next
      end = nextEnd ?? end
      if (listeners.size > 0 || latest !== null) {
        guard('the live view could not be computed', () => {
          const payload = compute()
          for (const listener of [...listeners]) tell(listener, payload)
        })
      }
    },
    stop() {
      stopped = true
      disarm()
      listeners.clear()
    },
  }
}

function countRows(batch: LiveRowBatch): number {
  const { steps, memory, system, gpus, process, lines, layerModels, layerSamples } = batch
  const columns = (steps?.ranks.length ?? 0) + (memory?.ranks.length ?? 0)
  const rows = [system, gpus, process, lines, layerModels, layerSamples]
  return rows.reduce((sum, { length }) => sum + length, columns)
}
