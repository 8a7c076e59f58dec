import type { EventLog } from './event-log.js'
import type { LiveFeed } from './live-feed.js'

/** Serves an event log to clients, each at its own pace. */
export interface EventStreams {
  /** A response that lasts as long as its client and the log, or 503 when there are too many. */
  respond(request: Request): Response
  /** Clients that are connected. */
  count(): number
}

const RETRY_MS = 1_000

/** @param maxClients - Open streams; each costs a socket and at most one piece of text. */
export function createEventStreams(
  log: EventLog,
  feed: LiveFeed,
  maxClients: number,
): EventStreams {
  const encoder = new TextEncoder()
  let count = 0
  return {
    count: () => count,
    respond(request) {
      if (count >= maxClients) {
        return new Response(`${count} pages are open already; close one of them.\n`, {
          status: 503,
          headers: { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '10' },
        })
      }
      feed.join()
      const cursor = log.open(request.headers.get('last-event-id'))
      let isOpen = true
      count += 1
      const leave = (): void => {
        if (!isOpen) return
        isOpen = false
        count -= 1
        cursor.close()
        feed.leave()
      }
      request.signal.addEventListener('abort', leave, { once: true })
      const body = new ReadableStream<Uint8Array>(
        {
          start: (controller) => controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`)),
          // Called when the client has taken what it was given: that is all the queue there is.
          async pull(controller) {
            const text = await cursor.next()
            if (text !== null) {
              controller.enqueue(encoder.encode(text))
              return
            }
            leave()
            controller.close()
          },
          cancel: leave,
        },
        { highWaterMark: 1 },
      )
      return new Response(body, {
        headers: {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          // Proxies that collect responses would hold the events back.
          'x-accel-buffering': 'no',
        },
      })
    },
  }
}
