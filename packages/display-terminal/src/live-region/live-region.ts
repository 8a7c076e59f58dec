import type { RenderTarget } from '@traceml/contracts'
import type { TerminalStream } from '../render-target.js'
import { describeTarget } from '../render-target.js'
import { clipLine } from '../text/clip-line.js'
import { isInForeground } from './foreground.js'
import type { PinnedRows } from './pinned-rows.js'
import { drawRows, releaseRows, takeRows } from './pinned-rows.js'
import { watchSuspension } from './suspension.js'

/** Options of {@link createLiveRegion}. */
export interface LiveRegionOptions {
  /** Shortest time between two drawings on a terminal. Default 100 ms. */
  readonly minIntervalMs?: number
  /** Shortest time between two lines elsewhere, by the age of the region. Default 10 s. */
  readonly plainIntervalMs?: (ageMs: number) => number
  /**
   * Called with the text that gives the screen back, whenever that changes; empty when nothing is
   * taken. For somebody who outlives this process.
   */
  readonly onTake?: (restore: string) => void
  /** Whether the screen is ours to draw on. Default: this process is in the foreground. */
  readonly isForeground?: () => boolean
  /** Default `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Monotonic milliseconds. Default `performance.now`. */
  readonly nowMs?: () => number
}

/** A few lines that stay in view while other output scrolls by. */
export interface LiveRegion extends Disposable {
  /** Where to draw right now; ask before every rendering, a terminal can be resized. */
  target(): RenderTarget
  /** Shows these lines instead of the last ones; drops updates that come too soon. */
  update(lines: readonly string[]): void
  /** Removes the lines and gives the whole screen back. Idempotent. */
  stop(): void
}

/** Rows that must be left for other output. */
const MIN_SCROLL_ROWS = 4

/**
 * Keeps lines in view on a stream that other processes write to as well.
 *
 * On a terminal the bottom rows are taken out of the scrolling area, so that whatever the training
 * prints scrolls above them and is never overwritten; `stop` leaves nothing behind. Elsewhere the
 * lines are printed as plain text, at most every `plainIntervalMs`. Drawing needs no timer.
 *
 * @param stream - Usually `process.stderr`, so that machine output on stdout stays clean.
 */
export function createLiveRegion(
  stream: TerminalStream,
  options: LiveRegionOptions = {},
): LiveRegion {
  const environment = options.environment ?? process.env
  const nowMs = options.nowMs ?? (() => performance.now())
  const isForeground = options.isForeground ?? isInForeground
  const createdMs = nowMs()
  let pinned: PinnedRows | null = null
  let lastDrawMs = Number.NEGATIVE_INFINITY
  let stopped = false

  const release = (): string => {
    if (pinned === null) return ''
    const text = releaseRows(pinned)
    pinned = null
    options.onTake?.('')
    return text
  }
  /** Gives everything back; the next update takes the bottom as it is then. */
  const letGo = (): void => {
    if (pinned !== null) stream.write(release())
    lastDrawMs = Number.NEGATIVE_INFINITY
  }
  const suspension = watchSuspension({ onSuspend: letGo, onResume: letGo })
  const stop = (): void => {
    if (stopped) return
    stopped = true
    stream.off?.('resize', letGo)
    process.off('exit', stop)
    suspension.dispose()
    const text = release()
    if (text !== '') stream.write(text)
  }
  stream.on?.('resize', letGo)
  // A terminal whose bottom rows do not scroll would outlive the process.
  process.on('exit', stop)

  const draw = (lines: readonly string[], target: RenderTarget): void => {
    const height = Math.max(lines.length, pinned?.height ?? 0)
    if (height === 0 || target.rows < height + MIN_SCROLL_ROWS) return
    let text = ''
    if (pinned === null || pinned.height !== height || pinned.screenRows !== target.rows) {
      text += release()
      pinned = { screenRows: target.rows, height }
      text += takeRows(pinned)
      options.onTake?.(releaseRows(pinned))
    }
    // One write, so that another process cannot print inside of it.
    stream.write(
      text +
        drawRows(
          pinned,
          lines.map((line) => clipLine(line, target.columns)),
        ),
    )
  }

  return {
    target: () => describeTarget(stream, environment),
    update(lines) {
      if (stopped || lines.length === 0) return
      const target = describeTarget(stream, environment)
      if (target.interactive && !isForeground()) {
        letGo()
        return
      }
      const now = nowMs()
      const interval = target.interactive
        ? (options.minIntervalMs ?? 100)
        : (options.plainIntervalMs?.(now - createdMs) ?? 10_000)
      if (now - lastDrawMs < interval) return
      lastDrawMs = now
      if (target.interactive) draw(lines, target)
      else stream.write(lines.map((line) => `${line}\n`).join(''))
    },
    stop,
    [Symbol.dispose]: stop,
  }
}
