import type { Logger } from '@traceml/contracts'
import { createHistoryCore } from './history-core.js'
import type { HistoryEvents, HistoryPort, HistorySettings } from './history-port.js'

/** A history that writes on the calling thread: for small runs and where no thread can start. @internal */
export function createInlineHistory(
  settings: HistorySettings,
  logger: Logger,
  events: HistoryEvents,
): HistoryPort {
  const core = createHistoryCore(settings, logger, events)
  let ended = false
  return {
    take: (batch) => core.take(batch),
    async flush() {
      core.flush()
    },
    async finalize() {
      ended = true
      return core.finalize()
    },
    openStore: async () => core.openStore(),
    async stop() {
      if (!ended) core.finalize()
      ended = true
    },
    stats: () => core.stats(),
  }
}
