import { errorMessage, type Logger } from '@traceml/contracts'
import { readRequestId, type SummaryResponse, writeResponse } from './control-files.js'

/** Milliseconds between two looks at the control folder. */
const POLL_MS = 250

/** Answers requests for a summary that arrive as files. @internal */
export interface SummaryService {
  start(): void
  /** Looks once more, then never again; a summary being made is waited for. */
  stop(): Promise<void>
}

/** What the service needs. @internal */
export interface SummaryServiceOptions {
  readonly requestPath: string
  readonly responsePath: string
  /** Makes a summary and says where it is. */
  make(): Promise<{ readonly jsonPath: string; readonly textPath: string }>
  wallSeconds(): number
  readonly logger: Logger
}

/** Creates a service; its timer does not keep the process alive. @internal */
export function createSummaryService(options: SummaryServiceOptions): SummaryService {
  let lastId: string | null = null
  let timer: NodeJS.Timeout | null = null
  let running: Promise<void> = Promise.resolve()
  let busy = false

  const answer = async (requestId: string): Promise<SummaryResponse> => {
    try {
      return { requestId, ...(await options.make()), error: null }
    } catch (error) {
      return { requestId, jsonPath: null, textPath: null, error: errorMessage(error) }
    }
  }

  const poll = async (): Promise<void> => {
    const id = await readRequestId(options.requestPath)
    if (id === null || id === lastId) return
    lastId = id
    try {
      const response = await answer(id)
      await writeResponse(options.responsePath, options.wallSeconds(), response)
    } catch (error) {
      options.logger.error('a request for a summary could not be answered', {
        error: errorMessage(error),
      })
    }
  }

  const tick = (): void => {
    if (busy) return
    busy = true
    running = poll().finally(() => {
      busy = false
    })
  }

  return {
    start() {
      timer = setInterval(tick, POLL_MS)
      timer.unref()
    },
    async stop() {
      if (timer === null) return
      clearInterval(timer)
      timer = null
      await running
      await poll()
    },
  }
}
