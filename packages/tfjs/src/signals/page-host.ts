import { type HostSignals, plainHost } from './host-signals.js'
import { createLoopWatch } from './loop-watch.js'

/** The parts of a page, or of a worker of a page, that are used; each may be missing. */
interface PageScope {
  readonly document?: { readonly visibilityState: string }
  readonly location?: { readonly origin: string }
  readonly performance?: {
    /** Chromium, in a page and not in a worker. */
    readonly memory?: { readonly usedJSHeapSize?: number; readonly jsHeapSizeLimit?: number }
  }
}

/** A page, or a worker of one, as the host of a training; costs a timer. */
export function createPageHost(): HostSignals {
  const scope = globalThis as PageScope
  const isPage = scope.document !== undefined
  // A hidden page has its timers slowed down by the browser. In a worker nobody waits for the loop.
  const loop = isPage
    ? createLoopWatch({
        waiting: () => [],
        isThrottled: () => scope.document?.visibilityState === 'hidden',
      })
    : null
  return {
    host: plainHost().host,
    root: scope.location === undefined ? '' : `${scope.location.origin}/`,
    availableBytes() {
      const { usedJSHeapSize: used, jsHeapSizeLimit: limit } = scope.performance?.memory ?? {}
      return used === undefined || limit === undefined ? null : Math.max(0, limit - used)
    },
    sample(nowMs, step, publish) {
      const block = loop?.read(nowMs, step) ?? null
      if (block !== null) publish(block)
    },
    close: () => loop?.close(),
  }
}
