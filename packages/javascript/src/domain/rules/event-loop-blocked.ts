import { plainLine } from '@traceml/contracts'
import { defineRankRule, type JavaScriptRule } from '../rule.js'
import { msText } from '../words.js'

/** Timers, requests or the page waited while steps kept the thread. */
export const eventLoopBlockedRule: JavaScriptRule = /* @__PURE__ */ defineRankRule({
  id: 'event-loop-blocked',
  kind: 'EVENT_LOOP_BLOCKED',
  metric: 'event_loop_delay_p99_ms',
  look({ row }, { loopDelayMs }) {
    const { loop, counters } = row
    if (loop === null) return null
    const isPage = counters?.host === 'page'
    const limitMs = isPage ? loopDelayMs.page : loopDelayMs.node
    // Where nothing waits for the loop, blocking it costs nothing.
    if (loop.delay_p99_ms <= limitMs || (!isPage && loop.waiting.length === 0)) return null
    const waiting = loop.waiting.map((name) => plainLine(name, 40)).join(', ')
    const who = isPage ? 'the page does not react' : `these wait: ${waiting}`
    return {
      severity: 'warn',
      score: loop.delay_p99_ms / limitMs,
      summary: `The event loop was blocked for up to ${msText(loop.longest_ms)} (99th percentile ${msText(loop.delay_p99_ms)}), around step ${loop.longest_step}; meanwhile ${who}.`,
      action: isPage
        ? 'Train in a web worker, or await tf.nextFrame() every few steps.'
        : 'Let others run every few steps: if (step % 50 === 0) await new Promise(setImmediate); or train in a worker thread beside the server.',
      evidence: {
        delay_p99_ms: loop.delay_p99_ms,
        longest_ms: loop.longest_ms,
        longest_step: loop.longest_step,
        turns: loop.turns,
        waiting: loop.waiting,
      },
    }
  },
})
